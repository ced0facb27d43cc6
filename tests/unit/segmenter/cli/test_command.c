#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "segmenter/cli/command.h"

static void durations_have_a_unit_or_are_seconds(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t seconds;
    } rows[] = {{"0", 0},      {"90", 90},     {"90s", 90},          {"15m", 900},
                {"6h", 21600}, {"7d", 604800}, {"3652d", 315532800}, {"315532800", 315532800},
                {"007s", 7}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint64_t seconds = 1;
        assert_true(command_parse_duration(rows[i].text, &seconds));
        assert_true(seconds == rows[i].seconds);
    }
}

static void anything_else_is_no_duration(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",     "s",     "h1", "1 h",       "1hh", "1H",  "-1", "+1",
        "1.5h", "3653d", "1w", "315532801", "1e3", "0x1", " 1", "99999999999999999999999999"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        uint64_t seconds;
        assert_false(command_parse_duration(texts[i], &seconds));
    }
}

static void the_store_is_the_options_or_the_environments_or_the_default(void **state)
{
    (void)state;
    unsetenv("SEGUE_STORE");
    assert_string_equal(command_store_path(NULL), "./segue-store");
    assert_string_equal(command_store_path("/srv/a"), "/srv/a");
    setenv("SEGUE_STORE", "/srv/b", 1);
    assert_string_equal(command_store_path(NULL), "/srv/b");
    assert_string_equal(command_store_path("/srv/a"), "/srv/a");
    setenv("SEGUE_STORE", "", 1);
    assert_string_equal(command_store_path(NULL), "./segue-store");
    unsetenv("SEGUE_STORE");
}

static void keys_are_in_the_store_unless_named(void **state)
{
    (void)state;
    char *path = command_keys_path(NULL, "/srv/a");
    assert_string_equal(path, "/srv/a/keys.json");
    free(path);
    setenv("SEGUE_STORE", "/srv/b", 1);
    path = command_keys_path(NULL, NULL);
    assert_string_equal(path, "/srv/b/keys.json");
    free(path);
    unsetenv("SEGUE_STORE");
    path = command_keys_path("/etc/keys", "/srv/a");
    assert_string_equal(path, "/etc/keys");
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(durations_have_a_unit_or_are_seconds),
        cmocka_unit_test(anything_else_is_no_duration),
        cmocka_unit_test(the_store_is_the_options_or_the_environments_or_the_default),
        cmocka_unit_test(keys_are_in_the_store_unless_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
