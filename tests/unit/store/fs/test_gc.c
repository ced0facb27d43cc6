#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "folder.h"
#include "publication.h"

struct site {
    struct folder *folder;
    struct store *store;
};

static int open_site(void **state)
{
    struct site *site = calloc(1, sizeof(*site));
    site->folder = folder_new();
    site->store = folder_open(site->folder);
    *state = site;
    return 0;
}

static int close_site(void **state)
{
    struct site *site = *state;
    site->store->ops->close(site->store);
    folder_free(site->folder);
    free(site);
    return 0;
}

static struct fs_gc_report gc(struct site *site, uint64_t grace_s, bool dry_run)
{
    const struct fs_gc_options options = {grace_s, dry_run};
    struct fs_gc_report report;
    struct fault fault = {0};
    enum status status = fs_store_gc(site->store, &options, &report, &fault);
    assert_string_equal(fault.text, "");
    assert_int_equal(status, STATUS_OK);
    return report;
}

static void set_age(struct site *site, const char *name, time_t age_s)
{
    const struct timespec times[2] = {{.tv_sec = time(NULL) - age_s},
                                      {.tv_sec = time(NULL) - age_s}};
    assert_int_equal(utimensat(AT_FDCWD, folder_at(site->folder, name), times, 0), 0);
}

/* An object that nothing names, as a cut leaves it that died between its objects and its index. */
static const char *add_orphan(struct site *site, const char *text)
{
    publish(site->store, "orphanage", TEXTS(text));
    const char *object = folder_object(site->folder, site->store, text);
    assert_int_equal(unlink(folder_at(site->folder, folder_index(site->folder, "orphanage"))), 0);
    return object;
}

static void what_titles_name_stays(void **state)
{
    struct site *site = *state;
    publish(site->store, "t", TEXTS("a", "b"));
    publish(site->store, "u", TEXTS("b", "c"));
    struct fs_gc_report report = gc(site, 0, false);
    assert_int_equal(report.objects_kept, 3);
    assert_int_equal(report.objects_removed, 0);
    assert_true(has_texts(site->store, "t", TEXTS("a", "b")));
    assert_true(has_texts(site->store, "u", TEXTS("b", "c")));
}

static void what_nothing_names_goes(void **state)
{
    struct site *site = *state;
    publish(site->store, "t", TEXTS("a", "shared"));
    publish(site->store, "u", TEXTS("shared", "1234567"));
    assert_int_equal(site->store->ops->remove_title(site->store, span_of_string("u"), NULL),
                     STATUS_OK);
    struct fs_gc_report report = gc(site, 0, false);
    assert_int_equal(report.objects_kept, 2);
    assert_int_equal(report.objects_removed, 1);
    assert_int_equal(report.bytes_removed, 7);
    assert_int_equal(folder_count(site->folder, "objects"), 2);
    assert_int_equal(folder_count(site->folder, "retired"), 0);
    assert_true(has_texts(site->store, "t", TEXTS("a", "shared")));
}

static void a_dry_run_counts_and_removes_nothing(void **state)
{
    struct site *site = *state;
    publish(site->store, "t", TEXTS("a"));
    publish(site->store, "t", TEXTS("b"));
    struct fs_gc_report report = gc(site, 0, true);
    assert_int_equal(report.objects_removed, 1);
    assert_int_equal(report.bytes_removed, 1);
    assert_int_equal(folder_count(site->folder, "objects"), 2);
    assert_int_equal(folder_count(site->folder, "retired"), 1);
}

static void what_is_younger_than_the_grace_stays(void **state)
{
    struct site *site = *state;
    const char *object = add_orphan(site, "orphan");
    set_age(site, object, 3500);
    assert_int_equal(gc(site, 3600, false).objects_removed, 0);
    set_age(site, object, 3700);
    assert_int_equal(gc(site, 3600, false).objects_removed, 1);
}

static void what_comes_from_the_future_is_young(void **state)
{
    struct site *site = *state;
    set_age(site, add_orphan(site, "orphan"), -1000);
    assert_int_equal(gc(site, 1, false).objects_removed, 0);
    assert_int_equal(gc(site, 0, false).objects_removed, 1);
}

/* A response that began before must find all its objects, however old they are. */
static void grace_counts_from_when_a_title_gave_them_up(void **state)
{
    struct site *site = *state;
    publish(site->store, "t", TEXTS("old"));
    set_age(site, folder_object(site->folder, site->store, "old"), 1000000);
    publish(site->store, "t", TEXTS("new"));
    assert_int_equal(gc(site, 3600, false).objects_removed, 0);
    assert_int_equal(site->store->ops->remove_title(site->store, span_of_string("t"), NULL),
                     STATUS_OK);
    set_age(site, folder_object(site->folder, site->store, "new"), 1000000);
    assert_int_equal(gc(site, 3600, false).objects_removed, 0);
    assert_int_equal(gc(site, 0, false).objects_removed, 2);
}

