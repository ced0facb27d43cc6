#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server/cors_policy.h"

static void takes_origins_as_browsers_send_them(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "https://www.example",   "http://localhost",    "http://localhost:3000",
        "https://a-b.example:1", "http://127.0.0.1:81", "https://[2001:db8::1]:8443",
        "capacitor://localhost", "app+x.y-z://host",
    };
    struct cors_policy policy = {.origin_count = 0};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (cors_policy_add(&policy, span_of_string(cases[i])) != STATUS_OK)
            fail_msg("'%s' is an origin", cases[i]);
    assert_int_equal(policy.origin_count, sizeof(cases) / sizeof(cases[0]));
}

static void refuses_what_no_browser_sends(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",
        "*",
        "null",
        "www.example",
        "https:",
        "https://",
        "https:/www.example",
        "https://www.example/",
        "https://www.example/path",
        "https://www.example?",
        "https://WWW.example",
        "HTTPS://www.example",
        "https://www.example:443",
        "http://www.example:80",
        "https://www.example:",
        "https://www.example:0",
        "https://www.example:65536",
        "https://user@www.example",
        "https://www.example, https://b.example",
        "https://*.example",
        "://www.example",
        "1https://www.example",
        "https://www.example\r\nx: y",
    };
    struct cors_policy policy = {.origin_count = 0};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (cors_policy_add(&policy, span_of_string(cases[i])) != STATUS_INVALID)
            fail_msg("'%s' is no origin", cases[i]);
    assert_int_equal(policy.origin_count, 0);
}

static void has_room_for_so_many(void **state)
{
    (void)state;
    struct cors_policy policy = {.origin_count = 0};
    struct span origin = span_of_string("https://www.example");
    for (size_t i = 0; i < CORS_POLICY_MAX_ORIGINS; i++)
        assert_int_equal(cors_policy_add(&policy, origin), STATUS_OK);
    assert_int_equal(cors_policy_add(&policy, origin), STATUS_LIMIT);
}

static void names_an_origin_byte_for_byte(void **state)
{
    (void)state;
    struct cors_policy policy = {.origin_count = 0};
    assert_int_equal(cors_policy_add(&policy, span_of_string("https://a.example")), STATUS_OK);
    assert_int_equal(cors_policy_add(&policy, span_of_string("https://b.example")), STATUS_OK);
    assert_true(cors_policy_names(&policy, span_of_string("https://a.example")));
    assert_true(cors_policy_names(&policy, span_of_string("https://b.example")));
    assert_false(cors_policy_names(&policy, span_of_string("https://A.example")));
    assert_false(cors_policy_names(&policy, span_of_string("http://a.example")));
    assert_false(cors_policy_names(&policy, span_of_string("https://a.example:443")));
    assert_false(cors_policy_names(&policy, span_of_string("null")));
    assert_false(cors_policy_names(&policy, span_of_string("")));
    assert_false(cors_policy_names(&policy, span_of(NULL, 0)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_origins_as_browsers_send_them),
        cmocka_unit_test(refuses_what_no_browser_sends),
        cmocka_unit_test(has_room_for_so_many),
        cmocka_unit_test(names_an_origin_byte_for_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
