#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "forge.h"
#include "judge.h"
#include "server/judged_target.h"

#define PAYLOAD "{\"nbf\":1000,\"exp\":2000,\"cdniuc\":\"regex:https?://h/v1/.*\"}"

/* A target with a token of PAYLOAD, in memory of exactly its size. */
struct fixture {
    struct byte_buffer target;
    struct byte_buffer token;
    struct policy policy;
    struct sent_target sent;
};

static struct fixture fixture_of(const struct key_set *keys)
{
    struct fixture fixture = {.policy = {.keys = keys}};
    judge_put_es256(FORGE_EC_HEADER, span_of_string(PAYLOAD), &fixture.token);
    byte_buffer_printf(&fixture.target, "/v1/bunny/video.mp4?URISigningPackage=%.*s",
                       SPAN_PRINT(byte_buffer_span(&fixture.token)));
    fixture.sent = (struct sent_target){
        .scheme = span_of_string("http"),
        .authority = span_of_string("h"),
        .target = byte_buffer_span(&fixture.target),
        .client = span_of_string("192.0.2.1"),
    };
    return fixture;
}

static void dispose(struct fixture *fixture)
{
    byte_buffer_dispose(&fixture->target);
    byte_buffer_dispose(&fixture->token);
}

static void a_good_token_is_judged_and_routed(void **state)
{
    struct fixture fixture = fixture_of(*state);
    struct judged_target *target = judged_target_new(&fixture.policy, &fixture.sent, 1500);
    assert_int_equal(target->verdict.code, VERIFICATION_OK);
    assert_true(target->has_route);
    assert_true(span_is(target->route.title, "bunny"));
    assert_true(span_is(target->route.file, "video.mp4"));
    judged_target_release(target);
    dispose(&fixture);
}

static void it_answers_while_the_token_is_valid(void **state)
{
    struct fixture fixture = fixture_of(*state);
    struct judged_target *target = judged_target_new(&fixture.policy, &fixture.sent, 1500);
    assert_true(judged_target_answers(target, &fixture.sent, 1500));
    assert_true(judged_target_answers(target, &fixture.sent, 1000));
    assert_false(judged_target_answers(target, &fixture.sent, 999));
    assert_true(judged_target_answers(target, &fixture.sent, 1999));
    assert_false(judged_target_answers(target, &fixture.sent, 2000));
    judged_target_release(target);
    dispose(&fixture);
}

/* Every byte of the target in turn, one byte less and one more. */
static void another_byte_is_another_target(void **state)
{
    struct fixture fixture = fixture_of(*state);
    struct judged_target *target = judged_target_new(&fixture.policy, &fixture.sent, 1500);
    size_t len = fixture.sent.target.len;
    uint8_t *bytes = malloc(len + 1);
    assert_non_null(bytes);
    memcpy(bytes, fixture.sent.target.base, len);
    bytes[len] = 'A';
    struct sent_target other = fixture.sent;
    for (size_t i = 0; i < len; i++) {
        bytes[i] ^= 1;
        other.target = span_of(bytes, len);
        assert_false(judged_target_answers(target, &other, 1500));
        bytes[i] ^= 1;
    }
    other.target = span_of(bytes, len);
    assert_true(judged_target_answers(target, &other, 1500));
    other.target = span_of(bytes, len - 1);
    assert_false(judged_target_answers(target, &other, 1500));
    other.target = span_of(bytes, len + 1);
    assert_false(judged_target_answers(target, &other, 1500));
    free(bytes);
    judged_target_release(target);
    dispose(&fixture);
}

static void another_origin_or_credential_is_another_target(void **state)
{
    struct fixture fixture = fixture_of(*state);
    struct judged_target *target = judged_target_new(&fixture.policy, &fixture.sent, 1500);
    struct sent_target other = fixture.sent;
    other.scheme = span_of_string("https");
    assert_false(judged_target_answers(target, &other, 1500));
    other = fixture.sent;
    other.authority = span_of_string("H");
    assert_false(judged_target_answers(target, &other, 1500));
    other.authority = span_of(NULL, 0);
    assert_false(judged_target_answers(target, &other, 1500));
    other = fixture.sent;
    other.authorization = span_of_string("Bearer x");
    assert_false(judged_target_answers(target, &other, 1500));
    other = fixture.sent;
    other.client = span_of_string("192.0.2.2");
    assert_false(judged_target_answers(target, &other, 1500));
    /* The same bytes, cut elsewhere. */
    other = fixture.sent;
    other.scheme = span_of_string("httph");
    other.authority = span_of_string("");
    assert_false(judged_target_answers(target, &other, 1500));
    judged_target_release(target);
    dispose(&fixture);
}

