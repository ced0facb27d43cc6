#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server/request_target.h"

static void only_the_absolute_form_changes(void **state)
{
    (void)state;
    static const struct {
        const char *before;
        const char *authority;
        const char *after;
    } cases[] = {
        {"/v1/a/b?x=1", "host", "/v1/a/b?x=1"},
        {"http://other:8080/v1/a/b?x=1", "other:8080", "/v1/a/b?x=1"},
        {"HTTPS://other/v1/a/b", "other", "/v1/a/b"},
        {"http://other", "other", "/"},
        {"http://other?x", "other", "?x"},
        {"http:///v1/a/b", "", "/v1/a/b"},
        {"http://", "", "/"},
        {"http:/", "host", "http:/"},
        {"ftp://other/", "host", "ftp://other/"},
        {"/http://other/", "host", "/http://other/"},
        {"*", "host", "*"},
        {"", "host", ""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct span authority = span_of_string("host");
        struct span target = span_of_string(cases[i].before);
        request_target_normalise(&authority, &target);
        if (!span_is(authority, cases[i].authority) || !span_is(target, cases[i].after))
            fail_msg("'%s'", cases[i].before);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_absolute_form_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
