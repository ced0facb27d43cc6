#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/decimal.h"
#include "base/span.h"

static const struct {
    uint64_t number;
    const char *text;
} cases[] = {
    {0, "0"},
    {9, "9"},
    {10, "10"},
    {99, "99"},
    {100, "100"},
    {4294967296, "4294967296"},
    {UINT64_C(9999999999999999999), "9999999999999999999"},
    {UINT64_C(10000000000000000000), "10000000000000000000"},
    {UINT64_MAX, "18446744073709551615"},
};

static void prints_digits_and_nothing_behind_them(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[DECIMAL_MAX + 1];
        memset(text, '#', sizeof(text));
        const char *end = decimal_print(cases[i].number, text);
        assert_true(span_is(span_of(text, (size_t)(end - text)), cases[i].text));
        assert_int_equal(*end, '#');
    }
}

static void knows_the_length_beforehand(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(decimal_len(cases[i].number), strlen(cases[i].text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prints_digits_and_nothing_behind_them),
        cmocka_unit_test(knows_the_length_beforehand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
