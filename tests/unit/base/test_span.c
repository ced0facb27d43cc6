#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/span.h"

static void equal_means_same_length_and_bytes(void **state)
{
    (void)state;
    assert_true(span_equal(span_of("ab", 2), span_of_string("ab")));
    assert_false(span_equal(span_of("ab", 2), span_of("abc", 3)));
    assert_false(span_equal(span_of("ab", 2), span_of("ac", 2)));
    assert_true(span_equal(span_of(NULL, 0), span_of("x", 0)));
    assert_true(span_is(span_of("a\0b", 1), "a"));
    assert_false(span_is(span_of("a\0", 2), "a"));
}

static void slices_lie_inside(void **state)
{
    (void)state;
    struct span span = span_of_string("abcdef");
    assert_true(span_is(span_slice(span, 2, 3), "cde"));
    assert_int_equal(span_slice(span, 6, 0).len, 0);
    assert_int_equal(span_slice(span_of(NULL, 0), 0, 0).len, 0);
}

static void case_is_ignored_for_ascii_letters_alone(void **state)
{
    (void)state;
    static const struct {
        const char *text, *other;
        bool is_equal;
    } rows[] = {
        {"Bytes", "bYTES", true}, {"", "", true},          {"byte", "bytes", false},
        {"bytes", "byte", false}, {"[", "{", false},       {"@", "`", false},
        {"Z", "z", true},         {"\xc4", "\xe4", false}, {"a1-", "A1-", true},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(span_is_ignoring_case(span_of_string(rows[i].text), rows[i].other),
                         rows[i].is_equal);
    assert_false(span_is_ignoring_case(span_of("a\0", 2), "a"));
}

static void what_stands_before_a_separator_is_taken(void **state)
{
    (void)state;
    struct span rest = span_of_string("a,,b");
    assert_true(span_is(span_take_until(&rest, ','), "a"));
    assert_true(span_is(span_take_until(&rest, ','), ""));
    assert_true(span_is(span_take_until(&rest, ','), "b"));
    assert_int_equal(rest.len, 0);
    assert_true(span_is(span_take_until(&rest, ','), ""));
    rest = span_of(NULL, 0);
    assert_int_equal(span_take_until(&rest, ',').len, 0);
}

static void blanks_around_are_trimmed(void **state)
{
    (void)state;
    assert_true(span_is(span_trim(span_of_string(" \ta \tb\t ")), "a \tb"));
    assert_true(span_is(span_trim(span_of_string("\n")), "\n"));
    assert_int_equal(span_trim(span_of_string(" \t ")).len, 0);
    assert_int_equal(span_trim(span_of(NULL, 0)).len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_means_same_length_and_bytes),
        cmocka_unit_test(slices_lie_inside),
        cmocka_unit_test(what_stands_before_a_separator_is_taken),
        cmocka_unit_test(blanks_around_are_trimmed),
        cmocka_unit_test(case_is_ignored_for_ascii_letters_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
