#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server/limits.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static void each_has_a_default(void **state)
{
    (void)state;
    static const uint64_t expected[LIMIT_COUNT] = {300, 250, 2000, 200, 32768, 100,
                                                   16,  60,  15,   60,  10};
    struct limits limits;
    limits_set_defaults(&limits);
    for (size_t i = 0; i < LIMIT_COUNT; i++)
        assert_int_equal(limits.values[i], expected[i]);
    assert_int_equal(limits_milliseconds(&limits, LIMIT_HEAD_TIMEOUT), 15000);
}

static void sets_the_one_that_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < LIMIT_COUNT; i++) {
        struct limits limits;
        struct limits expected;
        struct fault fault = {0};
        char text[64];
        limits_set_defaults(&limits);
        limits_set_defaults(&expected);
        snprintf(text, sizeof(text), "%s=%d", limit_name((enum limit)i),
                 i == LIMIT_HEADER_BYTES ? 5000 : 77);
        expected.values[i] = i == LIMIT_HEADER_BYTES ? 5000 : 77;
        assert_int_equal(limits_set(&limits, text, &fault), STATUS_OK);
        assert_memory_equal(&limits, &expected, sizeof(limits));
    }
}

static void takes_the_bounds_and_nothing_beyond(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *fault; /* NULL: it is fine */
    } cases[] = {
        {"header-fields=16", NULL},
        {"header-fields=100", NULL},
        {"header-fields=15", "--limit header-fields takes a number from 16 to 100, not '15'"},
        {"header-fields=101", "--limit header-fields takes a number from 16 to 100, not '101'"},
        {"send-timeout=0", "--limit send-timeout takes a number from 1 to 86400, not '0'"},
        {"send-timeout=", "--limit send-timeout takes a number from 1 to 86400, not ''"},
        {"send-timeout=-5", "--limit send-timeout takes a number from 1 to 86400, not '-5'"},
        {"send-timeout= 5", "--limit send-timeout takes a number from 1 to 86400, not ' 5'"},
        {"send-timeout=5s", "--limit send-timeout takes a number from 1 to 86400, not '5s'"},
        {"send-timeout=18446744073709551621",
         "--limit send-timeout takes a number from 1 to 86400, not '18446744073709551621'"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct limits limits;
        struct fault fault = {0};
        limits_set_defaults(&limits);
        assert_int_equal(limits_set(&limits, cases[i].text, &fault),
                         cases[i].fault == NULL ? STATUS_OK : STATUS_INVALID);
        assert_string_equal(fault.text, cases[i].fault == NULL ? "" : cases[i].fault);
    }
}

static void names_what_there_is_when_there_is_no_such_limit(void **state)
{
    (void)state;
    static const char *const texts[] = {"send=5", "send-timeout", "=5", "", "send-timeouts=5"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct limits limits;
        struct fault fault = {0};
        char expected[512];
        snprintf(expected, sizeof(expected),
                 "--limit takes NAME=N, not '%s'; names are wasted-streams, "
                 "wasted-streams-per-second, control-frames, control-frames-per-second, "
                 "header-bytes, header-fields, header-frames, send-timeout, head-timeout, "
                 "idle-timeout, handshake-timeout",
                 texts[i]);
        limits_set_defaults(&limits);
        assert_int_equal(limits_set(&limits, texts[i], &fault), STATUS_INVALID);
        assert_string_equal(fault.text, expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_has_a_default),
        cmocka_unit_test(sets_the_one_that_is_named),
        cmocka_unit_test(takes_the_bounds_and_nothing_beyond),
        cmocka_unit_test(names_what_there_is_when_there_is_no_such_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
