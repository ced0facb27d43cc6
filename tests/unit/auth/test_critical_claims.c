#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "auth/critical_claims.h"

static const char *const none[] = {NULL};
static const char *const two[] = {"foo", "bar", NULL};

static bool understands(const char *json, const char *const understood[])
{
    struct token_claims claims;
    assert_int_equal(token_claims_parse(span_of_string(json), &claims), STATUS_OK);
    bool is_understood = critical_claims_are_understood(&claims, understood);
    token_claims_dispose(&claims);
    return is_understood;
}

static void token_that_lists_nothing_is_understood(void **state)
{
    (void)state;
    assert_true(understands("{}", none));
    assert_true(understands("{\"foo\":1,\"exp\":1}", none));
    assert_true(understands("{\"foo\":1}", two));
}

static void listed_claim_must_be_understood_and_there(void **state)
{
    (void)state;
    static const struct {
        const char *json;
        bool is_understood;
    } rows[] = {
        {"{\"cdnicrit\":\"foo\",\"foo\":1}", true},
        {"{\"cdnicrit\":\"foo\",\"foo\":null}", true},
        {"{\"cdnicrit\":\"bar,foo\",\"foo\":1,\"bar\":2}", true},
        {"{\"cdnicrit\":\"foo\"}", false},
        {"{\"cdnicrit\":\"foo,bar\",\"foo\":1}", false},
        {"{\"cdnicrit\":\"foo,new\",\"foo\":1,\"new\":1}", false},
        {"{\"cdnicrit\":\"new\",\"new\":1}", false},
        {"{\"cdnicrit\":\"Foo\",\"Foo\":1,\"foo\":1}", false},
        {"{\"cdnicrit\":\"exp\",\"exp\":1}", false},
        {"{\"cdnicrit\":\"cdnicrit\"}", false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (understands(rows[i].json, two) != rows[i].is_understood)
            fail_msg("%s", rows[i].json);
        assert_false(understands(rows[i].json, none));
    }
}

static void list_of_another_form_is_not_understood(void **state)
{
    (void)state;
    static const char *const lists[] = {
        "\"\"",         "\",\"",         "\"foo,\"",    "\",foo\"",      "\"foo,,bar\"",
        "\"foo, bar\"", "\" foo\"",      "\"foo,foo\"", "\"foo bar\"",   "\"bar,foo,bar\"",
        "\"foo;bar\"",  "[\"foo\"]",     "{\"foo\":1}", "null",          "1",
        "false",        "\"foo\\tbar\"", "\"foo\\n\"",  "\"foo\u200b\"",
    };
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        char json[128];
        snprintf(json, sizeof(json), "{\"foo\":1,\"bar\":1,\"\":1,\"cdnicrit\":%s}", lists[i]);
        if (understands(json, two))
            fail_msg("%s", lists[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(token_that_lists_nothing_is_understood),
        cmocka_unit_test(listed_claim_must_be_understood_and_there),
        cmocka_unit_test(list_of_another_form_is_not_understood),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