static void what_an_open_staging_area_has_put_or_found_stays(void **state)
{
    struct site *site = *state;
    struct byte_buffer index = {0};
    bool is_unchanged;
    add_orphan(site, "found");
    struct staging *staging = begin(site->store);
    assert_int_equal(put_texts(site->store, staging, "t", TEXTS("found", "put"), &index, NULL),
                     STATUS_OK);
    struct fs_gc_report report = gc(site, 0, false);
    assert_int_equal(report.objects_removed, 0);
    assert_int_equal(report.objects_kept, 1);
    assert_int_equal(report.stagings_removed, 0);
    assert_int_equal(
        site->store->ops->publish(staging, byte_buffer_span(&index), &is_unchanged, NULL),
        STATUS_OK);
    assert_int_equal(gc(site, 0, false).objects_kept, 2);
    site->store->ops->end(staging);
    assert_int_equal(gc(site, 0, false).objects_kept, 2);
    assert_true(has_texts(site->store, "t", TEXTS("found", "put")));
    byte_buffer_dispose(&index);
}

static void what_it_only_found_goes_after_it_has_ended(void **state)
{
    struct site *site = *state;
    add_orphan(site, "found");
    struct staging *staging = begin(site->store);
    assert_false(put(site->store, staging, "found", NULL));
    assert_int_equal(gc(site, 0, false).objects_removed, 0);
    site->store->ops->end(staging);
    assert_int_equal(gc(site, 0, false).objects_removed, 1);
}

static void what_a_killed_cut_left_goes(void **state)
{
    struct site *site = *state;
    pid_t child = fork();
    if (child == 0) {
        struct staging *staging;
        bool failed = site->store->ops->begin(site->store, &staging, NULL) != STATUS_OK ||
                      site->store->ops->put(staging, span_of_string("1234567"),
                                            &(struct index_object){0}, NULL, NULL) != STATUS_OK;
        _exit(failed);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(folder_count(site->folder, "staging"), 2);
    struct fs_gc_report report = gc(site, 3600, true);
    assert_int_equal(report.stagings_removed, 1);
    assert_int_equal(folder_count(site->folder, "staging"), 2);
    report = gc(site, 3600, false);
    assert_int_equal(report.stagings_removed, 1);
    assert_int_equal(report.bytes_removed, 7 + OBJECT_NAME_LEN);
    assert_int_equal(rmdir(folder_at(site->folder, "staging")), 0);
}

static void what_died_before_it_claimed_goes_too(void **state)
{
    struct site *site = *state;
    assert_int_equal(mkdir(folder_at(site->folder, "staging/0123"), 0700), 0);
    assert_int_equal(gc(site, 0, false).stagings_removed, 1);
    assert_int_equal(access(folder_at(site->folder, "staging/0123"), F_OK), -1);
}

static void a_damaged_index_stops_it_before_anything_is_removed(void **state)
{
    struct site *site = *state;
    const struct fs_gc_options options = {0, false};
    struct fs_gc_report report;
    struct fault fault = {0};
    add_orphan(site, "orphan");
    publish(site->store, "t", TEXTS("a"));
    folder_write(site->folder, folder_index(site->folder, "t"), "damaged");
    assert_int_equal(mkdir(folder_at(site->folder, "staging/0123"), 0700), 0);
    assert_int_equal(fs_store_gc(site->store, &options, &report, &fault), STATUS_DAMAGED);
    assert_string_equal(fault.text,
                        "title t: index: 7 bytes are too few for a header; nothing was removed, "
                        "because its objects are unknown: cut the title again, or remove it with "
                        "'segue rm'");
    assert_int_equal(folder_count(site->folder, "objects"), 2);
    assert_int_equal(access(folder_at(site->folder, "staging/0123"), F_OK), 0);
    assert_int_equal(site->store->ops->remove_title(site->store, span_of_string("t"), NULL),
                     STATUS_OK);
    assert_int_equal(gc(site, 0, false).objects_removed, 2);
}

static void missing_titles_stop_it(void **state)
{
    struct site *site = *state;
    const struct fs_gc_options options = {0, false};
    struct fs_gc_report report;
    char aside[256];
    publish(site->store, "t", TEXTS("a"));
    snprintf(aside, sizeof(aside), "%s", folder_at(site->folder, "aside"));
    assert_int_equal(rename(folder_at(site->folder, "titles"), aside), 0);
    assert_int_equal(fs_store_gc(site->store, &options, &report, NULL), STATUS_DAMAGED);
    assert_int_equal(folder_count(site->folder, "objects"), 1);
}

/* As after a restore from a medium that folds case, or by a hand that missed the directory: whose
 * objects these are is not known. */
static void a_stray_among_the_titles_stops_it_before_anything_is_removed(void **state)
{
    static const struct {
        const char *moved_to; /* where t's index or, with is_shard, its directory has gone */
        bool is_shard;
        const char *what;
    } rows[] = {
        {"titles/E3", true, "directory of titles"},
        {"titles/lost+found", true, "directory of titles"},
        {"titles/t", false, "directory of titles"},
        {"titles/e3/.t.swp", false, "title that belongs there"},
        {"titles/e3/T", false, "title that belongs there"},
        {"titles/00/t", false, "title that belongs there"},
        {"titles/00/a\nb", false, "title that belongs there"},
    };
    struct site *site = *state;
    const struct fs_gc_options options = {0, false};
    publish(site->store, "t", TEXTS("a"));
    assert_string_equal(folder_index(site->folder, "t"), "titles/e3/t");
    assert_int_equal(mkdir(folder_at(site->folder, "titles/00"), 0700), 0);
    assert_int_equal(mkdir(folder_at(site->folder, "staging/0123"), 0700), 0);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char from[256];
        char to[256];
        char expected[768];
        struct fs_gc_report report;
        struct fault fault = {0};
        snprintf(from, sizeof(from), "%s",
                 folder_at(site->folder, rows[i].is_shard ? "titles/e3" : "titles/e3/t"));
        snprintf(to, sizeof(to), "%s", folder_at(site->folder, rows[i].moved_to));
        assert_int_equal(rename(from, to), 0);
        assert_int_equal(fs_store_gc(site->store, &options, &report, &fault), STATUS_DAMAGED);
        snprintf(expected, sizeof(expected),
                 "store %s: %s is no %s: if a title's index or a directory of them has got another "
                 "name, give it back its own; otherwise move it out of the store; nothing was "
                 "removed, because it may be the index of a title",
                 site->folder->store,
                 strchr(rows[i].moved_to, '\n') != NULL ? "titles/00/a?b" : rows[i].moved_to,
                 rows[i].what);
        assert_string_equal(fault.text, expected);
        assert_int_equal(report.stagings_removed, 0);
        assert_int_equal(folder_count(site->folder, "objects"), 1);
        assert_int_equal(access(folder_at(site->folder, "staging/0123"), F_OK), 0);
        assert_int_equal(rename(to, from), 0);
    }
    assert_int_equal(gc(site, 0, false).objects_kept, 1);
}

