#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "server/token_cookies.h"

static void assert_cookies(const struct token_cookies *cookies, const char *field,
                           const char *const values[TOKEN_COOKIES_MAX])
{
    size_t count = 0;
    while (count < TOKEN_COOKIES_MAX && values[count] != NULL)
        count++;
    if (cookies->count != count)
        fail_msg("%zu cookies in '%s'", cookies->count, field);
    for (size_t i = 0; i < count; i++) {
        if (!span_is(cookies->values[i], values[i]))
            fail_msg("'%s': \"%.*s\" instead of \"%s\"", field, SPAN_PRINT(cookies->values[i]),
                     values[i]);
    }
}

static void tokens_are_found_among_cookies(void **state)
{
    (void)state;
    static const struct {
        const char *field;
        const char *values[TOKEN_COOKIES_MAX];
    } rows[] = {
        {"P=T", {"T"}},
        {"a=1; P=T; b=2", {"T"}},
        {"P=T; P=U", {"T", "U"}},
        {"P=T;P=U", {"T", "U"}},
        {"P=1; P=2; P=3; P=4; P=5", {"1", "2", "3", "4"}},
        {"P=\"T\"", {"T"}},
        {"  P =\tT  ;", {"T"}},
        {";;P=T;;", {"T"}},
        {"P=T=U", {"T=U"}},
        {"P=T,P=U", {"T,P=U"}},
        {"P=; P=T", {"T"}},
        /* What is no quoted value is left as it is, and refused as a token. */
        {"P=\"T", {"\"T"}},
        {"P=T\"", {"T\""}},
        {"P=\"", {"\""}},
        {"P=\"a;b\"", {"\"a"}},
        {"P=\"\"T\"\"", {"\"T\""}},
        {"P=\"\"", {NULL}},
        {"P", {NULL}},
        {"P=", {NULL}},
        {"", {NULL}},
        {"=T", {NULL}},
        {"=P=T", {NULL}},
        {"p=T", {NULL}},
        {"xP=T; Px=T; x=P=T; %50=T", {NULL}},
        {"\"P\"=T", {NULL}},
        {"a=1, P=T", {NULL}},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        size_t len = strlen(rows[i].field);
        uint8_t *copy = malloc(len + (len == 0));
        struct token_cookies cookies = {.count = 0};
        assert_non_null(copy);
        memcpy(copy, rows[i].field, len);
        token_cookies_add(&cookies, span_of(copy, len), span_of_string("P"));
        assert_cookies(&cookies, rows[i].field, rows[i].values);
        free(copy);
    }
}

static void fields_follow_each_other_up_to_a_bound(void **state)
{
    (void)state;
    struct token_cookies cookies = {.count = 0};
    struct span name = span_of_string("URISigningPackage");
    token_cookies_add(&cookies, span_of_string("a=b"), name);
    token_cookies_add(&cookies, span_of_string("URISigningPackage=1"), name);
    token_cookies_add(&cookies, span_of_string("URISigningPackage=2; URISigningPackage=3"), name);
    assert_cookies(&cookies, "three fields", (const char *const[]){"1", "2", "3", NULL});
    token_cookies_add(&cookies, span_of_string("URISigningPackage=4; URISigningPackage=5"), name);
    token_cookies_add(&cookies, span_of_string("URISigningPackage=6"), name);
    assert_cookies(&cookies, "five fields", (const char *const[]){"1", "2", "3", "4"});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_are_found_among_cookies),
        cmocka_unit_test(fields_follow_each_other_up_to_a_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