static void a_bearer_token_is_remembered_by_its_bytes(void **state)
{
    struct fixture fixture = fixture_of(*state);
    struct byte_buffer field = {0};
    byte_buffer_printf(&field, "Bearer %.*s", SPAN_PRINT(byte_buffer_span(&fixture.token)));
    fixture.sent.target = span_of_string("/v1/bunny/video.mp4");
    fixture.sent.authorization = byte_buffer_span(&field);
    struct judged_target *target = judged_target_new(&fixture.policy, &fixture.sent, 1500);
    assert_int_equal(target->verdict.code, VERIFICATION_OK);
    assert_true(judged_target_answers(target, &fixture.sent, 1500));
    field.base[field.len - 1] ^= 1;
    assert_false(judged_target_answers(target, &fixture.sent, 1500));
    fixture.sent.authorization = span_of(NULL, 0);
    assert_false(judged_target_answers(target, &fixture.sent, 1500));
    judged_target_release(target);
    byte_buffer_dispose(&field);
    dispose(&fixture);
}

static void a_cookie_token_is_remembered_by_its_bytes(void **state)
{
    struct fixture fixture = fixture_of(*state);
    fixture.sent.target = span_of_string("/v1/bunny/video.mp4");
    fixture.sent.cookies = (struct token_cookies){
        .values = {span_of_string("x.y.z"), byte_buffer_span(&fixture.token)},
        .count = 2,
    };
    struct judged_target *target = judged_target_new(&fixture.policy, &fixture.sent, 1500);
    assert_int_equal(target->verdict.code, VERIFICATION_OK);
    assert_true(judged_target_answers(target, &fixture.sent, 1500));
    assert_false(judged_target_answers(target, &fixture.sent, 2000));
    fixture.token.base[fixture.token.len - 1] ^= 1;
    assert_false(judged_target_answers(target, &fixture.sent, 1500));
    judged_target_release(target);
    dispose(&fixture);
}

static void other_cookies_are_another_target(void **state)
{
    struct fixture fixture = fixture_of(*state);
    struct token_cookies both = {
        .values = {span_of_string("x.y.z"), byte_buffer_span(&fixture.token)},
        .count = 2,
    };
    struct token_cookies swapped = {.values = {both.values[1], both.values[0]}, .count = 2};
    struct token_cookies fewer = {.values = {both.values[0]}, .count = 1};
    struct token_cookies more = both;
    more.values[more.count++] = span_of_string("x");
    struct token_cookies changed = both;
    changed.values[0] = span_of_string("x.y.w");
    fixture.sent.target = span_of_string("/v1/bunny/video.mp4");
    fixture.sent.cookies = both;
    struct judged_target *target = judged_target_new(&fixture.policy, &fixture.sent, 1500);
    struct sent_target other = fixture.sent;
    assert_true(judged_target_answers(target, &other, 1500));
    const struct token_cookies rows[] = {swapped, fewer, more, changed, {.count = 0}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        other.cookies = rows[i];
        assert_false(judged_target_answers(target, &other, 1500));
    }
    /* The same bytes in another place. */
    other.cookies = fewer;
    other.authorization = both.values[1];
    assert_false(judged_target_answers(target, &other, 1500));
    judged_target_release(target);
    dispose(&fixture);
}

