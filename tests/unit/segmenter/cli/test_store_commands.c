#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "folder.h"
#include "publication.h"
#include "segmenter/cli/command.h"

/* A store with the titles "t" and "u", and what the last command wrote. */
struct site {
    struct folder *folder;
    char out[20000];
    char err[4000];
};

static int open_site(void **state)
{
    struct site *site = calloc(1, sizeof(*site));
    site->folder = folder_new();
    struct store *store = folder_open(site->folder);
    publish(store, "t", TEXTS("first", "second"));
    publish(store, "u", TEXTS("third"));
    store->ops->close(store);
    setenv("SEGUE_STORE", site->folder->store, 1);
    *state = site;
    return 0;
}

static int close_site(void **state)
{
    struct site *site = *state;
    unsetenv("SEGUE_STORE");
    folder_free(site->folder);
    free(site);
    return 0;
}

static void read_back(FILE *file, char *text, size_t size)
{
    rewind(file);
    text[fread(text, 1, size - 1, file)] = '\0';
    fclose(file);
}

/* Runs a command with standard output and error in files; returns its exit code. */
static int run(struct site *site, const struct command *command, const char *const *words)
{
    char *argv[8] = {(char *)(uintptr_t)command->name};
    int argc = 1;
    for (; words[argc - 1] != NULL; argc++)
        argv[argc] = (char *)(uintptr_t)words[argc - 1];
    FILE *out = tmpfile();
    FILE *err = tmpfile();
    fflush(stdout);
    int kept_out = dup(STDOUT_FILENO);
    int kept_err = dup(STDERR_FILENO);
    dup2(fileno(out), STDOUT_FILENO);
    dup2(fileno(err), STDERR_FILENO);
    int code = command->run(argc, argv);
    fflush(stdout);
    dup2(kept_out, STDOUT_FILENO);
    dup2(kept_err, STDERR_FILENO);
    close(kept_out);
    close(kept_err);
    read_back(out, site->out, sizeof(site->out));
    read_back(err, site->err, sizeof(site->err));
    return code;
}

static json_t *parse(const struct site *site)
{
    json_t *value = json_loads(site->out, 0, NULL);
    assert_non_null(value);
    return value;
}

