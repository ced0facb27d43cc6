#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "folder.h"
#include "publication.h"

static int make_folder(void **state)
{
    *state = folder_new();
    return 0;
}

static int remove_folder(void **state)
{
    folder_free(*state);
    return 0;
}

static unsigned mode_of(const struct folder *folder, const char *name)
{
    struct stat stat;
    assert_int_equal(lstat(folder_at(folder, name), &stat), 0);
    return stat.st_mode & 07777;
}

static void assert_refused(const struct folder *folder, bool create, enum status expected,
                           const char *part)
{
    struct store *store;
    struct fault fault = {0};
    assert_int_equal(fs_store_open(folder->store, create, &store, &fault), expected);
    if (strstr(fault.text, part) == NULL)
        assert_string_equal(fault.text, part);
}

/* ---- Making and opening ---- */

static void only_the_owner_gets_in(void **state)
{
    struct folder *folder = *state;
    mode_t mask = umask(0);
    struct store *store = folder_open(folder);
    publish(store, "t", TEXTS("a"));
    store->ops->close(store);
    umask(mask);
    static const char *const folders[] = {"", "objects", "titles", "staging", "retired"};
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
        assert_int_equal(mode_of(folder, folders[i]), 0700);
    static const char *const files[] = {"naming.key", "format", "lock", "publish.lock"};
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        assert_int_equal(mode_of(folder, files[i]), 0600);
    assert_int_equal(mode_of(folder, folder_index(folder, "t")), 0600);
}

static void a_store_keeps_its_naming_key(void **state)
{
    struct folder *folder = *state;
    struct store *store = folder_open(folder);
    publish(store, "t", TEXTS("a"));
    store->ops->close(store);
    store = folder_open(folder);
    struct staging *staging = begin(store);
    assert_false(put(store, staging, "a", NULL));
    store->ops->end(staging);
    store->ops->close(store);
}

static void two_stores_name_the_same_content_differently(void **state)
{
    struct folder *folder = *state;
    struct folder *other = folder_new();
    struct store *a = folder_open(folder);
    struct store *b = folder_open(other);
    struct index_object x, y;
    struct staging *staging = begin(a);
    put(a, staging, "same", &x);
    a->ops->end(staging);
    staging = begin(b);
    put(b, staging, "same", &y);
    b->ops->end(staging);
    assert_memory_equal(x.sha256.bytes, y.sha256.bytes, DIGEST_LEN);
    assert_memory_not_equal(x.name.bytes, y.name.bytes, OBJECT_NAME_LEN);
    a->ops->close(a);
    b->ops->close(b);
    folder_free(other);
}

static void nothing_is_made_unless_asked(void **state)
{
    struct folder *folder = *state;
    assert_refused(folder, false, STATUS_NOT_FOUND, "there is none");
    assert_int_equal(access(folder->store, F_OK), -1);
    assert_int_equal(mkdir(folder->store, 0700), 0);
    assert_refused(folder, false, STATUS_NOT_FOUND, "the directory is no store");
    assert_int_equal(rmdir(folder->store), 0);
}

static void an_empty_directory_becomes_a_store(void **state)
{
    struct folder *folder = *state;
    assert_int_equal(mkdir(folder->store, 0700), 0);
    struct store *store = folder_open(folder);
    publish(store, "t", TEXTS("a"));
    store->ops->close(store);
}

static void signing_keys_may_be_there_first(void **state)
{
    struct folder *folder = *state;
    assert_int_equal(mkdir(folder->store, 0700), 0);
    folder_write(folder, "keys.json", "{}");
    struct store *store = folder_open(folder);
    store->ops->close(store);
}

static void a_directory_with_something_else_is_refused(void **state)
{
    struct folder *folder = *state;
    assert_int_equal(mkdir(folder->store, 0700), 0);
    folder_write(folder, "holiday.jpg", "x");
    assert_refused(folder, true, STATUS_INVALID, "the directory holds something else");
    assert_int_equal(access(folder_at(folder, "lock"), F_OK), -1);
}

