#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "auth/mint.h"
#include "auth/policy.h"
#include "auth/signed_uri.h"
#include "auth/uri_container.h"
#include "forge.h"

static int load_keys(void **state)
{
    struct key_set *keys = calloc(1, sizeof(*keys));
    struct fault fault = {0};
    *state = keys;
    return key_set_parse(span_of_string(FORGE_JWKS), keys, &fault) == STATUS_OK ? 0 : -1;
}

static int free_keys(void **state)
{
    key_set_dispose(*state);
    free(*state);
    return 0;
}

static enum verification_code code_at(const struct policy *policy, struct span token,
                                      struct span uri, int64_t now_s)
{
    const struct request_facts facts = {.now_s = now_s};
    return policy_check(policy, token, uri, &facts, NULL).code;
}

static void minted_token_says_what_it_was_told_and_no_more(void **state)
{
    struct key_set *keys = *state;
    struct policy policy = {.keys = keys};
    static const char *const issuers[] = {"me"};
    struct policy issued_by_me = {.keys = keys, .issuers = issuers, .issuer_count = 1};
    struct span uri = span_of_string("http://h/a");
    for (size_t i = 0; i < keys->count; i++) {
        struct mint_claims claims = {.uri_container = "regex:http://h/a",
                                     .expires_s = 2000,
                                     .not_before_s = 1000,
                                     .issuer = "me"};
        struct byte_buffer buffer = {0};
        struct fault fault = {0};
        assert_int_equal(mint_token(&keys->keys[i], &claims, &buffer, &fault), STATUS_OK);
        struct span token = byte_buffer_span(&buffer);
        assert_int_equal(code_at(&policy, token, uri, 999), VERIFICATION_NOT_BEFORE);
        assert_int_equal(code_at(&policy, token, uri, 1000), VERIFICATION_OK);
        assert_int_equal(code_at(&policy, token, uri, 1999), VERIFICATION_OK);
        assert_int_equal(code_at(&policy, token, uri, 2000), VERIFICATION_EXPIRED);
        assert_int_equal(code_at(&issued_by_me, token, uri, 1000), VERIFICATION_OK);
        assert_int_equal(code_at(&policy, token, span_of_string("http://h/b"), 1000),
                         VERIFICATION_URI);
        byte_buffer_dispose(&buffer);

        claims = (struct mint_claims){.uri_container = "regex:http://h/a", .expires_s = 2000};
        assert_int_equal(mint_token(&keys->keys[i], &claims, &buffer, &fault), STATUS_OK);
        token = byte_buffer_span(&buffer);
        assert_int_equal(code_at(&policy, token, uri, 0), VERIFICATION_OK);
        assert_int_equal(code_at(&issued_by_me, token, uri, 0), VERIFICATION_ISSUER);
        byte_buffer_dispose(&buffer);
    }
}

static void container_that_cannot_be_used_is_not_signed(void **state)
{
    struct key_set *keys = *state;
    static const struct {
        const char *container;
        enum status status;
    } rows[] = {
        {"regex:(", STATUS_INVALID},           {"regex:(a)\\1", STATUS_INVALID},
        {"http://h/a", STATUS_UNSUPPORTED},    {"hash:md5;AAAA", STATUS_UNSUPPORTED},
        {"hash:sha-256;AAAA", STATUS_INVALID},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct mint_claims claims = {.uri_container = rows[i].container, .expires_s = 2000};
        struct byte_buffer token = {0};
        struct fault fault = {0};
        assert_int_equal(mint_token(&keys->keys[0], &claims, &token, &fault), rows[i].status);
        assert_int_equal(token.len, 0);
        assert_int_not_equal(fault.text[0], '\0');
        byte_buffer_dispose(&token);
    }
}

static void times_out_of_range_are_not_signed(void **state)
{
    struct key_set *keys = *state;
    static const struct {
        int64_t expires_s, not_before_s;
    } rows[] = {{0, 0},         {-1, 0},       {1, -1}, {(INT64_C(1) << 53) + 1, 0},
                {INT64_MAX, 0}, {1, INT64_MAX}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct mint_claims claims = {.uri_container = "regex:a",
                                     .expires_s = rows[i].expires_s,
                                     .not_before_s = rows[i].not_before_s};
        struct byte_buffer token = {0};
        struct fault fault = {0};
        assert_int_equal(mint_token(&keys->keys[0], &claims, &token, &fault), STATUS_INVALID);
        byte_buffer_dispose(&token);
    }
}

