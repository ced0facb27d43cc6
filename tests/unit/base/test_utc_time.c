#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "base/utc_time.h"

#define DAY_MS 86400000

static void assert_prints(int64_t unix_ms, const char *expected)
{
    char text[UTC_TIME_LEN + 1];
    *utc_time_print(unix_ms, text) = '\0';
    assert_string_equal(text, expected);
}

static void prints_known_times(void **state)
{
    (void)state;
    assert_prints(0, "1970-01-01T00:00:00.000Z");
    assert_prints(1751364000007, "2025-07-01T10:00:00.007Z");
    assert_prints(951827696789, "2000-02-29T12:34:56.789Z");
    assert_prints(253402300799999, "9999-12-31T23:59:59.999Z");
}

static void what_has_no_four_digits_is_held_to_the_nearest_that_has(void **state)
{
    (void)state;
    assert_prints(-1, "1970-01-01T00:00:00.000Z");
    assert_prints(INT64_MIN, "1970-01-01T00:00:00.000Z");
    assert_prints(253402300800000, "9999-12-31T23:59:59.999Z");
    assert_prints(INT64_MAX, "9999-12-31T23:59:59.999Z");
}

/* Every day of 430 years, so every kind of century, against the C library. */
static void every_day_is_what_the_c_library_says(void **state)
{
    (void)state;
    for (int64_t day = 0; day < 430 * 366; day++) {
        time_t seconds = (time_t)(day * (DAY_MS / 1000) + day % 86400);
        struct tm utc;
        char expected[64];
        gmtime_r(&seconds, &utc);
        strftime(expected, sizeof(expected), "%Y-%m-%dT%H:%M:%S.000Z", &utc);
        assert_prints((int64_t)seconds * 1000, expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prints_known_times),
        cmocka_unit_test(what_has_no_four_digits_is_held_to_the_nearest_that_has),
        cmocka_unit_test(every_day_is_what_the_c_library_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