static void a_file_is_no_store(void **state)
{
    struct folder *folder = *state;
    FILE *file = fopen(folder->store, "w");
    fclose(file);
    assert_refused(folder, true, STATUS_INVALID, "it is no directory");
}

static void a_directory_that_others_may_enter_is_refused(void **state)
{
    struct folder *folder = *state;
    char remedy[128];
    struct store *store = folder_open(folder);
    store->ops->close(store);
    snprintf(remedy, sizeof(remedy), "(mode 0710): run 'chmod 700 %s'", folder->store);
    assert_int_equal(chmod(folder->store, 0710), 0);
    assert_refused(folder, false, STATUS_REFUSED, remedy);
    assert_int_equal(chmod(folder->store, 0700), 0);
    snprintf(remedy, sizeof(remedy), "(mode 0604): run 'chmod 600 %s/naming.key'", folder->store);
    assert_int_equal(chmod(folder_at(folder, "naming.key"), 0604), 0);
    assert_refused(folder, false, STATUS_REFUSED, remedy);
}

static void an_open_empty_directory_is_refused_too(void **state)
{
    struct folder *folder = *state;
    assert_int_equal(mkdir(folder->store, 0700), 0);
    assert_int_equal(chmod(folder->store, 0755), 0);
    assert_refused(folder, true, STATUS_REFUSED, "(mode 0755): run 'chmod 700 ");
    assert_int_equal(mode_of(folder, ""), 0755);
}

static void formats_are_told_apart(void **state)
{
    struct folder *folder = *state;
    static const struct {
        const char *text;
        enum status status;
        const char *part;
    } rows[] = {
        {"segue store 2\n", STATUS_UNSUPPORTED, "its format is 'segue store 2'"},
        {"segue store 1", STATUS_UNSUPPORTED, "use a newer segue"},
        {"something\n", STATUS_INVALID, "is not a store's"},
        {"", STATUS_INVALID, "is not a store's"},
    };
    struct store *store = folder_open(folder);
    store->ops->close(store);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        folder_write(folder, "format", rows[i].text);
        assert_refused(folder, true, rows[i].status, rows[i].part);
    }
}

static void a_lost_naming_key_is_never_replaced(void **state)
{
    struct folder *folder = *state;
    struct store *store = folder_open(folder);
    store->ops->close(store);
    assert_int_equal(unlink(folder_at(folder, "naming.key")), 0);
    assert_refused(folder, true, STATUS_DAMAGED, "naming.key is missing");
}

static void a_cut_naming_key_is_damaged(void **state)
{
    struct folder *folder = *state;
    struct staging *staging;
    struct fault fault = {0};
    struct store *store = folder_open(folder);
    folder_write(folder, "naming.key", "short");
    assert_int_equal(store->ops->begin(store, &staging, &fault), STATUS_DAMAGED);
    assert_non_null(strstr(fault.text, "naming.key is not 32 bytes"));
    assert_int_equal(folder_count(folder, "staging"), 0);
    store->ops->close(store);
}

/* Whatever instant a creation dies at, the next one completes it and keeps a key that is there. */
static void an_interrupted_creation_is_completed(void **state)
{
    struct folder *folder = *state;
    static const char key[] = "0123456789abcdef0123456789abcdef";
    char kept[sizeof(key)] = {0};
    struct store *store = folder_open(folder);
    store->ops->close(store);
    assert_int_equal(unlink(folder_at(folder, "format")), 0);
    assert_int_equal(rmdir(folder_at(folder, "retired")), 0);
    folder_write(folder, "naming.key", key);
    folder_write(folder, "naming.key.new", "half");
    folder_write(folder, "format.new", "seg");
    assert_refused(folder, false, STATUS_NOT_FOUND, "is no store");
    store = folder_open(folder);
    publish(store, "t", TEXTS("a"));
    store->ops->close(store);
    FILE *file = fopen(folder_at(folder, "naming.key"), "r");
    assert_int_equal(fread(kept, 1, 32, file), 32);
    fclose(file);
    assert_string_equal(kept, key);
}

