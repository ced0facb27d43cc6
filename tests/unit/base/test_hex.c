#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hex.h"

static void encodes_lower_case(void **state)
{
    (void)state;
    char text[7];
    hex_encode(span_of("\x00\xab\xff", 3), text);
    assert_string_equal(text, "00abff");
}

static void decodes_what_it_encoded(void **state)
{
    (void)state;
    uint8_t bytes[3];
    assert_true(hex_decode(span_of_string("00abff"), bytes, 3));
    assert_memory_equal(bytes, "\x00\xab\xff", 3);
}

static void refuses_other_lengths_case_and_letters(void **state)
{
    (void)state;
    uint8_t bytes[3];
    assert_false(hex_decode(span_of_string("00abf"), bytes, 3));
    assert_false(hex_decode(span_of_string("00abff0"), bytes, 3));
    assert_false(hex_decode(span_of_string("00ABFF"), bytes, 3));
    assert_false(hex_decode(span_of_string("00abfg"), bytes, 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encodes_lower_case),
        cmocka_unit_test(decodes_what_it_encoded),
        cmocka_unit_test(refuses_other_lengths_case_and_letters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
