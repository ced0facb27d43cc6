#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "auth/signed_uri.h"

#define P URI_TOKEN_ATTRIBUTE

/* On an exact-size copy of the target, so that a sanitizer sees a read of one byte too many. */
static enum status parse_bytes(const char *authority, struct span target, struct signed_uri *uri)
{
    uint8_t *copy = malloc(target.len + (target.len == 0));
    assert_non_null(copy);
    if (target.len > 0)
        memcpy(copy, target.base, target.len);
    *uri = (struct signed_uri){0};
    enum status status = signed_uri_parse(span_of_string("http"), span_of_string(authority),
                                          span_of(copy, target.len), span_of_string(P), uri);
    free(copy);
    return status;
}

static void assert_text(const char *what, struct span actual, const char *expected)
{
    if (!span_is(actual, expected))
        fail_msg("%s: \"%.*s\" instead of \"%s\"", what, SPAN_PRINT(actual), expected);
}

static void token_is_taken_out_with_one_separator(void **state)
{
    (void)state;
    static const struct {
        const char *target, *rest, *token;
    } rows[] = {
        {"/a?come=data&" P "=T&other=data", "/a?come=data&other=data", "T"},
        {"/a?" P "=T", "/a", "T"},
        {"/a?a=1&" P "=T", "/a?a=1", "T"},
        {"/a?" P "=T&a=1", "/a?a=1", "T"},
        {"/a?" P "=T&", "/a?", "T"},
        {"/a?&" P "=T", "/a?", "T"},
        {"/a?a&&" P "=T&&b", "/a?a&&&b", "T"},
        {"/a?" P "=", "/a", ""},
        {"/a?" P, "/a", ""},
        {"/a?" P "=T;x=1", "/a?x=1", "T"},
        {"/a?" P "=h.p-_.s9&x", "/a?x", "h.p-_.s9"},
        {"/a", "/a", ""},
        {"/a?", "/a?", ""},
        {"/a?x" P "=T", "/a?x" P "=T", ""},
        {"/a?" P "x=T", "/a?" P "x=T", ""},
        {"/a?x=" P "=T", "/a?x=" P "=T", ""},
        {"/a?urisigningpackage=T", "/a?urisigningpackage=T", ""},
        {"/a;" P "=T", "/a", "T"},
        {"/a;" P "=T;x=1", "/a;x=1", "T"},
        {"/a/" P "=T/b", "/a/b", "T"},
        {"/a/b;" P "=T?x=1", "/a/b?x=1", "T"},
        {"/a;" P "=T/b", "/a/b", "T"},
        {"/a/" P "=T", "/a", "T"},
        {"/a/" P "=T/", "/a/", "T"},
        {"/a/" P "=T;x=1/b", "/a/x=1/b", "T"},
        {"/" P "=T", "/", "T"},
        {"/" P "=T?x", "/?x", "T"},
        {"/" P "=T/b", "/b", "T"},
        {"/a;" P "=T?", "/a?", "T"},
        {"/a;" P, "/a", ""},
        {"/v1/" P "/b", "/v1/" P "/b", ""},
        {"/a;x" P "=T", "/a;x" P "=T", ""},
        {"/a%3b" P "=T", "/a%3B" P "=T", ""},
        {"/a;" P "%3dT", "/a;" P "%3DT", ""},
        /* The token goes first and dot segments then, so that a segment which held it is none. */
        {"/a/b/" P "=T/../c", "/a/c", "T"},
        {"/a/b;" P "=T/../c", "/a/c", "T"},
        {"/a/.;" P "=T/c", "/a/c", "T"},
        {"/a/..;" P "=T/c", "/c", "T"},
        {"/a/" P "=../b", "/a/b", ".."},
        {"/a/" P "=T/%2e%2e/b", "/b", "T"},
        {"/../" P "=T/b", "/b", "T"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct signed_uri uri;
        char expected[256];
        snprintf(expected, sizeof(expected), "http://h%s", rows[i].rest);
        assert_int_equal(parse_bytes("h", span_of_string(rows[i].target), &uri), STATUS_OK);
        assert_text(rows[i].target, byte_buffer_span(&uri.text), expected);
        assert_text(rows[i].target, byte_buffer_span(&uri.token), rows[i].token);
        signed_uri_dispose(&uri);
    }
}

/* By whatever name: the default then means nothing. */
static void token_may_be_called_otherwise(void **state)
{
    (void)state;
    static const struct {
        const char *target, *name, *rest, *token;
    } rows[] = {
        {"/a?usp=T&" P "=U", "usp", "/a?" P "=U", "T"},
        {"/a;usp=T;" P "=U", "usp", "/a;" P "=U", "T"},
        {"/a/token=T/b", "token", "/a/b", "T"},
        {"/v1/usp/b", "usp", "/v1/usp/b", ""},
        {"/a/../b/..=T/c", "..", "/b/c", "T"},
        {"/a/;..=T", "..", "/a/", "T"},
        {"/a?~=T", "~", "/a", "T"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct signed_uri uri = {0};
        char expected[256];
        snprintf(expected, sizeof(expected), "http://h%s", rows[i].rest);
        assert_int_equal(signed_uri_parse(span_of_string("http"), span_of_string("h"),
                                          span_of_string(rows[i].target),
                                          span_of_string(rows[i].name), &uri),
                         STATUS_OK);
        assert_text(rows[i].target, byte_buffer_span(&uri.text), expected);
        assert_text(rows[i].target, byte_buffer_span(&uri.token), rows[i].token);
        signed_uri_dispose(&uri);
    }
}

static void second_token_is_refused_under_any_spelling(void **state)
{
    (void)state;
    static const char *const targets[] = {
        "/a?" P "=T&" P "=U",
        "/a?" P "=T&" P "=T",
        "/a?" P "=T&x=1&" P,
        "/a?" P "=T&" P "=",
        "/a?" P "=&" P "=U",
        "/a?" P "=T&URISigning%50ackage=U",
        "/a?URISigning%50ackage=U",
        "/a?URISigning%50ackage=U&" P "=T",
        "/a?%55%52%49SigningPackage",
        /* One in the path, one in the query. */
        "/a;" P "=T?" P "=U",
        "/a/" P "=T/b?" P "=T",
        "/a;" P "=T?x&" P,
        "/a;" P "=T?URISigning%50ackage=U",
        "/a;" P "?" P "=U",
        /* Both in the path. */
        "/a;" P "=T;" P "=U",
        "/a;" P "=T;x;" P,
        "/" P "=T/" P "=U",
        "/a;" P "=T/" P "=U/b",
        "/a;" P "=T;URISigning%50ackage=U",
        /* The only one, encoded. */
        "/a;URISigning%50ackage=U",
        "/%55RISigningPackage=U/b",
        "/a;%55%52%49SigningPackage",
        /* What dot segments would hide, and what comes of taking the first one out. */
        "/a;" P "=T/" P "=U/../b",
        "/" P "=T/x;" P "=U/..",
        "/a;URI" P "=U;" P "=T;" P "=V",
        "/a/" P "=T;" P "=U",
        "/a?" P "=T!" P "=U",
        "/a;" P "=T?" P "=U=",
        /* Whose token ends where nobody can say. */
        "/a?" P "=T=",
        "/a?" P "=T=U",
        "/a;" P "=T%41",
        "/a;" P "=%54",
        "/a;" P "=T:b",
        "/a?" P "=T/b",
        "/a;%" P "=T",
        "/a;%4;" P "=T;1",
    };
    for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
        struct signed_uri uri;
        if (parse_bytes("h", span_of_string(targets[i]), &uri) != STATUS_INVALID)
            fail_msg("accepted: %s", targets[i]);
        signed_uri_dispose(&uri);
    }
}

static void path_and_query_are_brought_to_normal_form(void **state)
{
    (void)state;
    static const struct {
        const char *target, *path, *query;
    } rows[] = {
        {"/", "/", ""},
        {"/foo/./x/../b%61r", "/foo/bar", ""},
        {"/v1/bunny/video.mp4", "/v1/bunny/video.mp4", ""},
        {"/%7euser/%41%5A%61%7A%30%39%2D%2E%5F", "/~user/AZaz09-._", ""},
        {"/a%c3%a9%20%3f%23%5b", "/a%C3%A9%20%3F%23%5B", ""},
        {"/a!$&'()*+,;=:@-._~", "/a!$&'()*+,;=:@-._~", ""},
        /* RFC 3986 5.2.4 and 5.4 */
        {"/a/b/c/./../../g", "/a/g", ""},
        {"/.", "/", ""},
        {"/..", "/", ""},
        {"/../..", "/", ""},
        {"/../g", "/g", ""},
        {"/./g", "/g", ""},
        {"/a/.", "/a/", ""},
        {"/a/..", "/", ""},
        {"/a/b/..", "/a/", ""},
        {"/a/b/../", "/a/", ""},
        {"/a/b/./", "/a/b/", ""},
        {"/a/g.", "/a/g.", ""},
        {"/a/..g", "/a/..g", ""},
        {"/a/...", "/a/...", ""},
        {"//", "//", ""},
        {"/a//b", "/a//b", ""},
        {"/a//../b", "/a/b", ""},
        {"/%2e%2E/a/%2e/b", "/a/b", ""},
        {"/a/.%2e/b", "/b", ""},
        /* A query has no dot segments, and may hold any encoded byte. */
        {"/a?x=/../y", "/a", "?x=/../y"},
        {"/a?b=%2f%00%7e?/", "/a", "?b=%2F%00~?/"},
        {"/a?", "/a", "?"},
        {"/a??", "/a", "??"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct signed_uri uri;
        char expected[256];
        snprintf(expected, sizeof(expected), "http://h%s%s", rows[i].path, rows[i].query);
        assert_int_equal(parse_bytes("h", span_of_string(rows[i].target), &uri), STATUS_OK);
        assert_text(rows[i].target, byte_buffer_span(&uri.text), expected);
        assert_text(rows[i].target, signed_uri_path(&uri), rows[i].path);
        signed_uri_dispose(&uri);
    }
}

#define LITERAL(text)                                                                              \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }

static void what_could_be_read_two_ways_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
    } rows[] = {
        LITERAL(""),           LITERAL("a"),        LITERAL("*"),
        LITERAL("http://h/a"), LITERAL("?a"),       LITERAL("/a b"),
        LITERAL("/a\tb"),      LITERAL("/a\nb"),    LITERAL("/a\0b"),
        LITERAL("/a\0"),       LITERAL("/a\x7f"),   LITERAL("/a\xc3\xa9"),
        LITERAL("/a\\b"),      LITERAL("/a\"b"),    LITERAL("/a<b>"),
        LITERAL("/a^b"),       LITERAL("/a`b"),     LITERAL("/a{b}"),
        LITERAL("/a|b"),       LITERAL("/a[b]"),    LITERAL("/a#b"),
        LITERAL("/a?b#c"),     LITERAL("/a?b c"),   LITERAL("/a?b\\c"),
        LITERAL("/a?b\0c"),    LITERAL("/a?b\xff"), LITERAL("/%"),
        LITERAL("/%4"),        LITERAL("/%4g"),     LITERAL("/%g4"),
        LITERAL("/%%41"),      LITERAL("/a?%"),     LITERAL("/a?%4"),
        LITERAL("/a?%zz"),     LITERAL("/a%2fb"),   LITERAL("/a%2Fb"),
        LITERAL("/a%5cb"),     LITERAL("/a%5Cb"),   LITERAL("/a%00"),
        LITERAL("/a%0a"),      LITERAL("/a%0D%0A"), LITERAL("/a%1f"),
        LITERAL("/a%7f"),      LITERAL("/..%2f"),   LITERAL("/a?x=1&" P "=T&y= "),
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct signed_uri uri;
        if (parse_bytes("h", span_of(rows[i].bytes, rows[i].len), &uri) != STATUS_INVALID)
            fail_msg("accepted: %s", rows[i].bytes);
        signed_uri_dispose(&uri);
    }
}