static void creators_at_once_make_one_store(void **state)
{
    enum { CREATORS = 8 };
    struct folder *folder = *state;
    char title[] = "t0";
    for (int i = 0; i < CREATORS; i++) {
        title[1] = (char)('0' + i);
        if (fork() == 0) {
            struct store *store;
            struct fault fault = {0};
            bool failed = fs_store_open(folder->store, true, &store, &fault) != STATUS_OK ||
                          publish_texts(store, title, TEXTS("same"), NULL, &fault) != STATUS_OK;
            if (failed)
                fprintf(stderr, "%s: %s\n", title, fault.text);
            _exit(failed);
        }
    }
    for (int i = 0; i < CREATORS; i++) {
        int status;
        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
    assert_int_equal(folder_count(folder, "objects"), 1);
    assert_int_equal(folder_count(folder, "titles"), CREATORS);
}

/* ---- What is damaged ---- */

static enum status load(struct store *store, const char *title, struct fault *fault)
{
    struct blob *blob = NULL;
    struct index index;
    struct publication_stamp stamp;
    enum status status =
        store->ops->load_index(store, span_of_string(title), &blob, &index, &stamp, fault);
    if (status == STATUS_OK)
        blob_release(blob);
    return status;
}

static void a_changed_index_is_damaged_until_it_is_published_again(void **state)
{
    struct folder *folder = *state;
    struct fault fault = {0};
    struct store *store = folder_open(folder);
    publish(store, "t", TEXTS("a"));
    folder_write(folder, folder_index(folder, "t"), "SEGUEIDX");
    assert_int_equal(load(store, "t", &fault), STATUS_DAMAGED);
    assert_string_equal(fault.text, "title t: index: 8 bytes are too few for a header");
    publish(store, "t", TEXTS("a"));
    assert_int_equal(load(store, "t", NULL), STATUS_OK);
    store->ops->close(store);
}

static void an_index_under_another_title_is_damaged(void **state)
{
    struct folder *folder = *state;
    char from[256];
    struct fault fault = {0};
    struct store *store = folder_open(folder);
    publish(store, "t", TEXTS("a"));
    publish(store, "u", TEXTS("b"));
    snprintf(from, sizeof(from), "%s", folder_at(folder, folder_index(folder, "t")));
    assert_int_equal(rename(from, folder_at(folder, folder_index(folder, "u"))), 0);
    assert_int_equal(load(store, "u", &fault), STATUS_DAMAGED);
    assert_string_equal(fault.text, "title u: its index is that of t");
    store->ops->close(store);
}

static void symbolic_links_are_not_followed(void **state)
{
    struct folder *folder = *state;
    char object[256];
    char aside[256];
    struct store *store = folder_open(folder);
    publish(store, "t", TEXTS("a"));
    snprintf(object, sizeof(object), "%s", folder_at(folder, folder_object(folder, store, "a")));
    snprintf(aside, sizeof(aside), "%s", folder_at(folder, "aside"));
    assert_int_equal(rename(object, aside), 0);
    assert_int_equal(symlink(aside, object), 0);
    assert_false(has_texts(store, "t", TEXTS("a")));
    snprintf(object, sizeof(object), "%s", folder_at(folder, folder_index(folder, "t")));
    assert_int_equal(rename(object, aside), 0);
    assert_int_equal(symlink(aside, object), 0);
    assert_int_equal(load(store, "t", NULL), STATUS_DAMAGED);
    store->ops->close(store);
}

static void publishing_again_mends_missing_cut_and_changed_objects(void **state)
{
    struct folder *folder = *state;
    const char *const *texts = TEXTS("gone", "shortened", "changed", "whole");
    bool is_unchanged = false;
    struct store *store = folder_open(folder);
    publish(store, "t", texts);
    assert_int_equal(unlink(folder_at(folder, folder_object(folder, store, "gone"))), 0);
    folder_write(folder, folder_object(folder, store, "shortened"), "short");
    folder_write(folder, folder_object(folder, store, "changed"), "CHANGED");
    assert_false(has_texts(store, "t", texts));
    assert_int_equal(publish_texts(store, "t", texts, &is_unchanged, NULL), STATUS_OK);
    assert_true(is_unchanged);
    assert_true(has_texts(store, "t", texts));
    store->ops->close(store);
}

static void a_mapped_object_is_told_from_the_one_that_took_its_place(void **state)
{
    struct folder *folder = *state;
    struct store *store = folder_open(folder);
    struct index_object object;
    struct blob *blob;
    char path[128];
    bool is_same;
    publish(store, "t", TEXTS("a"));
    struct staging *staging = begin(store);
    put(store, staging, "a", &object);
    store->ops->end(staging);
    assert_int_equal(store->ops->load_object(store, &object, &blob, NULL), STATUS_OK);
    assert_int_equal(store->ops->check_object(store, &object, blob, &is_same, NULL), STATUS_OK);
    assert_true(is_same);
    snprintf(path, sizeof(path), "%s", folder_object(folder, store, "a"));
    assert_int_equal(unlink(folder_at(folder, path)), 0);
    assert_int_equal(store->ops->check_object(store, &object, blob, &is_same, NULL), STATUS_OK);
    assert_false(is_same); /* there is none */
    folder_write(folder, path, "a");
    assert_int_equal(store->ops->check_object(store, &object, blob, &is_same, NULL), STATUS_OK);
    assert_false(is_same); /* another with the same bytes */
    blob_release(blob);
    store->ops->close(store);
}

static void publishing_again_mends_an_object_that_is_a_directory(void **state)
{
    struct folder *folder = *state;
    char note[128];
    struct store *store = folder_open(folder);
    publish(store, "t", TEXTS("a", "b"));
    const char *object = folder_object(folder, store, "a");
    snprintf(note, sizeof(note), "%s/note", object);
    assert_int_equal(unlink(folder_at(folder, object)), 0);
    assert_int_equal(mkdir(folder_at(folder, object), 0700), 0);
    folder_write(folder, note, "x");
    assert_false(has_texts(store, "t", TEXTS("a", "b")));
    publish(store, "t", TEXTS("a", "b"));
    assert_true(has_texts(store, "t", TEXTS("a", "b")));
    assert_int_equal(folder_count(folder, "retired"), 1); /* the note */
    store->ops->close(store);
}

/* A title that cannot be looked at may be there: nobody may remember that it is not. */
static void no_such_title_is_said_only_when_it_is_known(void **state)
{
    struct folder *folder = *state;
    struct publication_stamp stamp;
    struct rlimit limit;
    struct rlimit none;
    struct store *store = folder_open(folder);
    publish(store, "t", TEXTS("a"));
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    none = (struct rlimit){.rlim_cur = 0, .rlim_max = limit.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    enum status without_descriptors = load(store, "t", NULL);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_int_equal(without_descriptors, STATUS_IO);

    assert_int_equal(unlink(folder_at(folder, "titles/e3/t")), 0);
    assert_int_equal(rmdir(folder_at(folder, "titles/e3")), 0);
    assert_int_equal(load(store, "t", NULL), STATUS_NOT_FOUND);
    folder_write(folder, "titles/e3", "x");
    assert_int_equal(load(store, "t", NULL), STATUS_DAMAGED);
    assert_int_equal(store->ops->stat_index(store, span_of_string("t"), &stamp, NULL),
                     STATUS_DAMAGED);
    store->ops->close(store);
}

static enum status count_title(void *context, struct span title)
{
    (void)title;
    ++*(unsigned *)context;
    return STATUS_OK;
}

static void what_is_not_ours_is_not_listed(void **state)
{
    struct folder *folder = *state;
    unsigned count = 0;
    struct fault fault = {0};
    struct store *store = folder_open(folder);
    publish(store, "t", TEXTS("a"));
    folder_write(folder, "titles/README", "x");
    assert_int_equal(mkdir(folder_at(folder, "titles/lost+found"), 0700), 0);
    assert_int_equal(mkdir(folder_at(folder, "titles/00"), 0700), 0);
    folder_write(folder, "titles/00/t", "x"); /* not where "t" belongs */
    folder_write(folder, "titles/00/.swp", "x");
    assert_int_equal(store->ops->list_titles(store, count_title, &count, &fault), STATUS_OK);
    assert_int_equal(count, 1);
    store->ops->close(store);
}

static void missing_titles_are_damage_not_an_empty_store(void **state)
{
    struct folder *folder = *state;
    unsigned count = 0;
    struct fault fault = {0};
    struct store *store = folder_open(folder);
    assert_int_equal(rmdir(folder_at(folder, "titles")), 0);
    assert_int_equal(store->ops->list_titles(store, count_title, &count, &fault), STATUS_DAMAGED);
    assert_non_null(strstr(fault.text, "'titles' is missing"));
    store->ops->close(store);
}

/* ---- What is left behind ---- */

static void ending_leaves_no_staging_area(void **state)
{
    struct folder *folder = *state;
    struct store *store = folder_open(folder);
    struct staging *staging = begin(store);
    put(store, staging, "a", NULL);
    assert_int_equal(folder_count(folder, "staging"), 2);
    store->ops->end(staging);
    publish(store, "t", TEXTS("b"));
    publish(store, "t", TEXTS("b"));
    assert_int_equal(folder_count(folder, "staging"), 0);
    assert_int_equal(rmdir(folder_at(folder, "staging")), 0);
    assert_int_equal(folder_count(folder, "objects"), 1);
    store->ops->close(store);
}

static void what_was_replaced_or_removed_is_put_aside(void **state)
{
    struct folder *folder = *state;
    struct store *store = folder_open(folder);
    publish(store, "t", TEXTS("a"));
    assert_int_equal(folder_count(folder, "retired"), 0);
    publish(store, "t", TEXTS("b"));
    assert_int_equal(folder_count(folder, "retired"), 1);
    publish(store, "t", TEXTS("b"));
    assert_int_equal(folder_count(folder, "retired"), 1);
    assert_int_equal(store->ops->remove_title(store, span_of_string("t"), NULL), STATUS_OK);
    assert_int_equal(folder_count(folder, "retired"), 2);
    store->ops->close(store);
}

int main(void)
{
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(only_the_owner_gets_in),
        IN_FOLDER(a_store_keeps_its_naming_key),
        IN_FOLDER(two_stores_name_the_same_content_differently),
        IN_FOLDER(nothing_is_made_unless_asked),
        IN_FOLDER(an_empty_directory_becomes_a_store),
        IN_FOLDER(signing_keys_may_be_there_first),
        IN_FOLDER(a_directory_with_something_else_is_refused),
        IN_FOLDER(a_file_is_no_store),
        IN_FOLDER(a_directory_that_others_may_enter_is_refused),
        IN_FOLDER(an_open_empty_directory_is_refused_too),
        IN_FOLDER(formats_are_told_apart),
        IN_FOLDER(a_lost_naming_key_is_never_replaced),
        IN_FOLDER(a_cut_naming_key_is_damaged),
        IN_FOLDER(an_interrupted_creation_is_completed),
        IN_FOLDER(creators_at_once_make_one_store),
        IN_FOLDER(a_changed_index_is_damaged_until_it_is_published_again),
        IN_FOLDER(an_index_under_another_title_is_damaged),
        IN_FOLDER(symbolic_links_are_not_followed),
        IN_FOLDER(publishing_again_mends_missing_cut_and_changed_objects),
        IN_FOLDER(a_mapped_object_is_told_from_the_one_that_took_its_place),
        IN_FOLDER(publishing_again_mends_an_object_that_is_a_directory),
        IN_FOLDER(no_such_title_is_said_only_when_it_is_known),
        IN_FOLDER(what_is_not_ours_is_not_listed),
        IN_FOLDER(missing_titles_are_damage_not_an_empty_store),
        IN_FOLDER(ending_leaves_no_staging_area),
        IN_FOLDER(what_was_replaced_or_removed_is_put_aside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
