#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "folder.h"
#include "store/fs/fs_file.h"
#include "store/fs/fs_sync.h"

enum { MANY = 200 };

struct site {
    struct folder *folder;
    int dir;
    atomic_uint asked[MANY]; /* how often for the path of each */
};

static void path_of(const void *context, size_t i, char path[FS_SYNC_PATH_SIZE])
{
    struct site *site = *(struct site *const *)context;
    atomic_fetch_add(&site->asked[i], 1);
    snprintf(path, FS_SYNC_PATH_SIZE, "%zu", i);
}

/* With files named 0 to `count` - 1. */
static void site_init(struct site *site, size_t count)
{
    site->folder = folder_new();
    site->dir = open(site->folder->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(site->dir >= 0);
    for (size_t i = 0; i < count; i++) {
        char path[FS_SYNC_PATH_SIZE];
        snprintf(path, sizeof(path), "%zu", i);
        assert_int_equal(fs_file_create(site->dir, path, span_of_string("x")), 0);
    }
}

static void site_dispose(struct site *site)
{
    close(site->dir);
    folder_free(site->folder);
}

static void every_entry_is_synced_once(void **state)
{
    static const size_t counts[] = {0, 1, 7, 8, 9, MANY};
    (void)state;
    for (size_t c = 0; c < sizeof(counts) / sizeof(counts[0]); c++) {
        struct site site = {0};
        struct site *context = &site;
        site_init(&site, counts[c]);
        assert_int_equal(fs_sync_all(site.dir, counts[c], path_of, &context), 0);
        for (size_t i = 0; i < MANY; i++)
            assert_int_equal(site.asked[i], i < counts[c] ? 1 : 0);
        site_dispose(&site);
    }
}

static void one_that_fails_is_told_of(void **state)
{
    static const size_t missing[] = {0, 77, MANY - 1};
    (void)state;
    for (size_t m = 0; m < sizeof(missing) / sizeof(missing[0]); m++) {
        struct site site = {0};
        struct site *context = &site;
        char path[FS_SYNC_PATH_SIZE];
        site_init(&site, MANY);
        snprintf(path, sizeof(path), "%zu", missing[m]);
        assert_int_equal(unlinkat(site.dir, path, 0), 0);
        assert_int_equal(fs_sync_all(site.dir, MANY, path_of, &context), ENOENT);
        site_dispose(&site);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_entry_is_synced_once),
        cmocka_unit_test(one_that_fails_is_told_of),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