static void authority_is_brought_to_normal_form(void **state)
{
    (void)state;
    static const struct {
        const char *scheme, *authority;
        const char *origin; /* NULL: refused */
    } rows[] = {
        {"http", "Media.EXAMPLE.com", "http://media.example.com"},
        {"HTTPS", "a", "https://a"},
        {"http", "a:80", "http://a"},
        {"https", "a:443", "https://a"},
        {"http", "a:443", "http://a:443"},
        {"https", "a:80", "https://a:80"},
        {"http", "a:", "http://a"},
        {"http", "a:0080", "http://a"},
        {"http", "a:8080", "http://a:8080"},
        {"http", "a:65535", "http://a:65535"},
        {"http", "127.0.0.1:8080", "http://127.0.0.1:8080"},
        {"http", "[2001:DB8::1]:80", "http://[2001:db8::1]"},
        {"http", "[::ffff:192.0.2.1]", "http://[::ffff:192.0.2.1]"},
        {"http", "under_score-1.test", "http://under_score-1.test"},
        {"http", "", "http://localhost"},
        {"http", ":8080", NULL},
        {"http", "a:65536", NULL},
        {"http", "a:0", NULL},
        {"http", "a:000080", NULL},
        {"http", "a:8o", NULL},
        {"http", "a:-1", NULL},
        {"http", "a:80:80", NULL},
        {"http", "user@a", NULL},
        {"http", "user:pw@a", NULL},
        {"http", "a/b", NULL},
        {"http", "a?b", NULL},
        {"http", "a#b", NULL},
        {"http", "a b", NULL},
        {"http", " a", NULL},
        {"http", "a,b", NULL},
        {"http", "a%2fb", NULL},
        {"http", "\xc3\xa9", NULL},
        {"http", "[::1", NULL},
        {"http", "::1", NULL},
        {"http", "[]", NULL},
        {"http", "[::1]x", NULL},
        {"http", "[::1%25eth0]", NULL},
        {"http", "[v1.a]", NULL},
        {"ftp", "a", NULL},
        {"", "a", NULL},
        {"httpx", "a", NULL},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct signed_uri uri = {0};
        enum status status =
            signed_uri_parse(span_of_string(rows[i].scheme), span_of_string(rows[i].authority),
                             span_of_string("/"), span_of_string(P), &uri);
        char expected[256];
        snprintf(expected, sizeof(expected), "%s/", rows[i].origin != NULL ? rows[i].origin : "");
        if (status != (rows[i].origin != NULL ? STATUS_OK : STATUS_INVALID))
            fail_msg("%s: %s", rows[i].authority, status_name(status));
        if (rows[i].origin != NULL)
            assert_text(rows[i].authority, byte_buffer_span(&uri.text), expected);
        signed_uri_dispose(&uri);
    }
}

