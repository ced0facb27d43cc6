#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "folder.h"
#include "publication.h"
#include "store/verify.h"

static void ignore_damage(void *context, const char *text)
{
    (void)context;
    print_message("%s\n", text);
}

/* Publishes two contents of "t" in turns until it is killed. */
static void publish_until_killed(struct store *store)
{
    for (unsigned round = 0;; round++)
        if (publish_texts(store, "t",
                          round % 2 == 0 ? TEXTS("same", "even", "2", "4", "6")
                                         : TEXTS("same", "odd", "1", "3", "5"),
                          NULL, NULL) != STATUS_OK)
            _exit(1);
}

/* One publication takes about ten milliseconds; the kills are spread over four of them. */
static void kill_after(pid_t child, unsigned microseconds)
{
    int status;
    usleep(microseconds);
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
}

static void killed_at_any_instant_a_whole_publication_is_there(void **state)
{
    enum { KILLS = 120 };
    struct folder *folder = folder_new();
    struct store *store = folder_open(folder);
    (void)state;
    publish(store, "t", TEXTS("same", "even", "2", "4", "6"));
    for (unsigned i = 0; i < KILLS; i++) {
        struct verify_report report = {0};
        struct fs_gc_report collected;
        pid_t child = fork();
        if (child == 0)
            publish_until_killed(store);
        kill_after(child, i * 7919 % 40000);
        assert_int_equal(
            verify_title(store, span_of_string("t"), ignore_damage, NULL, &report, NULL),
            STATUS_OK);
        assert_int_equal(report.damaged, 0);
        assert_int_equal(report.objects, 5);
        /* What it left goes, and takes nothing with it. */
        assert_int_equal(fs_store_gc(store, &(struct fs_gc_options){0, false}, &collected, NULL),
                         STATUS_OK);
        assert_int_equal(folder_count(folder, "staging"), 0);
        assert_int_equal(folder_count(folder, "objects"), 5);
        assert_true(has_texts(store, "t", TEXTS("same", "even", "2", "4", "6")) ||
                    has_texts(store, "t", TEXTS("same", "odd", "1", "3", "5")));
    }
    store->ops->close(store);
    folder_free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(killed_at_any_instant_a_whole_publication_is_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