static void a_token_in_the_path_is_judged_and_not_routed(void **state)
{
    struct fixture fixture = fixture_of(*state);
    static const struct {
        const char *before, *after;
    } rows[] = {
        {"/v1/bunny/video.mp4;", ""},
        {"/v1/bunny;", "/video.mp4"},
        {"/v1/", "/bunny/video.mp4"},
        {"/v1/other/", "/../bunny/video.mp4"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        byte_buffer_clear(&fixture.target);
        byte_buffer_printf(&fixture.target, "%sURISigningPackage=%.*s%s", rows[i].before,
                           SPAN_PRINT(byte_buffer_span(&fixture.token)), rows[i].after);
        fixture.sent.target = byte_buffer_span(&fixture.target);
        struct judged_target *target = judged_target_new(&fixture.policy, &fixture.sent, 1500);
        assert_int_equal(target->verdict.code, VERIFICATION_OK);
        assert_true(target->has_route);
        assert_true(span_is(target->route.title, "bunny"));
        assert_true(span_is(target->route.file, "video.mp4"));
        assert_true(judged_target_answers(target, &fixture.sent, 1500));
        judged_target_release(target);
    }
    dispose(&fixture);
}

static void the_policy_says_what_a_token_is_called(void **state)
{
    struct fixture fixture = fixture_of(*state);
    fixture.policy.token_name = span_of_string("usp");
    struct judged_target *target = judged_target_new(&fixture.policy, &fixture.sent, 1500);
    assert_int_equal(target->verdict.code, VERIFICATION_SIGNATURE);
    judged_target_release(target);
    byte_buffer_clear(&fixture.target);
    byte_buffer_printf(&fixture.target, "/v1/bunny/video.mp4?usp=%.*s",
                       SPAN_PRINT(byte_buffer_span(&fixture.token)));
    fixture.sent.target = byte_buffer_span(&fixture.target);
    target = judged_target_new(&fixture.policy, &fixture.sent, 1500);
    assert_int_equal(target->verdict.code, VERIFICATION_OK);
    judged_target_release(target);
    dispose(&fixture);
}

static void it_borrows_nothing_of_what_was_sent(void **state)
{
    struct fixture fixture = fixture_of(*state);
    struct fixture same = fixture_of(*state);
    byte_buffer_clear(&same.target);
    byte_buffer_put(&same.target, byte_buffer_span(&fixture.target));
    same.sent.target = byte_buffer_span(&same.target);
    struct judged_target *target = judged_target_new(&fixture.policy, &fixture.sent, 1500);
    dispose(&fixture);
    assert_true(judged_target_answers(target, &same.sent, 1500));
    assert_true(span_is(target->route.title, "bunny"));
    judged_target_release(target);
    dispose(&same);
}

static void what_is_refused_never_answers(void **state)
{
    struct fixture fixture = fixture_of(*state);
    struct judged_target *target = judged_target_new(&fixture.policy, &fixture.sent, 2000);
    assert_int_equal(target->verdict.code, VERIFICATION_EXPIRED);
    assert_false(judged_target_answers(target, &fixture.sent, 2000));
    assert_false(judged_target_answers(target, &fixture.sent, 1500));
    judged_target_release(target);

    static const char *const malformed[] = {"", "*", "/v1/a/%", "/v1/a/b c"};
    for (size_t i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++) {
        fixture.sent.target = span_of_string(malformed[i]);
        target = judged_target_new(&fixture.policy, &fixture.sent, 1500);
        assert_int_equal(target->verdict.code, VERIFICATION_MALFORMED_URI);
        assert_false(target->has_route);
        assert_false(judged_target_answers(target, &fixture.sent, 1500));
        judged_target_release(target);
    }
    dispose(&fixture);
}

static void what_is_long_is_judged_and_not_kept(void **state)
{
    (void)state;
    const struct key_set no_keys = {0};
    const struct policy policy = {.is_public = true, .keys = &no_keys};
    char text[JUDGED_TARGET_MAX_KEPT];
    int len = snprintf(text, sizeof(text), "/v1/bunny/video.mp4?%0*d",
                       JUDGED_TARGET_MAX_KEPT - (int)sizeof("/v1/bunny/video.mp4?http:h") + 2, 0);
    struct sent_target sent = {
        .scheme = span_of_string("http"),
        .authority = span_of_string("h"),
        .target = span_of(text, (size_t)len),
    };
    assert_int_equal(sent.scheme.len + sent.authority.len + sent.target.len,
                     JUDGED_TARGET_MAX_KEPT);
    struct judged_target *target = judged_target_new(&policy, &sent, 0);
    assert_true(judged_target_answers(target, &sent, INT64_MAX - 1));
    judged_target_release(target);
    sent.authority = span_of_string("hh");
    target = judged_target_new(&policy, &sent, 0);
    assert_int_equal(target->verdict.code, VERIFICATION_NOT_PERFORMED);
    assert_true(span_is(target->route.file, "video.mp4"));
    assert_false(judged_target_answers(target, &sent, 0));
    judged_target_release(target);
}

static void an_absolute_target_is_read_as_what_it_names(void **state)
{
    (void)state;
    const struct key_set no_keys = {0};
    const struct policy policy = {.is_public = true, .keys = &no_keys};
    struct sent_target sent = {
        .scheme = span_of_string("http"),
        .authority = span_of_string("bad authority"),
        .target = span_of_string("http://h/v1/bunny/video.mp4"),
    };
    struct judged_target *target = judged_target_new(&policy, &sent, 0);
    assert_true(target->has_route);
    assert_true(judged_target_answers(target, &sent, 0));
    judged_target_release(target);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_token_is_judged_and_routed),
        cmocka_unit_test(it_answers_while_the_token_is_valid),
        cmocka_unit_test(another_byte_is_another_target),
        cmocka_unit_test(another_origin_or_credential_is_another_target),
        cmocka_unit_test(a_bearer_token_is_remembered_by_its_bytes),
        cmocka_unit_test(a_cookie_token_is_remembered_by_its_bytes),
        cmocka_unit_test(other_cookies_are_another_target),
        cmocka_unit_test(a_token_in_the_path_is_judged_and_not_routed),
        cmocka_unit_test(the_policy_says_what_a_token_is_called),
        cmocka_unit_test(it_borrows_nothing_of_what_was_sent),
        cmocka_unit_test(what_is_refused_never_answers),
        cmocka_unit_test(what_is_long_is_judged_and_not_kept),
        cmocka_unit_test(an_absolute_target_is_read_as_what_it_names),
    };
    return cmocka_run_group_tests(tests, judge_load_keys, judge_free_keys);
}
