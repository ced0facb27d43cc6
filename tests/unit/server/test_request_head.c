#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "server/request_head.h"

static void counts_the_hosts_of_the_head_alone(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        bool has_many;
    } cases[] = {
        {"", false},
        {"GET / HTTP/1.1", false},
        {"GET / HTTP/1.1\r\n\r\n", false},
        {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", false},
        {"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", true},
        {"GET / HTTP/1.1\r\nhost:\r\nX: y\r\nHOST:b\r\n\r\n", true},
        {"GET / HTTP/1.1\nHost: a\nHost: b\n\n", true},
        {"\r\nGET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", true},
        {"Host: / HTTP/1.1\r\nHost: a\r\n\r\n", false},
        {"GET / HTTP/1.1\r\nHost: a\r\nX-Host: b\r\nHosts: c\r\n\r\n", false},
        /* Continues the line before (RFC 9112, 5.2). */
        {"GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n host: b\r\n\r\n", false},
        {"GET / HTTP/1.1\r\nHost: a\r\n\r\nHost: b\r\n\r\n", false},
        {"GET / HTTP/1.1\r\nHost: a\r\nHost: b", false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        size_t len = strlen(cases[i].bytes);
        char *copy = malloc(len);
        assert_true(copy != NULL || len == 0);
        if (len > 0)
            memcpy(copy, cases[i].bytes, len);
        if (request_head_has_many_hosts(span_of(copy, len)) != cases[i].has_many)
            fail_msg("'%s'", cases[i].bytes);
        free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_the_hosts_of_the_head_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