static const char *text_at(json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static json_int_t number_at(json_t *object, const char *key)
{
    assert_true(json_is_integer(json_object_get(object, key)));
    return json_integer_value(json_object_get(object, key));
}

static void damage(struct site *site, const char *text)
{
    struct store *store = folder_open(site->folder);
    folder_write(site->folder, folder_object(site->folder, store, text), "x");
    store->ops->close(store);
}

static void ls_lists_titles_in_order(void **state)
{
    struct site *site = *state;
    assert_int_equal(run(site, &command_ls, TEXTS("--json")), EXIT_OK);
    json_t *list = parse(site);
    assert_int_equal(json_array_size(list), 2);
    json_t *title = json_array_get(list, 0);
    assert_string_equal(text_at(title, "title"), "t");
    assert_int_equal(number_at(title, "files"), 1);
    assert_int_equal(number_at(title, "objects"), 2);
    assert_int_equal(number_at(title, "stored_bytes"), 11);
    assert_int_equal(number_at(title, "duration_ms"), 0);
    assert_string_equal(text_at(title, "published"), "1970-01-01T00:16:42Z");
    assert_string_equal(text_at(json_array_get(list, 1), "title"), "u");
    json_decref(list);
    assert_int_equal(run(site, &command_ls, TEXTS(NULL)), EXIT_OK);
    assert_string_equal(site->out,
                        "TITLE  FILES      STORED       DURATION  PUBLISHED\n"
                        "t          1    11 bytes    0:00:00.000  1970-01-01T00:16:42Z\n"
                        "u          1     5 bytes    0:00:00.000  1970-01-01T00:16:41Z\n");
    assert_string_equal(site->err, "");
}

static void ls_tells_a_damaged_index_and_lists_the_rest(void **state)
{
    struct site *site = *state;
    folder_write(site->folder, folder_index(site->folder, "t"), "x");
    assert_int_equal(run(site, &command_ls, TEXTS(NULL)), EXIT_FAILED);
    assert_non_null(strstr(site->out, "\nu  "));
    assert_string_equal(site->err, "segue ls: title t: index: 1 bytes are too few for a header\n");
}

static void inspect_tells_files_and_no_object_name(void **state)
{
    struct site *site = *state;
    struct store *store = folder_open(site->folder);
    char name[OBJECT_NAME_HEX_LEN + 1];
    snprintf(name, sizeof(name), "%s", folder_object(site->folder, store, "first") + 14);
    store->ops->close(store);
    assert_int_equal(run(site, &command_inspect, TEXTS("t", "--json")), EXIT_OK);
    assert_null(strstr(site->out, name));
    json_t *title = parse(site);
    json_t *file = json_array_get(json_object_get(title, "files"), 0);
    assert_string_equal(text_at(file, "name"), "f.bin");
    assert_string_equal(text_at(file, "content_type"), "x/y");
    assert_int_equal(number_at(file, "length"), 11);
    assert_int_equal(number_at(file, "extents"), 2);
    assert_int_equal(strlen(text_at(file, "etag")), 32);
    json_t *objects = json_object_get(title, "objects");
    assert_int_equal(number_at(objects, "count"), 2);
    assert_int_equal(number_at(objects, "bytes"), 11);
    assert_int_equal(number_at(objects, "least_bytes"), 5);
    assert_int_equal(number_at(objects, "most_bytes"), 6);
    json_decref(title);
    assert_int_equal(run(site, &command_inspect, TEXTS("t")), EXIT_OK);
    assert_null(strstr(site->out, name));
    assert_non_null(strstr(site->out, "  f.bin  x/y  11 bytes in 2 extents\n"));
}

static void inspect_of_no_title_fails(void **state)
{
    struct site *site = *state;
    char expected[200];
    assert_int_equal(run(site, &command_inspect, TEXTS("none")), EXIT_FAILED);
    snprintf(expected, sizeof(expected), "segue inspect: store %s: there is no title none\n",
             site->folder->store);
    assert_string_equal(site->err, expected);
    assert_string_equal(site->out, "");
}

static void verify_of_a_whole_store_succeeds(void **state)
{
    struct site *site = *state;
    assert_int_equal(run(site, &command_verify, TEXTS(NULL)), EXIT_OK);
    assert_string_equal(site->out, "2 titles, 3 objects, 16 bytes read: no damage\n");
    assert_int_equal(run(site, &command_verify, TEXTS("--json", "u")), EXIT_OK);
    json_t *value = parse(site);
    assert_int_equal(number_at(value, "titles"), 1);
    assert_int_equal(number_at(value, "bytes"), 5);
    assert_int_equal(json_array_size(json_object_get(value, "damage")), 0);
    json_decref(value);
}

static void verify_tells_damage_and_checks_the_rest(void **state)
{
    struct site *site = *state;
    damage(site, "third");
    folder_write(site->folder, folder_index(site->folder, "t"), "x");
    assert_int_equal(run(site, &command_verify, TEXTS(NULL)), EXIT_FAILED);
    assert_string_equal(site->out,
                        "title t: index: 1 bytes are too few for a header\n"
                        "title u: object 0 of 5 bytes is there with another size; it is in f.bin "
                        "from byte 0\n"
                        "2 titles, 1 object, 0 bytes read: 2 damaged; cutting a title again from "
                        "its source mends it\n");
    assert_int_equal(run(site, &command_verify, TEXTS("--json")), EXIT_FAILED);
    json_t *value = parse(site);
    assert_int_equal(json_array_size(json_object_get(value, "damage")), 2);
    json_decref(value);
}

static void verify_of_no_title_fails_after_the_others(void **state)
{
    struct site *site = *state;
    assert_int_equal(run(site, &command_verify, TEXTS("none", "u")), EXIT_FAILED);
    assert_string_equal(site->out, "1 title, 1 object, 5 bytes read: no damage\n");
    assert_non_null(strstr(site->err, "there is no title none"));
}

static void rm_then_gc_frees_what_only_that_title_had(void **state)
{
    struct site *site = *state;
    assert_int_equal(run(site, &command_rm, TEXTS("t")), EXIT_OK);
    assert_string_equal(site->out, "removed t\n");
    assert_int_equal(run(site, &command_gc, TEXTS(NULL)), EXIT_OK);
    assert_string_equal(site->out, "removed 0 objects, 0 bytes; kept 3 objects\n");
    assert_int_equal(run(site, &command_gc, TEXTS("--grace", "0s", "--dry-run")), EXIT_OK);
    assert_string_equal(site->out, "would remove 2 objects, 11 bytes; kept 1 object\n");
    assert_int_equal(run(site, &command_gc, TEXTS("--grace=0", "--json")), EXIT_OK);
    json_t *value = parse(site);
    assert_true(json_is_false(json_object_get(value, "dry_run")));
    assert_int_equal(number_at(value, "objects_removed"), 2);
    assert_int_equal(number_at(value, "bytes_removed"), 11);
    assert_int_equal(number_at(value, "objects_kept"), 1);
    assert_int_equal(number_at(value, "dead_cuts_removed"), 0);
    json_decref(value);
}

static void rm_goes_on_after_a_title_that_is_not_there(void **state)
{
    struct site *site = *state;
    assert_int_equal(run(site, &command_rm, TEXTS("none", "t")), EXIT_FAILED);
    assert_string_equal(site->out, "removed t\n");
    assert_non_null(strstr(site->err, "there is no title none"));
}

static void rm_removes_nothing_when_one_name_is_impossible(void **state)
{
    struct site *site = *state;
    assert_int_equal(run(site, &command_rm, TEXTS("t", "../u")), EXIT_USAGE);
    assert_non_null(strstr(site->err, "segue rm: '../u' is no title: "));
    assert_int_equal(run(site, &command_inspect, TEXTS("t")), EXIT_OK);
}

static void calls_that_make_no_sense_are_told_so(void **state)
{
    struct site *site = *state;
    static const struct {
        const struct command *command;
        const char *words[3];
        const char *message;
    } rows[] = {
        {&command_ls, {"extra"}, "segue ls: it takes no argument, but got 'extra'"},
        {&command_ls, {"--what"}, "segue ls: there is no option --what"},
        {&command_ls, {"-x"}, "segue ls: there is no option -x"},
        {&command_ls, {"--store"}, "segue ls: --store needs a value"},
        {&command_inspect, {NULL}, "segue inspect: name the title to inspect"},
        {&command_inspect, {"t", "u"}, "segue inspect: it takes one argument, but got 'u' too"},
        {&command_inspect, {"a/b"}, "segue inspect: 'a/b' is no title"},
        {&command_verify,
         {"t", ""},
         "segue verify: an argument is empty: name the titles to check"},
        {&command_rm, {NULL}, "segue rm: name the titles to remove"},
        {&command_gc,
         {"--grace", "soon"},
         "segue gc: --grace takes a time such as 90s, 15m, 6h or 7d, not 'soon'"},
        {&command_gc, {"t"}, "segue gc: it takes no argument, but got 't'"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(run(site, rows[i].command, rows[i].words), EXIT_USAGE);
        assert_memory_equal(site->err, rows[i].message, strlen(rows[i].message));
        assert_non_null(strstr(site->err, "--help'.\n"));
        assert_string_equal(site->out, "");
    }
}

static void help_goes_to_standard_output(void **state)
{
    struct site *site = *state;
    const struct command *const commands[] = {&command_ls, &command_inspect, &command_verify,
                                              &command_rm, &command_gc};
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        assert_int_equal(run(site, commands[i], TEXTS("--help")), EXIT_OK);
        assert_non_null(strstr(site->out, "Usage: segue "));
        assert_non_null(strstr(site->out, "--store STORE"));
        assert_non_null(strstr(site->out, "Example: segue "));
        assert_string_equal(site->err, "");
    }
}

static void no_store_is_told_with_what_to_do(void **state)
{
    struct site *site = *state;
    const struct command *const commands[] = {&command_ls, &command_verify, &command_gc};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(run(site, commands[i], TEXTS("--store", "/nowhere/at/all")), EXIT_FAILED);
        assert_non_null(strstr(site->err, "'segue cut' makes one"));
    }
}

int main(void)
{
#define ON_SITE(test) cmocka_unit_test_setup_teardown(test, open_site, close_site)
    const struct CMUnitTest tests[] = {
        ON_SITE(ls_lists_titles_in_order),
        ON_SITE(ls_tells_a_damaged_index_and_lists_the_rest),
        ON_SITE(inspect_tells_files_and_no_object_name),
        ON_SITE(inspect_of_no_title_fails),
        ON_SITE(verify_of_a_whole_store_succeeds),
        ON_SITE(verify_tells_damage_and_checks_the_rest),
        ON_SITE(verify_of_no_title_fails_after_the_others),
        ON_SITE(rm_then_gc_frees_what_only_that_title_had),
        ON_SITE(rm_goes_on_after_a_title_that_is_not_there),
        ON_SITE(rm_removes_nothing_when_one_name_is_impossible),
        ON_SITE(calls_that_make_no_sense_are_told_so),
        ON_SITE(help_goes_to_standard_output),
        ON_SITE(no_store_is_told_with_what_to_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
