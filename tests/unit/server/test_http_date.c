#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <time.h>

#include "server/http_date.h"

#define NOW INT64_C(1782000000) /* in June 2026 */
#define TEN INT64_C(1751364000) /* Tue, 01 Jul 2025 10:00:00 GMT */

static bool parse(const char *text, int64_t *unix_s)
{
    return http_date_parse(span_of_string(text), NOW, unix_s);
}

static void all_three_forms_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t unix_s;
    } cases[] = {
        {"Tue, 01 Jul 2025 10:00:00 GMT", TEN},
        {"Tuesday, 01-Jul-25 10:00:00 GMT", TEN},
        {"Tue Jul  1 10:00:00 2025", TEN},
        {"Sun, 06 Nov 1994 08:49:37 GMT", 784111777},
        {"Sunday, 06-Nov-94 08:49:37 GMT", 784111777},
        {"Sun Nov  6 08:49:37 1994", 784111777},
        {"Wed Nov 16 08:49:37 1994", 784975777},
        {"Sun Nov 06 08:49:37 1994", 784111777},
        {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
        {"Wed, 31 Dec 1969 23:59:59 GMT", -1},
        {"Fri, 31 Dec 9999 23:59:59 GMT", HTTP_DATE_LAST_S},
        {"Sat, 01 Jan 0000 00:00:00 GMT", INT64_C(-62167219200)},
        {"Thu, 29 Feb 2024 00:00:00 GMT", 1709164800},
        {"Tue, 29 Feb 2000 00:00:00 GMT", 951782400},
        /* a leap second is the one after it */
        {"Sat, 31 Dec 2016 23:59:60 GMT", 1483228800},
        /* the day's name is not held against the date */
        {"Mon, 01 Jul 2025 10:00:00 GMT", TEN},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t unix_s = 0;
        if (!parse(cases[i].text, &unix_s) || unix_s != cases[i].unix_s)
            fail_msg("'%s' is read as %lld", cases[i].text, (long long)unix_s);
    }
}

static void anything_else_is_no_date(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",
        "0",
        "1751364000",
        "Tue, 01 Jul 2025 10:00:00",
        "Tue, 01 Jul 2025 10:00:00 UTC",
        "Tue, 01 Jul 2025 10:00:00 gmt",
        "Tue, 01 Jul 2025 10:00:00 +0000",
        "Tue, 01 Jul 2025 10:00:00 GMT ",
        " Tue, 01 Jul 2025 10:00:00 GMT",
        "Tue, 01 Jul 2025 10:00:00 GMTx",
        "Tue, 1 Jul 2025 10:00:00 GMT",
        "Tue, 01 jul 2025 10:00:00 GMT",
        "tue, 01 Jul 2025 10:00:00 GMT",
        "Tue,01 Jul 2025 10:00:00 GMT",
        "Tue, 01  Jul 2025 10:00:00 GMT",
        "Tuesday, 01 Jul 2025 10:00:00 GMT",
        "Tue, 01-Jul-25 10:00:00 GMT",
        "Tuesday, 01-Jul-2025 10:00:00 GMT",
        "Tue, 01 Jul 25 10:00:00 GMT",
        "Tue, 01 Jul 12025 10:00:00 GMT",
        "Tue, 01 Jul 2025 10:00 GMT",
        "Tue, 01 Jul 2025 24:00:00 GMT",
        "Tue, 01 Jul 2025 10:60:00 GMT",
        "Tue, 01 Jul 2025 10:00:61 GMT",
        "Tue, 01 Jul 2025 10:00:60 GMT",
        "Tue, 01 Jul 2025 -1:00:00 GMT",
        "Tue, 00 Jul 2025 10:00:00 GMT",
        "Tue, 32 Jul 2025 10:00:00 GMT",
        "Wed, 31 Jun 2025 10:00:00 GMT",
        "Sat, 29 Feb 2025 10:00:00 GMT",
        "Mon, 29 Feb 1900 10:00:00 GMT",
        "Tue, 01 Foo 2025 10:00:00 GMT",
        "Xyz, 01 Jul 2025 10:00:00 GMT",
        "Tue Jul 1 10:00:00 2025",
        "Tue Jul  1 10:00:00 2025 GMT",
        "Tue Jul   1 10:00:00 2025",
        "2025-07-01T10:00:00Z",
        "Tue, 01 Jul 2025 10:00:00 GMT, Tue, 01 Jul 2025 10:00:00 GMT",
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t unix_s;
        if (parse(cases[i], &unix_s))
            fail_msg("'%s' is no date", cases[i]);
    }
    int64_t unix_s;
    assert_false(http_date_parse(span_of(NULL, 0), NOW, &unix_s));
    assert_false(http_date_parse(span_of("Tue, 01 Jul 2025 10:00:00\0GMT", 29), NOW, &unix_s));
}

