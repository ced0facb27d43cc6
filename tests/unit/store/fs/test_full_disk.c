#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "folder.h"
#include "publication.h"

/* Publishes 400 kB in pieces over "t"; the pieces differ from those of another `seed`. */
static enum status publish_much(struct store *store, char seed, struct fault *fault)
{
    enum { PIECES = 20, LEN = 20000 };
    static char pieces[PIECES][LEN + 1];
    const char *texts[PIECES + 1] = {NULL};
    for (size_t i = 0; i < PIECES; i++) {
        memset(pieces[i], seed, LEN);
        pieces[i][0] = (char)('a' + i);
        texts[i] = pieces[i];
    }
    return publish_texts(store, "t", texts, NULL, fault);
}

static void a_full_disk_keeps_the_old_publication(void **state)
{
    struct folder *folder = folder_new();
    struct fault fault = {0};
    (void)state;
    assert_int_equal(mkdir(folder->store, 0700), 0);
    if (mount("none", folder->store, "tmpfs", 0, "size=600k,mode=700") != 0) {
        print_message("SKIPPED, NOTHING WAS TESTED: a tmpfs cannot be mounted here: %s\n",
                      strerror(errno));
        folder_free(folder);
        skip();
    }
    struct store *store = folder_open(folder);
    publish(store, "t", TEXTS("old"));
    unsigned objects = folder_count(folder, "objects");
    assert_int_equal(publish_much(store, 'x', NULL), STATUS_OK);
    assert_int_equal(publish_much(store, 'y', &fault), STATUS_NO_SPACE);
    assert_non_null(strstr(fault.text, "the disk is full: free space there"));
    assert_non_null(strstr(fault.text, folder->store));
    assert_int_equal(folder_count(folder, "staging"), 0);
    assert_int_equal(folder_count(folder, "objects"), objects + 20);
    /* Removing works on a full disk, and what it frees can be used again. */
    assert_int_equal(store->ops->remove_title(store, span_of_string("t"), NULL), STATUS_OK);
    struct fs_gc_report report;
    assert_int_equal(fs_store_gc(store, &(struct fs_gc_options){0, false}, &report, NULL),
                     STATUS_OK);
    assert_int_equal(publish_much(store, 'y', NULL), STATUS_OK);
    store->ops->close(store);
    umount(folder->store);
    folder_free(folder);
}

/* Large objects are written while the caller goes on. */
static void a_large_object_that_does_not_fit_keeps_the_old_publication(void **state)
{
    enum { LEN = 3 << 20 };
    struct folder *folder = folder_new();
    struct fault fault = {0};
    struct rlimit before;
    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    char *text = malloc(LEN + 1);
    assert_non_null(text);
    memset(text, 'x', LEN);
    text[LEN] = '\0';
    struct store *store = folder_open(folder);
    publish(store, "t", TEXTS("old"));
    getrlimit(RLIMIT_FSIZE, &before);
    const struct rlimit lower = {LEN / 2, before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &lower);
    assert_int_equal(publish_texts(store, "t", TEXTS("before", text, "after"), NULL, &fault),
                     STATUS_NO_SPACE);
    setrlimit(RLIMIT_FSIZE, &before);
    assert_non_null(strstr(fault.text, "file size limit"));
    assert_int_equal(folder_count(folder, "staging"), 0);
    assert_true(has_texts(store, "t", TEXTS("old")));
    publish(store, "t", TEXTS("before", text, "after"));
    assert_true(has_texts(store, "t", TEXTS("before", text, "after")));
    store->ops->close(store);
    folder_free(folder);
    free(text);
}

/* Every write in turn fails, first the smallest: claims, objects, index. */
static int publish_under_a_limit(struct store *store, rlim_t limit)
{
    struct fault fault = {0};
    struct rlimit before;
    getrlimit(RLIMIT_FSIZE, &before);
    const struct rlimit lower = {limit, before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &lower);
    enum status status = publish_texts(
        store, "t", TEXTS("a", "some more text", "and a good deal more text"), NULL, &fault);
    setrlimit(RLIMIT_FSIZE, &before);
    if (status == STATUS_OK)
        return 0;
    return status == STATUS_NO_SPACE && strstr(fault.text, "untouched") != NULL ? 1 : 2;
}

static void any_write_that_does_not_fit_keeps_the_old_publication(void **state)
{
    struct folder *folder = folder_new();
    unsigned failures = 0;
    rlim_t limit = 0;
    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    struct store *store = folder_open(folder);
    publish(store, "t", TEXTS("old"));
    for (;; limit += 7) {
        int outcome = publish_under_a_limit(store, limit);
        assert_int_not_equal(outcome, 2);
        assert_int_equal(folder_count(folder, "staging"), 0);
        if (outcome == 0)
            break;
        assert_true(has_texts(store, "t", TEXTS("old")));
        failures++;
    }
    assert_true(failures > 20);
    assert_true(has_texts(store, "t", TEXTS("a", "some more text", "and a good deal more text")));
    store->ops->close(store);
    folder_free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_disk_keeps_the_old_publication),
        cmocka_unit_test(a_large_object_that_does_not_fit_keeps_the_old_publication),
        cmocka_unit_test(any_write_that_does_not_fit_keeps_the_old_publication),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
