#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "auth/key_set.h"
#include "forge.h"

/* A directory of its own for each test, with the path a key file would have in it. */
struct place {
    char folder[64];
    char path[96];
};

static int make_place(void **state)
{
    struct place *place = calloc(1, sizeof(*place));
    strcpy(place->folder, "/tmp/segue-key-file-XXXXXX");
    if (mkdtemp(place->folder) == NULL)
        return -1;
    snprintf(place->path, sizeof(place->path), "%s/keys.json", place->folder);
    *state = place;
    return 0;
}

static int remove_place(void **state)
{
    struct place *place = *state;
    char path[128];
    snprintf(path, sizeof(path), "%s/link.json", place->folder);
    unlink(path);
    unlink(place->path);
    int result = rmdir(place->folder); /* nothing else may have been left behind */
    free(place);
    return result;
}

static void write_file(const char *path, const char *text, mode_t mode)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    assert_int_equal(chmod(path, mode), 0);
}

static void add(const char *path, const char *kid)
{
    struct fault fault = {0};
    char *new_kid;
    assert_int_equal(key_file_add(path, "ES256", kid, &new_kid, &fault), STATUS_OK);
    free(new_kid);
}

static void missing_file_is_told_with_the_command_that_makes_it(void **state)
{
    struct place *place = *state;
    struct key_set set;
    struct fault fault = {0};
    assert_int_equal(key_file_load(place->path, &set, &fault), STATUS_NOT_FOUND);
    assert_non_null(strstr(fault.text, place->path));
    assert_non_null(strstr(fault.text, "segue key new"));
}

static void first_key_makes_a_file_for_its_owner_alone(void **state)
{
    struct place *place = *state;
    struct fault fault = {0};
    struct key_set set;
    struct stat status_of;
    char *kid;
    mode_t mask = umask(0);
    assert_int_equal(key_file_add(place->path, "ES256", NULL, &kid, &fault), STATUS_OK);
    umask(mask);
    assert_int_equal(stat(place->path, &status_of), 0);
    assert_int_equal(status_of.st_mode & 07777, 0600);
    assert_int_equal(key_file_load(place->path, &set, &fault), STATUS_OK);
    assert_int_equal(set.count, 1);
    assert_string_equal(set.keys[0].kid, kid);
    assert_true(key_can_sign(&set.keys[0]));
    key_set_dispose(&set);
    free(kid);
}

static void newest_key_is_last(void **state)
{
    struct place *place = *state;
    struct fault fault = {0};
    struct key_set set;
    add(place->path, "one");
    add(place->path, "two");
    assert_int_equal(key_file_load(place->path, &set, &fault), STATUS_OK);
    assert_int_equal(set.count, 2);
    assert_string_equal(set.keys[0].kid, "one");
    assert_string_equal(set.keys[1].kid, "two");
    key_set_dispose(&set);
}