static void public_key_does_not_sign(void **state)
{
    (void)state;
    struct key_set set;
    struct mint_claims claims = {.uri_container = "regex:a", .expires_s = 2000};
    struct byte_buffer token = {0};
    struct fault fault = {0};
    assert_int_equal(key_set_parse(span_of_string(FORGE_PUBLIC_JWKS), &set, &fault), STATUS_OK);
    assert_int_equal(mint_token(&set.keys[0], &claims, &token, &fault), STATUS_REFUSED);
    assert_non_null(strstr(fault.text, FORGE_EC_KID));
    byte_buffer_dispose(&token);
    key_set_dispose(&set);
}

static void issuer_that_is_no_utf8_is_not_signed(void **state)
{
    struct key_set *keys = *state;
    struct mint_claims claims = {.uri_container = "regex:a", .expires_s = 2000, .issuer = "\xff"};
    struct byte_buffer token = {0};
    struct fault fault = {0};
    assert_int_equal(mint_token(&keys->keys[0], &claims, &token, &fault), STATUS_INVALID);
    assert_int_equal(token.len, 0);
    byte_buffer_dispose(&token);
}

static bool title_allows(const char *title, const char *scheme, const char *authority,
                         const char *target)
{
    struct byte_buffer container = {0};
    struct signed_uri uri = {0};
    mint_title_container(span_of_string(title), &container);
    assert_int_equal(uri_container_check(byte_buffer_span(&container), NULL), STATUS_OK);
    assert_int_equal(signed_uri_parse(span_of_string(scheme), span_of_string(authority),
                                      span_of_string(target), span_of_string(URI_TOKEN_ATTRIBUTE),
                                      &uri),
                     STATUS_OK);
    bool allowed = uri_container_allows(byte_buffer_span(&container), byte_buffer_span(&uri.text));
    signed_uri_dispose(&uri);
    byte_buffer_dispose(&container);
    return allowed;
}

