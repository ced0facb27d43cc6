#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "server/request_head.h"

#define PLENTY 1000

/* On an exact copy, so that a sanitizer sees a read beyond. */
static bool is_sound(const char *bytes, bool needs_host, size_t max_bytes)
{
    size_t len = strlen(bytes);
    char *copy = malloc(len);
    assert_true(copy != NULL || len == 0);
    if (len > 0)
        memcpy(copy, bytes, len);
    bool result = request_head_is_sound(span_of(copy, len), needs_host, max_bytes);
    free(copy);
    return result;
}

static void has_one_host_and_whole_line_ends(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        bool is_sound;
    } cases[] = {
        {"", false},
        {"GET / HTTP/1.1", false},
        {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", true},
        {"\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", true},
        {"GET / HTTP/1.1\r\nX: y\r\nhOST:\r\n\r\n", true},
        {"GET / HTTP/1.1\r\nHost: a\r\nX-Host: b\r\nHosts: c\r\n\r\n", true},
        /* Continues the line before (RFC 9112, 5.2). */
        {"GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n host: b\r\n\r\n", true},
        {"GET / HTTP/1.1\r\nHost: a\r\n\r\nHost: b\r\n\r\n", true},
        {"GET / HTTP/1.1\r\nHost: a\r\n\r\n\n", true},
        {"GET / HTTP/1.1\r\n\r\n", false},
        {"GET / HTTP/1.1\r\nX: y\r\n\r\nHost: a\r\n\r\n", false},
        {"GET / HTTP/1.1\r\nX-Host: a\r\n\r\n", false},
        {"Host: / HTTP/1.1\r\n\r\n", false},
        {"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", false},
        {"GET / HTTP/1.1\r\nhost:\r\nX: y\r\nHOST:b\r\n\r\n", false},
        {"\r\nGET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", false},
        {"GET / HTTP/1.1\nHost: a\n\n", false},
        {"GET / HTTP/1.1\nHost: a\r\n\r\n", false},
        {"GET / HTTP/1.1\r\nHost: a\n\r\n", false},
        {"GET / HTTP/1.1\r\nHost: a\r\n\n", false},
        {"\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", false},
        {"GET / HTTP/1.1\r\nHost: a", false},
        {"GET / HTTP/1.1\r\nHost: a\r\n", false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (is_sound(cases[i].bytes, true, PLENTY) != cases[i].is_sound)
            fail_msg("'%s'", cases[i].bytes);
    }
}

static void the_older_protocol_needs_no_host(void **state)
{
    (void)state;
    assert_true(is_sound("GET / HTTP/1.0\r\n\r\n", false, PLENTY));
    assert_true(is_sound("GET / HTTP/1.0\r\nHost: a\r\n\r\n", false, PLENTY));
    assert_false(is_sound("GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", false, PLENTY));
}

static void is_no_longer_than_it_may_be(void **state)
{
    (void)state;
    static const char head[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    static const char more[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\n";
    assert_true(is_sound(head, true, strlen(head)));
    assert_false(is_sound(head, true, strlen(head) - 1));
    assert_true(is_sound(more, true, strlen(head)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_one_host_and_whole_line_ends),
        cmocka_unit_test(the_older_protocol_needs_no_host),
        cmocka_unit_test(is_no_longer_than_it_may_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