static void a_file_in_place_of_a_directory_of_titles_stops_it(void **state)
{
    struct site *site = *state;
    const struct fs_gc_options options = {0, false};
    struct fs_gc_report report;
    struct fault fault = {0};
    add_orphan(site, "orphan");
    folder_write(site->folder, "titles/00", "x");
    assert_int_equal(fs_store_gc(site->store, &options, &report, &fault), STATUS_DAMAGED);
    assert_non_null(strstr(fault.text, ": titles/00 is no directory: move it out"));
    assert_int_equal(folder_count(site->folder, "objects"), 1);
}

/* A clock that was wrong when an index was put aside, and names that no clock makes. */
static void indexes_put_aside_in_the_future_are_young(void **state)
{
    struct site *site = *state;
    publish(site->store, "t", TEXTS("a"));
    publish(site->store, "t", TEXTS("b"));
    const char *index = folder_index(site->folder, "t");
    char from[256];
    snprintf(from, sizeof(from), "%s", folder_at(site->folder, index));
    const char *future = "retired/00000fffffffffff-0123456789abcdef";
    assert_int_equal(link(from, folder_at(site->folder, future)), 0);
    const char *none = "retired/8000000000000000-0123456789abcdef";
    assert_int_equal(link(from, folder_at(site->folder, none)), 0);
    assert_int_equal(site->store->ops->remove_title(site->store, span_of_string("t"), NULL),
                     STATUS_OK);
    gc(site, 1, false);
    assert_int_equal(access(folder_at(site->folder, future), F_OK), 0);
    gc(site, 0, false);
    assert_int_equal(access(folder_at(site->folder, future), F_OK), -1);
    assert_int_equal(access(folder_at(site->folder, none), F_OK), 0);
    assert_int_equal(folder_count(site->folder, "objects"), 0);
}

static void missing_objects_are_an_error(void **state)
{
    struct site *site = *state;
    const struct fs_gc_options options = {0, false};
    struct fs_gc_report report;
    struct fault fault = {0};
    assert_int_equal(rmdir(folder_at(site->folder, "objects")), 0);
    assert_int_equal(fs_store_gc(site->store, &options, &report, &fault), STATUS_NOT_FOUND);
    assert_non_null(strstr(fault.text, "cannot list its directory 'objects': "));
}