static void doubled_or_odd_kid_leaves_the_file_alone(void **state)
{
    struct place *place = *state;
    struct stat before;
    struct stat after;
    char *kid;
    add(place->path, "one");
    assert_int_equal(stat(place->path, &before), 0);
    struct fault fault = {0};
    assert_int_equal(key_file_add(place->path, "HS256", "one", &kid, &fault), STATUS_INVALID);
    assert_null(kid);
    fault = (struct fault){0};
    assert_int_equal(key_file_add(place->path, "HS256", "a b", &kid, &fault), STATUS_INVALID);
    assert_int_equal(stat(place->path, &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
}

static void key_that_encrypts_is_a_secret_too(void **state)
{
    struct place *place = *state;
    struct fault fault = {0};
    struct key_set set;
    write_file(place->path, "{\"keys\":[" FORGE_CONTENT_JWKS "]}", 0644);
    assert_int_equal(key_file_load(place->path, &set, &fault), STATUS_REFUSED);
    assert_int_equal(set.content_key_count, 0);
    write_file(place->path, "{\"keys\":[" FORGE_CONTENT_JWKS "]}", 0600);
    assert_int_equal(key_file_load(place->path, &set, NULL), STATUS_OK);
    assert_int_equal(set.content_key_count, 2);
    key_set_dispose(&set);
}

static void private_file_that_others_may_read_is_refused_with_its_remedy(void **state)
{
    struct place *place = *state;
    static const mode_t modes[] = {0644, 0640, 0604, 0660, 0620, 0602, 0610};
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        struct fault fault = {0};
        struct key_set set;
        char remedy[160];
        char *kid;
        write_file(place->path, FORGE_JWKS, modes[i]);
        snprintf(remedy, sizeof(remedy), "chmod 600 %s", place->path);
        assert_int_equal(key_file_load(place->path, &set, &fault), STATUS_REFUSED);
        assert_non_null(strstr(fault.text, remedy));
        assert_int_equal(set.count, 0);
        fault = (struct fault){0};
        assert_int_equal(key_file_add(place->path, "ES256", NULL, &kid, &fault), STATUS_REFUSED);
    }
}

static void public_file_may_be_read_by_others_until_it_gets_a_private_key(void **state)
{
    struct place *place = *state;
    static const char public_only[] =
        "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"alg\":\"ES256\",\"kid\":\"p\","
        "\"x\":\"be807S4O7dzB6I4hTiCUvmxCI6FuxWba1xYBlLSSsZ8\","
        "\"y\":\"rOGC4vI69g-WF9AGEVI37sNNwbjIzBxSjLvIL7f3RBA\"}]}";
    struct fault fault = {0};
    struct key_set set;
    struct stat status_of;
    write_file(place->path, public_only, 0644);
    assert_int_equal(key_file_load(place->path, &set, &fault), STATUS_OK);
    key_set_dispose(&set);
    add(place->path, "mine");
    assert_int_equal(stat(place->path, &status_of), 0);
    assert_int_equal(status_of.st_mode & 07777, 0600);
}

static void damaged_file_is_named_and_never_replaced(void **state)
{
    struct place *place = *state;
    static const char *const contents[] = {"", "{", "{\"keys\":1}", "junk"};
    for (size_t i = 0; i < sizeof(contents) / sizeof(contents[0]); i++) {
        struct fault fault = {0};
        struct key_set set;
        struct stat status_of;
        char *kid;
        write_file(place->path, contents[i], 0600);
        assert_int_equal(key_file_load(place->path, &set, &fault), STATUS_INVALID);
        assert_non_null(strstr(fault.text, place->path));
        assert_int_equal(key_file_add(place->path, "ES256", NULL, &kid, &fault), STATUS_INVALID);
        assert_int_equal(stat(place->path, &status_of), 0);
        assert_int_equal(status_of.st_size, strlen(contents[i]));
    }
}

static void something_that_is_no_file_is_refused_at_once(void **state)
{
    struct place *place = *state;
    struct fault fault = {0};
    struct key_set set;
    assert_int_equal(key_file_load(place->folder, &set, &fault), STATUS_INVALID);
    assert_int_equal(mkfifo(place->path, 0600), 0);
    assert_int_equal(key_file_load(place->path, &set, &fault), STATUS_INVALID);
}

static void huge_file_is_refused_unread(void **state)
{
    struct place *place = *state;
    struct fault fault = {0};
    struct key_set set;
    write_file(place->path, "", 0600);
    assert_int_equal(truncate(place->path, KEY_SET_MAX_BYTES + 1), 0);
    assert_int_equal(key_file_load(place->path, &set, &fault), STATUS_LIMIT);
}

static void link_stays_a_link(void **state)
{
    struct place *place = *state;
    char link[128];
    struct stat status_of;
    struct fault fault = {0};
    struct key_set set;
    snprintf(link, sizeof(link), "%s/link.json", place->folder);
    add(place->path, "one");
    assert_int_equal(symlink(place->path, link), 0);
    add(link, "two");
    assert_int_equal(lstat(link, &status_of), 0);
    assert_true(S_ISLNK(status_of.st_mode));
    assert_int_equal(key_file_load(place->path, &set, &fault), STATUS_OK);
    assert_int_equal(set.count, 2);
    key_set_dispose(&set);
}

static void missing_directory_is_named(void **state)
{
    struct place *place = *state;
    char path[160];
    char *kid;
    struct fault fault = {0};
    snprintf(path, sizeof(path), "%s/none/keys.json", place->folder);
    assert_int_equal(key_file_add(path, "ES256", NULL, &kid, &fault), STATUS_NOT_FOUND);
    assert_non_null(strstr(fault.text, "/none"));
}

static void processes_that_add_at_once_all_keep_their_key(void **state)
{
    struct place *place = *state;
    enum { PROCESSES = 8, KEYS_EACH = 5 };
    struct fault fault = {0};
    struct key_set set;
    for (int i = 0; i < PROCESSES; i++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child > 0)
            continue;
        int failures = 0;
        for (int j = 0; j < KEYS_EACH; j++) {
            char *kid = NULL;
            failures += key_file_add(place->path, "HS256", NULL, &kid, NULL) != STATUS_OK;
            free(kid);
        }
        _exit(failures);
    }
    for (int i = 0; i < PROCESSES; i++) {
        int result;
        assert_true(wait(&result) > 0);
        assert_true(WIFEXITED(result));
        assert_int_equal(WEXITSTATUS(result), 0);
    }
    assert_int_equal(key_file_load(place->path, &set, &fault), STATUS_OK);
    assert_int_equal(set.count, PROCESSES * KEYS_EACH);
    key_set_dispose(&set);
}

#define WITH_PLACE(test) cmocka_unit_test_setup_teardown(test, make_place, remove_place)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PLACE(missing_file_is_told_with_the_command_that_makes_it),
        WITH_PLACE(first_key_makes_a_file_for_its_owner_alone),
        WITH_PLACE(newest_key_is_last),
        WITH_PLACE(doubled_or_odd_kid_leaves_the_file_alone),
        WITH_PLACE(key_that_encrypts_is_a_secret_too),
        WITH_PLACE(private_file_that_others_may_read_is_refused_with_its_remedy),
        WITH_PLACE(public_file_may_be_read_by_others_until_it_gets_a_private_key),
        WITH_PLACE(damaged_file_is_named_and_never_replaced),
        WITH_PLACE(something_that_is_no_file_is_refused_at_once),
        WITH_PLACE(huge_file_is_refused_unread),
        WITH_PLACE(link_stays_a_link),
        WITH_PLACE(missing_directory_is_named),
        WITH_PLACE(processes_that_add_at_once_all_keep_their_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
