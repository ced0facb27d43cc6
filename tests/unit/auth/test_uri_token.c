#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "auth/uri_token.h"

/* On an exact-size copy, so that a sanitizer sees a read of one byte too many. */
static uint8_t *copy_of(const char *text)
{
    size_t len = strlen(text);
    uint8_t *copy = malloc(len + (len == 0));
    assert_non_null(copy);
    memcpy(copy, text, len);
    return copy;
}

static enum uri_component component_of(const char *text)
{
    return text[0] == '?' ? URI_QUERY : URI_PATH;
}

static void assert_span(const char *text, struct span actual, const char *expected)
{
    if (!span_is(actual, expected))
        fail_msg("%s: \"%.*s\" instead of \"%s\"", text, SPAN_PRINT(actual), expected);
}

static void a_token_is_cut_out(void **state)
{
    (void)state;
    static const struct {
        const char *text, *before, *value, *after;
    } rows[] = {
        /* Up to what is no sub-delimiter: with the character before the name. */
        {"/a;P=T", "/a", "T", ""},
        {"/a;P=T/b", "/a", "T", "/b"},
        {"/a/P=T/b", "/a", "T", "/b"},
        {"/a/P=T", "/a", "T", ""},
        {"/a/P=T/", "/a", "T", "/"},
        {"/P=T", "", "T", ""},
        {"/P=T/b", "", "T", "/b"},
        {"/;P=T", "/", "T", ""},
        {"?P=T", "", "T", ""},
        {"?a=1&P=T", "?a=1", "T", ""},
        /* Up to a sub-delimiter: with that. */
        {"/a;P=T;x=1", "/a;", "T", "x=1"},
        {"/a;P=T;", "/a;", "T", ""},
        {"/a/P=T;x/b", "/a/", "T", "x/b"},
        {"/a;P=T,x", "/a;", "T", "x"},
        {"/a;x;P=T;y", "/a;x;", "T", "y"},
        {"?P=T&a", "?", "T", "a"},
        {"?P=T;a", "?", "T", "a"},
        {"?P=T!$'()*+,", "?", "T", "$'()*+,"},
        /* Of several, the first. */
        {"/a;P=T;P=U", "/a;", "T", "P=U"},
        {"/P=T/P=U", "", "T", "/P=U"},
        {"?P=T&P=U", "?", "T", "P=U"},
        /* With every letter of a token, and without one. */
        {"/a;P=aZ0-_.9;b", "/a;", "aZ0-_.9", "b"},
        {"/a;P=", "/a", "", ""},
        {"/a;P=/b", "/a", "", "/b"},
        {"/a;P", "/a", "", ""},
        {"/a;P/b", "/a", "", "/b"},
        {"/a;P;b", "/a;", "", "b"},
        {"/a/P=/b", "/a", "", "/b"},
        {"?P", "", "", ""},
        {"?P&b", "?", "", "b"},
        {"?P=&b", "?", "", "b"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct uri_token token;
        uint8_t *copy = copy_of(rows[i].text);
        struct span text = span_of(copy, strlen(rows[i].text));
        assert_int_equal(
            uri_token_find(text, component_of(rows[i].text), span_of_string("P"), &token),
            STATUS_OK);
        assert_true(token.is_found);
        assert_span(rows[i].text, token.before, rows[i].before);
        assert_span(rows[i].text, token.value, rows[i].value);
        assert_span(rows[i].text, token.after, rows[i].after);
        free(copy);
    }
}

static void what_only_looks_like_the_attribute_stays(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "/",       "/a",       "/P",       "/P/b",     "/a/P",   "/P;x=1", "/xP=T",   "/Px=T",
        "/a;xP=T", "/a;Px=T",  "/a;Px",    "/p=T",     "/a;p=T", "/a,P=T", "/a&P=T",  "/a:P=T",
        "/a=P=T",  "/a;x=P=T", "/a%3BP=T", "/a;P%3DT", "/%50=T", "/a;P:T", "/a;P%20", "/a;P,",
        "?",       "",         "?xP=T",    "?Px=T",    "?x=P=T", "?a;P=T", "?a/P=T",  "?a?P=T",
        "??P=T",   "?P%3DT",   "?%50=T",   "?p=T",     "?P;a",   "?a&Px",  "?Q",      "/a;",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct uri_token token;
        uint8_t *copy = copy_of(texts[i]);
        struct span text = span_of(copy, strlen(texts[i]));
        assert_int_equal(uri_token_find(text, component_of(texts[i]), span_of_string("P"), &token),
                         STATUS_OK);
        if (token.is_found)
            fail_msg("found in %s", texts[i]);
        assert_span(texts[i], token.before, texts[i]);
        assert_int_equal(token.value.len + token.after.len, 0);
        free(copy);
    }
}

static void an_end_that_two_readers_see_elsewhere_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "/a;P=T=",  "/a;P=T=U", "/a;P=T:x", "/a;P=T@", "/a;P=T~", "/a;P=T%41", "/a;P=T%2F",
        "/a;P=%54", "/P=T=/b",  "/a;P==T",  "?P=T=",   "?P=T=U",  "?P=T/x",    "?P=T?x",
        "?P=T%26",  "?P=T~",    "?P=T:",    "?P=T@",   "?P=T x",  "?P==",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct uri_token token;
        if (uri_token_find(span_of_string(texts[i]), component_of(texts[i]), span_of_string("P"),
                           &token) != STATUS_INVALID)
            fail_msg("accepted: %s", texts[i]);
    }
}

static void names_have_one_spelling_and_a_bound(void **state)
{
    (void)state;
    static const char *const valid[] = {"URISigningPackage",
                                        "usp",
                                        "t",
                                        "A-z.0_9~",
                                        ".",
                                        "..",
                                        "1234567890123456789012345678901234567890123456789012345678"
                                        "901234"};
    static const char *const invalid[] = {
        "",
        "a b",
        "a=b",
        "a;b",
        "a/b",
        "a%62",
        "a&b",
        "a?",
        "a,b",
        "\xc3\xa9",
        "a\"",
        "a\n",
        "a\x7f",
        "@",
        "[",
        "`",
        "{",
        "a:b",
        "1234567890123456789012345678901234567890123456789012345678"
        "9012345"};
    for (size_t i = 0; i < sizeof(valid) / sizeof(valid[0]); i++) {
        if (!uri_token_name_is_valid(span_of_string(valid[i])))
            fail_msg("refused: %s", valid[i]);
    }
    for (size_t i = 0; i < sizeof(invalid) / sizeof(invalid[0]); i++) {
        if (uri_token_name_is_valid(span_of_string(invalid[i])))
            fail_msg("accepted: %s", invalid[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_is_cut_out),
        cmocka_unit_test(what_only_looks_like_the_attribute_stays),
        cmocka_unit_test(an_end_that_two_readers_see_elsewhere_is_refused),
        cmocka_unit_test(names_have_one_spelling_and_a_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
