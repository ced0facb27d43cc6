#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "segmenter/cli/quantity.h"

static void sizes_have_one_digit_after_the_point(void **state)
{
    (void)state;
    static const struct {
        uint64_t bytes;
        const char *text;
    } rows[] = {{0, "0 bytes"},        {999, "999 bytes"},     {1000, "1.0 kB"},
                {1999, "1.9 kB"},      {999999, "999.9 kB"},   {1000000, "1.0 MB"},
                {12345678, "12.3 MB"}, {UINT64_MAX, "18.4 EB"}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_string_equal(quantity_bytes(rows[i].bytes).text, rows[i].text);
}

static void durations_read_as_a_clock(void **state)
{
    (void)state;
    static const struct {
        uint64_t milliseconds;
        const char *text;
    } rows[] = {{0, "0:00:00.000"},
                {59999, "0:00:59.999"},
                {3723004, "1:02:03.004"},
                {360000000, "100:00:00.000"},
                {UINT64_MAX, "5124095576030:25:51.615"}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_string_equal(quantity_duration(rows[i].milliseconds).text, rows[i].text);
}

static void times_are_utc(void **state)
{
    (void)state;
    assert_string_equal(quantity_time(0).text, "1970-01-01T00:00:00Z");
    assert_string_equal(quantity_time(1700000000).text, "2023-11-14T22:13:20Z");
    assert_string_equal(quantity_time(INT64_C(253402300799)).text, "9999-12-31T23:59:59Z");
}

static void ticks_become_milliseconds_without_overflow(void **state)
{
    (void)state;
    assert_true(quantity_ticks_to_ms(61440, 15360) == 4000);
    assert_true(quantity_ticks_to_ms(1001, 30000) == 33);
    assert_true(quantity_ticks_to_ms(UINT64_MAX, UINT32_MAX) == UINT64_C(4294967297000));
    assert_true(quantity_ticks_to_ms(UINT64_MAX, 1) == UINT64_MAX);
    assert_true(quantity_ticks_to_ms(UINT64_MAX, 1000) == UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_have_one_digit_after_the_point),
        cmocka_unit_test(durations_read_as_a_clock),
        cmocka_unit_test(times_are_utc),
        cmocka_unit_test(ticks_become_milliseconds_without_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