static void title_container_allows_its_title_and_no_other(void **state)
{
    (void)state;
    static const struct {
        const char *title, *target;
        bool allowed;
    } rows[] = {
        {"bunny", "/v1/bunny/video.mp4", true},
        {"bunny", "/v1/bunny/v0.m3u8?_HLS_msn=1&x=/v1/other", true},
        {"bunny", "/v1/bunny/video.mp4?", true},
        {"bunny", "/v1/bunny/video.mp4?URISigningPackage=a.b.c", true},
        {"bunny", "/v1/./x/../bunny//../bunn%79/video.mp4", false},
        {"bunny", "/v1/./x/../bunn%79/video.mp4", true},
        {"bunny", "/v1/bunny2/video.mp4", false},
        {"bunny", "/v1/bunn/video.mp4", false},
        {"bunny", "/v1/abunny/video.mp4", false},
        {"bunny", "/v1/x/bunny/video.mp4", false},
        {"bunny", "/v1/x/v1/bunny/video.mp4", false},
        {"bunny", "/x/v1/bunny/video.mp4", false},
        {"bunny", "/v1/bunny/x/video.mp4", false},
        {"bunny", "/v1/bunny/../other/video.mp4", false},
        {"bunny", "/v1/other/video.mp4?/v1/bunny/video.mp4", false},
        {"bunny", "/?/v1/bunny/video.mp4", false},
        {"bunny", "/v1/bunny/", false},
        {"bunny", "/v1/bunny/?x", false},
        {"bunny", "/v1/bunny", false},
        {"bunny", "/v2/bunny/video.mp4", false},
        {"bunny", "/v1/Bunny/video.mp4", false},
        {"a.b", "/v1/a.b/c", true},
        {"a.b", "/v1/aXb/c", false},
        {"a.b-c_d", "/v1/a.b-c_d/c", true},
        {"a..b", "/v1/a..b/c", true},
        {"a..b", "/v1/a.Xb/c", false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (title_allows(rows[i].title, "https", "media.example", rows[i].target) !=
            rows[i].allowed)
            fail_msg("%s: %s", rows[i].title, rows[i].target);
    }
}

static void title_container_allows_any_host_and_scheme(void **state)
{
    (void)state;
    assert_true(title_allows("a", "http", "127.0.0.1:8080", "/v1/a/b"));
    assert_true(title_allows("a", "https", "[::1]:8443", "/v1/a/b"));
    assert_true(title_allows("a", "http", "", "/v1/a/b"));
}

static void longest_title_has_a_container_that_can_be_used(void **state)
{
    (void)state;
    char title[129];
    char target[256];
    memset(title, '.', sizeof(title));
    title[0] = 'a';
    title[128] = '\0';
    snprintf(target, sizeof(target), "/v1/%s/video.mp4", title);
    assert_true(title_allows(title, "https", "media.example", target));
}

#define HASH "hash:sha-256;2tderfWPa86Ku7YnzW51YUp7dGUjBS_3SW3ELx4hmWY"

static void hash_container_is_of_the_uri_in_normal_form(void **state)
{
    (void)state;
    static const struct {
        const char *uri, *container;
    } rows[] = {
        {"http://cdni.example/foo/bar", HASH},
        {"HTTP://CDNI.EXAMPLE:80/foo/./x/../b%61r", HASH},
        {"http://cdni.example/foo/bar?URISigningPackage=a.b.c", HASH},
        {"http://h", "hash:sha-256;rYKVp6adbwC8vsFY91PpMQ6BoP_Dd9vg1tQN4LdtcUI"},
        {"http://h/", "hash:sha-256;rYKVp6adbwC8vsFY91PpMQ6BoP_Dd9vg1tQN4LdtcUI"},
        {"http://h?a", "hash:sha-256;UNTFpOBqUqS-24N4Ik2f147xlm54mVZa1TE-JZxWdLU"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct byte_buffer container = {0};
        assert_int_equal(mint_hash_container(span_of_string(rows[i].uri), &container, NULL),
                         STATUS_OK);
        if (!span_is(byte_buffer_span(&container), rows[i].container))
            fail_msg("%s: %.*s", rows[i].uri, SPAN_PRINT(byte_buffer_span(&container)));
        byte_buffer_dispose(&container);
    }
}

static void what_is_no_uri_has_no_hash_container(void **state)
{
    (void)state;
    static const char *const uris[] = {
        "",          "http",         "http:",     "http:/",       "http:///a",   "://h/a",
        "ftp://h/a", "h/a",          "/v1/a/b",   "http://h/a#b", "http://h#b",  "http://h/%zz",
        "http://?a", "http://u@h/a", "http://h ", "http://h/a b", "http://h:0/", "http//h/a",
    };
    for (size_t i = 0; i < sizeof(uris) / sizeof(uris[0]); i++) {
        struct byte_buffer container = {0};
        struct fault fault = {0};
        if (mint_hash_container(span_of_string(uris[i]), &container, &fault) != STATUS_INVALID)
            fail_msg("accepted: %s", uris[i]);
        assert_int_equal(container.len, 0);
        assert_int_not_equal(fault.text[0], '\0');
        byte_buffer_dispose(&container);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(minted_token_says_what_it_was_told_and_no_more),
        cmocka_unit_test(container_that_cannot_be_used_is_not_signed),
        cmocka_unit_test(times_out_of_range_are_not_signed),
        cmocka_unit_test(public_key_does_not_sign),
        cmocka_unit_test(issuer_that_is_no_utf8_is_not_signed),
        cmocka_unit_test(title_container_allows_its_title_and_no_other),
        cmocka_unit_test(title_container_allows_any_host_and_scheme),
        cmocka_unit_test(hash_container_is_of_the_uri_in_normal_form),
        cmocka_unit_test(what_is_no_uri_has_no_hash_container),
        cmocka_unit_test(longest_title_has_a_container_that_can_be_used),
    };
    return cmocka_run_group_tests(tests, load_keys, free_keys);
}
