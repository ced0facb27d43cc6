#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server/conditional.h"

struct one_case {
    const char *value;
    bool holds;
};

static const struct span etag = {(const uint8_t *)"\"v1\"", 4};

static void none_match_compares_weakly_with_every_tag(void **state)
{
    (void)state;
    static const struct one_case cases[] = {
        {"\"v1\"", true},
        {"W/\"v1\"", true},
        {"*", true},
        {" * ", true},
        {"\"a\", \"v1\"", true},
        {"\"a\",\"v1\",\"b\"", true},
        {"\"a\" ,\tW/\"v1\"", true},
        {",, \"v1\" ,", true},
        {"\"a,\", \"v1\"", true},
        {"\"v0\"", false},
        {"\"v1 \"", false},
        {"\"V1\"", false},
        {"", false},
        {",", false},
        {"v1", false},
        {"\"a\" \"v1\"", false},
        {"\"v1\" x", false},
        {"\"v1\", v1", false},
        {"*, \"v1\"", false},
        {"**", false},
        {"\"a\", *", false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (conditional_none_match_names(span_of_string(cases[i].value), etag) != cases[i].holds)
            fail_msg("'%s'", cases[i].value);
    }
    assert_false(conditional_none_match_names(span_of(NULL, 0), etag));
}

static void if_range_compares_strongly_with_one_tag(void **state)
{
    (void)state;
    static const struct one_case cases[] = {
        {"\"v1\"", true},
        {" \"v1\" ", true},
        {"\"v0\"", false},
        {"W/\"v1\"", false},
        {"v1", false},
        {"\"v1\", \"v2\"", false},
        {"\"v1\", \"v1\"", false},
        {"*", false},
        {"", false},
        {"Tue, 01 Jul 2025 10:00:00 GMT", false},
        {"Tuesday, 01-Jul-25 10:00:00 GMT", false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (conditional_range_holds(span_of_string(cases[i].value), etag) != cases[i].holds)
            fail_msg("'%s'", cases[i].value);
    }
}

static void absent_if_range_holds(void **state)
{
    (void)state;
    assert_true(conditional_range_holds(span_of(NULL, 0), etag));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(none_match_compares_weakly_with_every_tag),
        cmocka_unit_test(if_range_compares_strongly_with_one_tag),
        cmocka_unit_test(absent_if_range_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
