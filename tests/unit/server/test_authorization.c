#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "forge.h"
#include "judge.h"
#include "server/authorization.h"

static void reads_bearer_credentials(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        const char *token;
    } cases[] = {
        {"Bearer a.b.c", "a.b.c"},
        {"bearer a.b.c", "a.b.c"},
        {"BEARER  a.b.c ", "a.b.c"},
        {"Bearer a, Bearer b", "a, Bearer b"}, /* no token has a space: refused later */
        {"Bearer", ""},
        {"Bearer ", ""},
        {"Bearer\ta.b.c", ""},
        {"Bearera.b.c", ""},
        {"Basic a.b.c", ""},
        {" Bearer a.b.c", ""},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (!span_is(authorization_bearer(span_of_string(cases[i].value)), cases[i].token))
            fail_msg("'%s'", cases[i].value);
    }
}

/* What a client sends; a place that is NULL is left out. */
struct sent {
    const char *in_path;
    const char *in_query;
    const char *field;
    const char *cookie;
};

static void put_target(const struct sent *sent, struct byte_buffer *target)
{
    byte_buffer_printf(target, "/v1/bunny/video.mp4");
    if (sent->in_path != NULL)
        byte_buffer_printf(target, ";URISigningPackage=%s", sent->in_path);
    if (sent->in_query != NULL)
        byte_buffer_printf(target, "?URISigningPackage=%s", sent->in_query);
}

static struct verdict judge_sent(const struct policy *policy, struct sent sent)
{
    struct byte_buffer target = {0};
    struct signed_uri uri = {0};
    struct credentials credentials = {.cookies = {.count = 0}};
    struct span name = authorization_token_name(policy);
    struct verdict_span span = {0, 0};
    put_target(&sent, &target);
    if (sent.field != NULL)
        credentials.field = span_of_string(sent.field);
    if (sent.cookie != NULL)
        token_cookies_add(&credentials.cookies, span_of_string(sent.cookie), name);
    assert_int_equal(signed_uri_parse(span_of_string("http"), span_of_string("h"),
                                      byte_buffer_span(&target), name, &uri),
                     STATUS_OK);
    const struct request_facts facts = {.now_s = NOW};
    struct verdict verdict = authorization_judge(policy, &uri, &credentials, &facts, &span);
    if (verdict.code == VERIFICATION_OK)
        assert_int_equal(span.until_s, 2000);
    signed_uri_dispose(&uri);
    byte_buffer_dispose(&target);
    return verdict;
}

static void a_public_policy_asks_for_nothing(void **state)
{
    const struct policy policy = {.is_public = true, .keys = *state};
    struct sent sent = {.cookie = "URISigningPackage=x.y.z"};
    struct verdict verdict = judge_sent(&policy, sent);
    assert_int_equal(verdict.code, VERIFICATION_NOT_PERFORMED);
    assert_true(verdict_allows(verdict));
}

static void without_a_token_nobody_passes(void **state)
{
    static const struct sent rows[] = {
        {NULL, NULL, NULL, NULL},
        {.in_path = "x.y.z"},
        {.in_query = "x.y.z"},
        {.field = "Bearer x.y.z"},
        {.cookie = "URISigningPackage=x.y.z"},
        {.cookie = "a=b; URISigningPackage="},
    };
    const struct policy policy = {.keys = *state};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(judge_sent(&policy, rows[i]).code, VERIFICATION_SIGNATURE);
}

/* All but the good one are refused, each by another code. */
struct tokens {
    char good[512];
    char expired[512];
    char elsewhere[512];
    char bad_issuer[512];
};

static void sign(const char *payload, char text[512])
{
    struct byte_buffer token = {0};
    judge_put_es256(FORGE_EC_HEADER, span_of_string(payload), &token);
    assert_true(token.len < 512);
    memcpy(text, token.base, token.len);
    text[token.len] = '\0';
    byte_buffer_dispose(&token);
}

static struct tokens make_tokens(void)
{
    struct tokens tokens;
    sign("{\"exp\":2000,\"cdniuc\":\"regex:http://h/v1/.*\"}", tokens.good);
    sign("{\"exp\":1000,\"cdniuc\":\"regex:http://h/v1/.*\"}", tokens.expired);
    sign("{\"exp\":2000,\"cdniuc\":\"regex:http://h/x\"}", tokens.elsewhere);
    sign("{\"iss\":1,\"exp\":2000,\"cdniuc\":\"regex:http://h/v1/.*\"}", tokens.bad_issuer);
    return tokens;
}

/* Good until the next call. */
static const char *bearer(const char *token)
{
    static char text[1024];
    snprintf(text, sizeof(text), "Bearer %s", token);
    return text;
}