static void what_is_not_ours_is_left_alone(void **state)
{
    struct site *site = *state;
    char outside[128];
    char link[256];
    snprintf(outside, sizeof(outside), "%s/outside", site->folder->path);
    assert_int_equal(mkdir(outside, 0700), 0);
    publish(site->store, "t", TEXTS("a"));
    assert_int_equal(mkdir(folder_at(site->folder, "objects/zz"), 0700), 0);
    folder_write(site->folder, "objects/zz/note", "x");
    folder_write(site->folder, "objects/note", "x");
    /* A file at the place of another, a link at the place of a folder, and one of an object. */
    char name[128];
    snprintf(name, sizeof(name), "%.14s%s", folder_object(site->folder, site->store, "a"),
             "ffffffffffffffffffffffffffffffffffffffff");
    folder_write(site->folder, name, "x");
    snprintf(link, sizeof(link), "%s", folder_at(site->folder, "objects/00"));
    unlink(link);
    if (symlink(outside, link) != 0)
        assert_int_equal(symlink(outside, folder_at(site->folder, "objects/01")), 0);
    struct fs_gc_report report = gc(site, 0, false);
    assert_int_equal(report.objects_removed, 0);
    assert_int_equal(report.objects_kept, 1);
    assert_int_equal(folder_count(site->folder, "objects"), 5);
}

static bool is_readable_within(int fd, int timeout_ms)
{
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
    return poll(&poll_fd, 1, timeout_ms) == 1;
}

/* Else a collection could miss the claim of an object that it is about to remove. */
static void a_put_waits_while_a_collection_runs(void **state)
{
    struct site *site = *state;
    int pipe_fds[2];
    int status;
    int lock = open(folder_at(site->folder, "lock"), O_RDWR);
    struct staging *staging = begin(site->store);
    assert_int_equal(pipe(pipe_fds), 0);
    assert_int_equal(flock(lock, LOCK_EX), 0);
    pid_t child = fork();
    if (child == 0) {
        put(site->store, staging, "a", NULL);
        _exit(write(pipe_fds[1], "x", 1) != 1);
    }
    assert_false(is_readable_within(pipe_fds[0], 50));
    assert_int_equal(flock(lock, LOCK_UN), 0);
    assert_true(is_readable_within(pipe_fds[0], 10000));
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    site->store->ops->end(staging);
    close(pipe_fds[0]);
    close(pipe_fds[1]);
    close(lock);
}

/* Cuts that publish, replace and give up in one process, collections in another. */
static void beside_cuts_nothing_that_is_published_goes(void **state)
{
    enum { ROUNDS = 150 };
    struct site *site = *state;
    pid_t child = fork();
    if (child == 0) {
        char own[16];
        for (int i = 0; i < ROUNDS; i++) {
            snprintf(own, sizeof(own), "own %d", i % 7);
            if (publish_texts(site->store, "t", TEXTS("same", own), NULL, NULL) != STATUS_OK ||
                !has_texts(site->store, "t", TEXTS("same", own)))
                _exit(1);
        }
        _exit(0);
    }
    int status;
    unsigned runs = 0;
    while (waitpid(child, &status, WNOHANG) == 0) {
        gc(site, 0, false);
        runs++;
    }
    assert_int_equal(status, 0);
    assert_true(runs > 0);
    gc(site, 0, false);
    assert_true(has_texts(site->store, "t", TEXTS("same", "own 2")));
    assert_int_equal(folder_count(site->folder, "objects"), 2);
}

int main(void)
{
#define ON_SITE(test) cmocka_unit_test_setup_teardown(test, open_site, close_site)
    const struct CMUnitTest tests[] = {
        ON_SITE(what_titles_name_stays),
        ON_SITE(what_nothing_names_goes),
        ON_SITE(a_dry_run_counts_and_removes_nothing),
        ON_SITE(what_is_younger_than_the_grace_stays),
        ON_SITE(what_comes_from_the_future_is_young),
        ON_SITE(grace_counts_from_when_a_title_gave_them_up),
        ON_SITE(what_an_open_staging_area_has_put_or_found_stays),
        ON_SITE(what_it_only_found_goes_after_it_has_ended),
        ON_SITE(what_a_killed_cut_left_goes),
        ON_SITE(what_died_before_it_claimed_goes_too),
        ON_SITE(a_damaged_index_stops_it_before_anything_is_removed),
        ON_SITE(missing_titles_stop_it),
        ON_SITE(a_stray_among_the_titles_stops_it_before_anything_is_removed),
        ON_SITE(a_file_in_place_of_a_directory_of_titles_stops_it),
        ON_SITE(indexes_put_aside_in_the_future_are_young),
        ON_SITE(missing_objects_are_an_error),
        ON_SITE(what_is_not_ours_is_left_alone),
        ON_SITE(a_put_waits_while_a_collection_runs),
        ON_SITE(beside_cuts_nothing_that_is_published_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