static void long_names_and_targets_are_refused(void **state)
{
    (void)state;
    char text[URI_MAX_LEN + 2];
    struct signed_uri uri;
    memset(text, 'a', sizeof(text));
    text[0] = '/';
    assert_int_equal(parse_bytes("h", span_of(text, URI_MAX_LEN), &uri), STATUS_OK);
    signed_uri_dispose(&uri);
    assert_int_equal(parse_bytes("h", span_of(text, URI_MAX_LEN + 1), &uri), STATUS_LIMIT);
    signed_uri_dispose(&uri);
    text[1 + 255] = '\0';
    assert_int_equal(parse_bytes(text + 1, span_of_string("/"), &uri), STATUS_OK);
    signed_uri_dispose(&uri);
    text[1 + 255] = 'a';
    text[1 + 256] = '\0';
    assert_int_equal(parse_bytes(text + 1, span_of_string("/"), &uri), STATUS_INVALID);
    signed_uri_dispose(&uri);
}

static void normal_form_is_its_own_normal_form(void **state)
{
    (void)state;
    static const char *const targets[] = {"/a/%2e%2e/b%c3?x=%7e&y=%2f", "/a/b/../?", "//./..//a",
                                          "/a/.;" P "=T;./b/" P "?x"};
    for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
        struct signed_uri once;
        struct signed_uri twice;
        assert_int_equal(parse_bytes("h", span_of_string(targets[i]), &once), STATUS_OK);
        struct span text = byte_buffer_span(&once.text);
        struct span target = span_slice(text, once.path_offset, text.len - once.path_offset);
        assert_int_equal(parse_bytes("h", target, &twice), STATUS_OK);
        assert_true(span_equal(text, byte_buffer_span(&twice.text)));
        signed_uri_dispose(&once);
        signed_uri_dispose(&twice);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(token_is_taken_out_with_one_separator),
        cmocka_unit_test(token_may_be_called_otherwise),
        cmocka_unit_test(second_token_is_refused_under_any_spelling),
        cmocka_unit_test(path_and_query_are_brought_to_normal_form),
        cmocka_unit_test(what_could_be_read_two_ways_is_refused),
        cmocka_unit_test(authority_is_brought_to_normal_form),
        cmocka_unit_test(long_names_and_targets_are_refused),
        cmocka_unit_test(normal_form_is_its_own_normal_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
