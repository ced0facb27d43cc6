#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "server/access_line.h"

static const struct access_record plain = {
    .time_ms = 1751364000007,
    .method = {(const uint8_t *)"GET", 3},
    .path = {(const uint8_t *)"/v1/bunny/video.mp4", 19},
    .is_http2 = true,
    .is_tls = true,
    .range = {(const uint8_t *)"bytes=0-1", 9},
    .status = 206,
    .bytes_sent = 2,
    .verdict = {VERIFICATION_OK, NULL},
    .client = {(const uint8_t *)"192.0.2.7", 9},
    .duration_us = 1234567,
};

static void assert_line(const struct access_record *record, const char *expected)
{
    char line[ACCESS_LINE_MAX + 1];
    *access_line_print(record, line) = '\0';
    assert_string_equal(line, expected);
}

static void prints_logfmt(void **state)
{
    (void)state;
    assert_line(&plain, "time=2025-07-01T10:00:00.007Z method=GET path=/v1/bunny/video.mp4 "
                        "proto=h2 tls=1 range=\"bytes=0-1\" status=206 bytes=2 uri_signing=200 "
                        "client=192.0.2.7 duration_ms=1234.567");
}

static void says_why_a_token_was_refused(void **state)
{
    (void)state;
    struct access_record record = plain;
    record.verdict = (struct verdict){VERIFICATION_EXPIRED, "token expired"};
    record.range = span_of(NULL, 0);
    record.is_http2 = record.is_tls = false;
    record.status = 403;
    record.duration_us = 50;
    assert_line(&record, "time=2025-07-01T10:00:00.007Z method=GET path=/v1/bunny/video.mp4 "
                         "proto=h1 tls=0 status=403 bytes=2 uri_signing=404 "
                         "reason=\"token expired\" client=192.0.2.7 duration_ms=0.050");
}

static void says_that_what_a_good_token_asked_for_is_not_there(void **state)
{
    (void)state;
    struct access_record record = plain;
    record.range = span_of(NULL, 0);
    record.status = 403;
    assert_line(&record, "time=2025-07-01T10:00:00.007Z method=GET path=/v1/bunny/video.mp4 "
                         "proto=h2 tls=1 status=403 bytes=2 uri_signing=200 "
                         "reason=\"no such title or file\" client=192.0.2.7 "
                         "duration_ms=1234.567");
}

static void a_public_request_was_not_checked(void **state)
{
    (void)state;
    struct access_record record = plain;
    record.verdict = (struct verdict){VERIFICATION_NOT_PERFORMED, "public"};
    record.range = span_of(NULL, 0);
    assert_line(&record, "time=2025-07-01T10:00:00.007Z method=GET path=/v1/bunny/video.mp4 "
                         "proto=h2 tls=1 status=206 bytes=2 uri_signing=000 client=192.0.2.7 "
                         "duration_ms=1234.567");
}

static void assert_value(const char *value, size_t len, size_t max, const char *expected)
{
    char *text = malloc(ACCESS_LINE_VALUE_MAX(max));
    assert_non_null(text);
    *access_line_put_value(text, span_of(value, len), max) = '\0';
    assert_string_equal(text, expected);
    free(text);
}

static void nothing_from_outside_reaches_the_line_raw(void **state)
{
    (void)state;
    assert_value("plain", 5, 96, "plain");
    assert_value("", 0, 96, "\"\"");
    assert_value("a b", 3, 96, "\"a b\"");
    assert_value("a=b", 3, 96, "\"a=b\"");
    assert_value("a\"b\\c", 5, 96, "\"a\\\"b\\\\c\"");
    assert_value("a\nstatus=200", 12, 96, "\"a\\x0astatus=200\"");
    assert_value("\x1b[31m\0\x7f\xff", 8, 96, "\"\\x1b[31m\\x00\\x7f\\xff\"");
    assert_value("abcdef", 6, 4, "\"abcd...\"");
    assert_value("abcd", 4, 4, "abcd");
    assert_value("\xff\xff\xff", 3, 2, "\"\\xff\\xff...\"");
}

static void a_path_ends_before_whatever_may_hold_a_token(void **state)
{
    (void)state;
    static const struct {
        const char *target;
        const char *path;
    } cases[] = {
        {"/v1/a/b", "/v1/a/b"},
        {"/v1/a/b?URISigningPackage=eyJ", "/v1/a/b"},
        {"/v1/a/b?x=1&y=2", "/v1/a/b"},
        {"/v1/a/b;URISigningPackage=eyJ/c", "/v1/a/b"},
        {"/v1/URISigningPackage=eyJ/a", "/v1/"},
        {"/v1/a/b&URISigningPackage=eyJ", "/v1/a/b"},
        {"/v1/a/b%3FURISigningPackage=eyJ", "/v1/a/b"},
        {"/v1/a/b%3fx", "/v1/a/b"},
        {"/v1/a/b%3", "/v1/a/b%3"},
        {"/v1/a/burisigningpackage:abc", "/v1/a/b"},
        {"/v1/a/bUriSigning", "/v1/a/b"},
        {"/v1/a/urisignin", "/v1/a/urisignin"},
        {"/v1/a/eyJhbGciOi", "/v1/a/"},
        {"eyJ", ""},
        {"/v1/a/eyjey", "/v1/a/eyjey"},
        {"/v1/a/b#f", "/v1/a/b"},
        {"", ""},
        {"*", "*"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_true(span_is(access_line_path(span_of_string(cases[i].target)), cases[i].path));
}

static void no_field_shows_what_looks_like_a_token(void **state)
{
    (void)state;
    struct access_record record = plain;
    record.method = span_of_string("GETeyJhbGci");
    record.range = span_of_string("bytes=0-1 eyJhbGci");
    assert_line(&record, "time=2025-07-01T10:00:00.007Z method=GET path=/v1/bunny/video.mp4 "
                         "proto=h2 tls=1 range=\"bytes=0-1 \" status=206 bytes=2 uri_signing=200 "
                         "client=192.0.2.7 duration_ms=1234.567");
}

/* Whatever the values are, the line fits where its longest one does. */
static void the_longest_line_has_room(void **state)
{
    (void)state;
    enum { LONG = 9000 };
    char *bytes = malloc(LONG);
    char *line = malloc(ACCESS_LINE_MAX);
    assert_true(bytes != NULL && line != NULL);
    memset(bytes, 0xff, LONG);
    struct span value = span_of(bytes, LONG);
    struct access_record record = {
        .time_ms = INT64_MAX,
        .method = value,
        .path = value,
        .range = value,
        .status = INT32_MAX,
        .bytes_sent = UINT64_MAX,
        .verdict = {VERIFICATION_URI, NULL},
        .client = value,
        .duration_us = UINT64_MAX,
    };
    char reason[200];
    memset(reason, '"', sizeof(reason));
    reason[sizeof(reason) - 1] = '\0';
    record.verdict.reason = reason;
    char *end = access_line_print(&record, line);
    assert_in_range(end - line, 1, ACCESS_LINE_MAX);
    assert_memory_equal(end - 4, ".615", 4);
    free(line);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prints_logfmt),
        cmocka_unit_test(says_why_a_token_was_refused),
        cmocka_unit_test(says_that_what_a_good_token_asked_for_is_not_there),
        cmocka_unit_test(a_public_request_was_not_checked),
        cmocka_unit_test(nothing_from_outside_reaches_the_line_raw),
        cmocka_unit_test(a_path_ends_before_whatever_may_hold_a_token),
        cmocka_unit_test(the_longest_line_has_room),
        cmocka_unit_test(no_field_shows_what_looks_like_a_token),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