static int64_t short_year(const char *text, int64_t now_s)
{
    int64_t unix_s = -1;
    assert_true(http_date_parse(span_of_string(text), now_s, &unix_s));
    return unix_s;
}

static void two_digits_are_at_most_fifty_years_ahead(void **state)
{
    (void)state;
    const int64_t jan_2000 = 946684800;
    const int64_t jan_2050 = 2524608000;
    assert_int_equal(short_year("Saturday, 01-Jan-00 00:00:00 GMT", NOW), jan_2000);
    assert_int_equal(short_year("Saturday, 01-Jan-50 00:00:00 GMT", jan_2000), jan_2050);
    assert_int_equal(short_year("Saturday, 01-Jan-50 00:00:01 GMT", jan_2000), -631151999);
    assert_int_equal(short_year("Friday, 31-Dec-99 23:59:59 GMT", jan_2000), jan_2000 - 1);
    /* just before a century's end, its first years lie ahead */
    assert_int_equal(short_year("Saturday, 01-Jan-00 00:00:00 GMT", jan_2000 - 1), jan_2000);
    /* a clock that was never set */
    assert_int_equal(short_year("Thursday, 01-Jan-70 00:00:00 GMT", 0), 0);
    assert_int_equal(short_year("Thursday, 01-Jan-70 00:00:00 GMT", -5), 0);
    /* 29 February is a matter of the century: 2000 has one */
    assert_int_equal(short_year("Tuesday, 29-Feb-00 00:00:00 GMT", NOW), 951782400);
}

static void assert_printed_as_libc_does(int64_t unix_s)
{
    char expected[HTTP_DATE_LEN + 1];
    char text[HTTP_DATE_LEN];
    time_t time = (time_t)unix_s;
    struct tm fields;
    int64_t read_s = -1;
    gmtime_r(&time, &fields);
    assert_int_equal(strftime(expected, sizeof(expected), "%a, %d %b %Y %H:%M:%S GMT", &fields),
                     HTTP_DATE_LEN);
    http_date_print(unix_s, text);
    if (memcmp(text, expected, HTTP_DATE_LEN) != 0)
        fail_msg("%lld is printed as %.29s", (long long)unix_s, text);
    assert_true(http_date_parse(span_of(text, HTTP_DATE_LEN), NOW, &read_s));
    assert_int_equal(read_s, unix_s);
}

static void prints_and_reads_back_every_day_for_centuries(void **state)
{
    (void)state;
    for (int64_t day = 0; day < 366 * 450; day++)
        assert_printed_as_libc_does(day * 86400 + day % 86400);
    assert_printed_as_libc_does(TEN);
    assert_printed_as_libc_does(HTTP_DATE_LAST_S);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_three_forms_are_read),
        cmocka_unit_test(anything_else_is_no_date),
        cmocka_unit_test(two_digits_are_at_most_fifty_years_ahead),
        cmocka_unit_test(prints_and_reads_back_every_day_for_centuries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