/* Good until the next call. */
static const char *cookies(const char *first, const char *second)
{
    static char text[2048];
    snprintf(text, sizeof(text), "a=b; URISigningPackage=%s; c=\"d\"; URISigningPackage=%s", first,
             second);
    return text;
}

static void assert_allowed(const struct policy *policy, struct sent sent)
{
    assert_int_equal(judge_sent(policy, sent).code, VERIFICATION_OK);
}

static void a_good_token_will_do_in_any_place(void **state)
{
    const struct policy policy = {.keys = *state};
    const struct tokens tokens = make_tokens();
    assert_allowed(&policy, (struct sent){.in_path = tokens.good});
    assert_allowed(&policy, (struct sent){.in_query = tokens.good});
    assert_allowed(&policy, (struct sent){.field = bearer(tokens.good)});
    assert_allowed(&policy, (struct sent){.cookie = cookies(tokens.good, "")});
}

static void a_bad_token_does_not_spoil_a_good_one(void **state)
{
    const struct policy policy = {.keys = *state};
    const struct tokens tokens = make_tokens();
    const char *good_cookie = cookies(tokens.good, "");
    assert_allowed(&policy, (struct sent){.in_query = tokens.expired, .cookie = good_cookie});
    assert_allowed(&policy, (struct sent){.in_path = tokens.elsewhere, .cookie = good_cookie});
    assert_allowed(&policy, (struct sent){.in_query = "x.y.z", .field = bearer(tokens.good)});
    assert_allowed(&policy, (struct sent){.field = bearer("x.y.z"), .cookie = good_cookie});
    assert_allowed(&policy, (struct sent){.cookie = cookies(tokens.expired, tokens.good)});
    assert_allowed(&policy, (struct sent){.in_query = tokens.good, .cookie = cookies("x", "y")});
}

/* Of several that are refused, the first says why: URI, Bearer, cookies. */
static void the_first_refusal_is_the_one_told(void **state)
{
    const struct policy policy = {.keys = *state};
    const struct tokens tokens = make_tokens();
    struct sent sent = {
        .in_query = tokens.expired,
        .field = bearer(tokens.elsewhere),
        .cookie = cookies(tokens.bad_issuer, tokens.expired),
    };
    assert_int_equal(judge_sent(&policy, sent).code, VERIFICATION_EXPIRED);
    sent.in_query = NULL;
    assert_int_equal(judge_sent(&policy, sent).code, VERIFICATION_URI);
    sent.field = NULL;
    assert_int_equal(judge_sent(&policy, sent).code, VERIFICATION_ISSUER);
}

static void the_fifth_cookie_is_not_looked_at(void **state)
{
    const struct policy policy = {.keys = *state};
    const struct tokens tokens = make_tokens();
    char text[2048];
    struct sent sent = {.cookie = text};
    snprintf(text, sizeof(text), "%s; URISigningPackage=z; URISigningPackage=%s", cookies("x", "y"),
             tokens.good);
    assert_allowed(&policy, sent);
    snprintf(text, sizeof(text),
             "%s; URISigningPackage=z; URISigningPackage=z; URISigningPackage=%s",
             cookies("x", "y"), tokens.good);
    assert_int_equal(judge_sent(&policy, sent).code, VERIFICATION_SIGNATURE);
}

static void the_name_is_the_policys(void **state)
{
    const struct policy policy = {.keys = *state, .token_name = span_of_string("usp")};
    const struct policy nameless = {.keys = *state};
    const struct tokens tokens = make_tokens();
    char text[600];
    struct sent sent = {.cookie = text};
    snprintf(text, sizeof(text), "usp=%s", tokens.good);
    assert_true(span_is(authorization_token_name(&nameless), "URISigningPackage"));
    assert_allowed(&policy, sent);
    assert_int_equal(judge_sent(&nameless, sent).code, VERIFICATION_SIGNATURE);
    sent.cookie = cookies(tokens.good, "");
    assert_int_equal(judge_sent(&policy, sent).code, VERIFICATION_SIGNATURE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_bearer_credentials),
        cmocka_unit_test(a_public_policy_asks_for_nothing),
        cmocka_unit_test(without_a_token_nobody_passes),
        cmocka_unit_test(a_good_token_will_do_in_any_place),
        cmocka_unit_test(a_bad_token_does_not_spoil_a_good_one),
        cmocka_unit_test(the_first_refusal_is_the_one_told),
        cmocka_unit_test(the_fifth_cookie_is_not_looked_at),
        cmocka_unit_test(the_name_is_the_policys),
    };
    return cmocka_run_group_tests(tests, judge_load_keys, judge_free_keys);
}
