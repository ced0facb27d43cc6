#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "auth/signed_uri.h"
#include "forge.h"
#include "judge.h"

/* RFC 9246, appendix A: A.1, A.3 before and after renewal. */
#define RFC_HEADER                                                                                 \
    "eyJhbGciOiJFUzI1NiIsImtpZCI6IlA1VXBPdjBlTXExd2N4TGY3V3hJZzA5SmRTWUdZRkRPV2tsZHVlYUltZjAifQ."
static const char vector_hash[] = RFC_HEADER
    "eyJleHAiOjE2NDY4NjczNjksImlzcyI6InVDRE4gSW5jIiwiY2RuaXVjIjoiaGFzaDpzaGEtMjU2OzJ0ZGV"
    "yZldQYTg2S3U3WW56VzUxWVVwN2RHVWpCU18zU1czRUx4NGhtV1kifQ.TaNlJM3D96i_9J9XvlICO6FUIDFT"
    "qt3E2YJkEUOLfcH0b89wYRKTbJ9Yj6h_GRgSoZoQO0cps3yUPcWGK3smCw";
static const char vector_renewable[] =
    RFC_HEADER "eyJjZG5pZXRzIjozMCwiY2RuaXN0dCI6MSwiY2RuaXN0ZCI6MiwiZXhwIjoxNjQ2ODY3MzY5LCJjZG5pdWM"
               "iOiJyZWdleDpodHRwOi8vY2RuaVxcLmV4YW1wbGUvZm9vL2Jhci9bMC05XXszfVxcLnRzIn0.tlPvoKw3BC"
               "Clw4Lx9PQu7MK6b2IN55ZoCPSaxovGK0zS53Wpb1MbJBow7G8LiGR39h6-2Iq7PWUSr3MdTIzHYw";
static const char vector_renewed[] =
    RFC_HEADER "eyJjZG5pZXRzIjozMCwiY2RuaXN0dCI6MSwiY2RuaXN0ZCI6MiwiZXhwIjoxNjQ2ODY3Mzk5LCJjZG5pdWM"
               "iOiJyZWdleDpodHRwOi8vY2RuaVxcLmV4YW1wbGUvZm9vL2Jhci9bMC05XXszfVxcLnRzIn0.ivY5d_fKGd"
               "-OHTpUs8uJUrnHvt-rduzu5H4zM7167pUUAghub53FqDQ5G16jRYX2sY73mA_uLpYDdb-CPts8FA";
static void rfc_vectors_get_their_codes(void **state)
{
    const struct key_set *keys = *state;
    static const struct {
        const char *token;
        const char *uri;
        int64_t now_s;
        enum verification_code code;
    } rows[] = {
        {vector_renewable, "http://cdni.example/foo/bar/123.ts", 1646867000, VERIFICATION_OK},
        {vector_renewable, "http://cdni.example/foo/bar/123.ts", 1646867368, VERIFICATION_OK},
        {vector_renewable, "http://cdni.example/foo/bar/123.ts", 1646867369, VERIFICATION_EXPIRED},
        {vector_renewed, "http://cdni.example/foo/bar/123.ts", 1646867369, VERIFICATION_OK},
        {vector_renewed, "http://cdni.example/foo/bar/123.ts", 1646867399, VERIFICATION_EXPIRED},
        {vector_renewable, "http://cdni.example/foo/bar/12.ts", 1646867000, VERIFICATION_URI},
        {vector_renewable, "http://cdni.example/foo/bar/1234.ts", 1646867000, VERIFICATION_URI},
        {vector_renewable, "http://cdni.example/foo/bar/123.ts/evil", 1646867000, VERIFICATION_URI},
        {vector_renewable, "http://cdni.example/x/foo/bar/123.ts", 1646867000, VERIFICATION_URI},
        {vector_renewable, "http://cdniXexample/foo/bar/123.ts", 1646867000, VERIFICATION_URI},
        {vector_hash, "http://cdni.example/foo/bar", 1646867368, VERIFICATION_OK},
        {vector_hash, "http://cdni.example/foo/bar", 1646867369, VERIFICATION_EXPIRED},
        {vector_hash, "http://cdni.example/foo/baz", 1646867368, VERIFICATION_URI},
        {vector_hash, "http://cdni.example/foo/bar/", 1646867368, VERIFICATION_URI},
        {vector_hash, "http://cdni.example/foo/bar?x=1", 1646867368, VERIFICATION_URI},
    };
    struct policy policy = {.keys = keys};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        enum verification_code code =
            judge(&policy, span_of_string(rows[i].token), rows[i].uri, rows[i].now_s);
        if (code != rows[i].code)
            fail_msg("row %zu: %d instead of %d", i, code, rows[i].code);
    }
}

static void compare_in_normal_form(const struct key_set *keys, const char *payload)
{
    static const struct {
        const char *scheme, *authority, *path;
        enum verification_code code;
    } rows[] = {
        {"http", "cdni.example", "/foo/bar", VERIFICATION_OK},
        {"HTTP", "CDNI.EXAMPLE:80", "/foo/./x/../b%61r", VERIFICATION_OK},
        {"https", "cdni.example", "/foo/bar", VERIFICATION_URI},
        {"http", "cdni.example:8080", "/foo/bar", VERIFICATION_URI},
        {"http", "cdni.example", "/foo/baz", VERIFICATION_URI},
        {"http", "cdni.example", "/foo/bar/", VERIFICATION_URI},
        {"http", "cdni.example", "/foo/bar?x=1", VERIFICATION_URI},
    };
    struct byte_buffer token = {0};
    judge_put_es256(FORGE_EC_HEADER, span_of_string(payload), &token);
    struct policy policy = {.keys = keys};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct byte_buffer target = {0};
        struct signed_uri uri = {0};
        byte_buffer_printf(&target, "%s%cURISigningPackage=%.*s", rows[i].path,
                           strchr(rows[i].path, '?') != NULL ? '&' : '?',
                           SPAN_PRINT(byte_buffer_span(&token)));
        assert_int_equal(
            signed_uri_parse(span_of_string(rows[i].scheme), span_of_string(rows[i].authority),
                             byte_buffer_span(&target), span_of_string(URI_TOKEN_ATTRIBUTE), &uri),
            STATUS_OK);
        const struct request_facts facts = {.now_s = NOW};
        struct verdict verdict = policy_check(&policy, byte_buffer_span(&uri.token),
                                              byte_buffer_span(&uri.text), &facts, NULL);
        if (verdict.code != rows[i].code)
            fail_msg("row %zu: %d (%s)", i, verdict.code, verdict.reason);
        signed_uri_dispose(&uri);
        byte_buffer_dispose(&target);
    }
    byte_buffer_dispose(&token);
}

static void uri_is_compared_in_normal_form(void **state)
{
    compare_in_normal_form(*state, GOOD_PAYLOAD);
    compare_in_normal_form(*state, "{\"exp\":1001,\"cdniuc\":\"hash:sha-256;"
                                   "2tderfWPa86Ku7YnzW51YUp7dGUjBS_3SW3ELx4hmWY\"}");
}

static const struct {
    const char *payload;
    enum verification_code code;
} claims[] = {
    {GOOD_PAYLOAD, VERIFICATION_OK},
    {" \n{\"exp\":1001," CONTAINER "}\t ", VERIFICATION_OK},
    {"{\"exp\":1001," CONTAINER ",\"unknown\":{\"a\":[1]}}", VERIFICATION_OK},

    /* exp: required, an integer, no leeway */
    {"{" CONTAINER "}", VERIFICATION_EXPIRED},
    {"{\"exp\":1000," CONTAINER "}", VERIFICATION_EXPIRED},
    {"{\"exp\":999," CONTAINER "}", VERIFICATION_EXPIRED},
    {"{\"exp\":0," CONTAINER "}", VERIFICATION_EXPIRED},
    {"{\"exp\":-1," CONTAINER "}", VERIFICATION_EXPIRED},
    {"{\"exp\":-9223372036854775808," CONTAINER "}", VERIFICATION_EXPIRED},
    {"{\"exp\":null," CONTAINER "}", VERIFICATION_EXPIRED},
    {"{\"exp\":true," CONTAINER "}", VERIFICATION_EXPIRED},
    {"{\"exp\":\"1001\"," CONTAINER "}", VERIFICATION_EXPIRED},
    {"{\"exp\":\"never\"," CONTAINER "}", VERIFICATION_EXPIRED},
    {"{\"exp\":[1001]," CONTAINER "}", VERIFICATION_EXPIRED},
    {"{\"exp\":{}," CONTAINER "}", VERIFICATION_EXPIRED},
    {"{\"exp\":1001.0," CONTAINER "}", VERIFICATION_EXPIRED},
    {"{\"exp\":1.001e3," CONTAINER "}", VERIFICATION_EXPIRED},
    {"{\"exp\":1e308," CONTAINER "}", VERIFICATION_EXPIRED},
    {"{\"exp\":9007199254740992," CONTAINER "}", VERIFICATION_OK},
    {"{\"exp\":9007199254740993," CONTAINER "}", VERIFICATION_EXPIRED},
    {"{\"exp\":9223372036854775807," CONTAINER "}", VERIFICATION_EXPIRED},
    {"{\"exp\":9223372036854775808," CONTAINER "}", VERIFICATION_SIGNATURE},
    {"{\"exp\":1e309," CONTAINER "}", VERIFICATION_SIGNATURE},
    {"{\"exp\":0x3e9," CONTAINER "}", VERIFICATION_SIGNATURE},
    {"{\"exp\":01001," CONTAINER "}", VERIFICATION_SIGNATURE},
    {"{\"exp\":+1001," CONTAINER "}", VERIFICATION_SIGNATURE},
    {"{\"exp\":NaN," CONTAINER "}", VERIFICATION_SIGNATURE},
    {"{\"Exp\":1001," CONTAINER "}", VERIFICATION_EXPIRED},

    /* nbf */
    {"{\"exp\":1001,\"nbf\":1000," CONTAINER "}", VERIFICATION_OK},
    {"{\"exp\":1001,\"nbf\":1001," CONTAINER "}", VERIFICATION_NOT_BEFORE},
    {"{\"exp\":1001,\"nbf\":\"0\"," CONTAINER "}", VERIFICATION_NOT_BEFORE},
    {"{\"exp\":1001,\"nbf\":null," CONTAINER "}", VERIFICATION_NOT_BEFORE},
    {"{\"exp\":1001,\"nbf\":-1," CONTAINER "}", VERIFICATION_NOT_BEFORE},
    {"{\"exp\":1001,\"nbf\":0.5," CONTAINER "}", VERIFICATION_NOT_BEFORE},
    {"{\"exp\":1001,\"nbf\":[]," CONTAINER "}", VERIFICATION_NOT_BEFORE},

    /* iat: informational, but a time */
    {"{\"exp\":1001,\"iat\":990," CONTAINER "}", VERIFICATION_OK},
    {"{\"exp\":1001,\"iat\":\"990\"," CONTAINER "}", VERIFICATION_SIGNATURE},

    /* iss, with any issuer accepted */
    {"{\"exp\":1001,\"iss\":\"uCDN Inc\"," CONTAINER "}", VERIFICATION_OK},
    {"{\"exp\":1001,\"iss\":1," CONTAINER "}", VERIFICATION_ISSUER},
    {"{\"exp\":1001,\"iss\":null," CONTAINER "}", VERIFICATION_ISSUER},

    /* cdniv */
    {"{\"exp\":1001,\"cdniv\":1," CONTAINER "}", VERIFICATION_OK},
    {"{\"exp\":1001,\"cdniv\":2," CONTAINER "}", VERIFICATION_VERSION},
    {"{\"exp\":1001,\"cdniv\":\"1\"," CONTAINER "}", VERIFICATION_VERSION},
    {"{\"exp\":1001,\"cdniv\":1.0," CONTAINER "}", VERIFICATION_VERSION},
    {"{\"exp\":1001,\"cdniv\":null," CONTAINER "}", VERIFICATION_VERSION},

    /* cdnistt and cdniets */
    {"{\"exp\":1001,\"cdnistt\":1,\"cdniets\":30," CONTAINER "}", VERIFICATION_OK},
    {"{\"exp\":1001,\"cdnistt\":0,\"cdniets\":30," CONTAINER "}", VERIFICATION_OK},
    {"{\"exp\":1001,\"cdnistt\":1," CONTAINER "}", VERIFICATION_RENEWAL},
    {"{\"exp\":1001,\"cdniets\":30," CONTAINER "}", VERIFICATION_RENEWAL},
    {"{\"exp\":1001,\"cdnistt\":0,\"cdniets\":\"x\"," CONTAINER "}", VERIFICATION_RENEWAL},
    {"{\"exp\":1001,\"cdnistt\":\"1\",\"cdniets\":\"1\"," CONTAINER "}", VERIFICATION_RENEWAL},
    {"{\"exp\":1001,\"cdnistt\":3,\"cdniets\":30," CONTAINER "}", VERIFICATION_RENEWAL},
    {"{\"exp\":1001,\"cdnistt\":-1,\"cdniets\":30," CONTAINER "}", VERIFICATION_RENEWAL},
    {"{\"exp\":1001,\"cdnistt\":1,\"cdniets\":-30," CONTAINER "}", VERIFICATION_RENEWAL},
    {"{\"exp\":1001,\"cdnistd\":0," CONTAINER "}", VERIFICATION_OK},
    {"{\"exp\":1001,\"cdnistd\":-1," CONTAINER "}", VERIFICATION_RENEWAL},
    {"{\"exp\":1001,\"cdnistd\":\"0\"," CONTAINER "}", VERIFICATION_RENEWAL},

    /* cdnicrit: nothing that it could list is understood; aud: we have no name */
    {"{\"exp\":1001,\"cdnicrit\":\"foo\",\"foo\":1," CONTAINER "}", VERIFICATION_CRITICAL},
    {"{\"exp\":1001,\"cdnicrit\":\"\"," CONTAINER "}", VERIFICATION_CRITICAL},
    {"{\"exp\":1001,\"cdnicrit\":\"exp\"," CONTAINER "}", VERIFICATION_CRITICAL},
    {"{\"exp\":1001,\"cdnicrit\":null," CONTAINER "}", VERIFICATION_CRITICAL},
    {"{\"exp\":1001,\"aud\":\"us\"," CONTAINER "}", VERIFICATION_AUDIENCE},
    {"{\"exp\":1001,\"aud\":[]," CONTAINER "}", VERIFICATION_AUDIENCE},
    {"{\"exp\":1001,\"aud\":1," CONTAINER "}", VERIFICATION_AUDIENCE},
    {"{\"exp\":1001,\"aud\":[1]," CONTAINER "}", VERIFICATION_AUDIENCE},

    /* jti: in any form; sub and cdniip: in the open */
    {"{\"exp\":1001,\"jti\":\"a\"," CONTAINER "}", VERIFICATION_REPLAY},
    {"{\"exp\":1001,\"jti\":null," CONTAINER "}", VERIFICATION_REPLAY},
    {"{\"exp\":1001,\"sub\":\"a\"," CONTAINER "}", VERIFICATION_SUBJECT},
    {"{\"exp\":1001,\"sub\":0," CONTAINER "}", VERIFICATION_SUBJECT},
    {"{\"exp\":1001,\"cdniip\":\"192.0.2.0/24\"," CONTAINER "}", VERIFICATION_CLIENT_IP},
    {"{\"exp\":1001,\"cdniip\":false," CONTAINER "}", VERIFICATION_CLIENT_IP},

    /* cdniuc */
    {"{\"exp\":1001}", VERIFICATION_URI},
    {"{\"exp\":1001,\"cdniuc\":null}", VERIFICATION_URI},
    {"{\"exp\":1001,\"cdniuc\":[\"regex:.*\"]}", VERIFICATION_URI},
    {"{\"exp\":1001,\"cdniuc\":\"\"}", VERIFICATION_URI},
    {"{\"exp\":1001,\"cdniuc\":\"regex:\"}", VERIFICATION_URI},
    {"{\"exp\":1001,\"cdniuc\":\"uri:" URI "\"}", VERIFICATION_URI},
    {"{\"exp\":1001,\"cdniuc\":\"" URI "\"}", VERIFICATION_URI},
    {"{\"exp\":1001,\"cdniuc\":\"REGEX:.*\"}", VERIFICATION_URI},
    {"{\"exp\":1001,\"cdniuc\":\"hash:md5;AAAA\"}", VERIFICATION_URI},
    {"{\"exp\":1001,\"cdniuc\":\"regex:(\"}", VERIFICATION_URI},
    {"{\"exp\":1001,\"cdniuc\":\"regex:x)|(.*\"}", VERIFICATION_URI},
    {"{\"exp\":1001,\"cdniuc\":\"regex:.*\"}", VERIFICATION_OK},

    /* the first rule in the documented order wins */
    {"{\"exp\":1,\"nbf\":2000,\"cdniv\":2,\"iss\":1,\"jti\":\"a\"}", VERIFICATION_VERSION},
    {"{\"exp\":1,\"nbf\":2000,\"aud\":\"a\",\"cdnicrit\":\"b\"}", VERIFICATION_CRITICAL},
    {"{\"exp\":1,\"nbf\":2000,\"aud\":\"a\",\"iss\":1}", VERIFICATION_ISSUER},
    {"{\"exp\":1,\"nbf\":2000,\"aud\":\"a\"}", VERIFICATION_AUDIENCE},
    {"{\"exp\":1,\"nbf\":2000,\"jti\":\"a\"}", VERIFICATION_EXPIRED},
    {"{\"exp\":1001,\"nbf\":2000,\"cdnistt\":1}", VERIFICATION_NOT_BEFORE},
    {"{\"exp\":1001,\"cdnistt\":1,\"jti\":\"a\"}", VERIFICATION_RENEWAL},
    {"{\"exp\":1001,\"sub\":\"a\",\"jti\":\"a\"}", VERIFICATION_REPLAY},
    {"{\"exp\":1001,\"sub\":\"a\",\"cdniip\":\"a\"}", VERIFICATION_SUBJECT},
    {"{\"exp\":1001,\"cdniip\":\"a\"}", VERIFICATION_CLIENT_IP},
};

static void claims_get_the_code_of_the_first_rule_broken(void **state)
{
    const struct key_set *keys = *state;
    for (size_t i = 0; i < sizeof(claims) / sizeof(claims[0]); i++) {
        enum verification_code code = judge_payload(keys, span_of_string(claims[i].payload));
        if (code != claims[i].code)
            fail_msg("%s: %d instead of %d", claims[i].payload, code, claims[i].code);
    }
}

static void configured_issuers_are_the_only_ones(void **state)
{
    const struct key_set *keys = *state;
    static const char *const issuers[] = {"csp", "uCDN Inc"};
    static const struct {
        const char *payload;
        enum verification_code code;
    } rows[] = {
        {"{\"exp\":1001,\"iss\":\"uCDN Inc\"," CONTAINER "}", VERIFICATION_OK},
        {"{\"exp\":1001,\"iss\":\"csp\"," CONTAINER "}", VERIFICATION_OK},
        {"{\"exp\":1001,\"iss\":\"ucdn inc\"," CONTAINER "}", VERIFICATION_ISSUER},
        {"{\"exp\":1001,\"iss\":\"cs\"," CONTAINER "}", VERIFICATION_ISSUER},
        {"{\"exp\":1001,\"iss\":\"csp2\"," CONTAINER "}", VERIFICATION_ISSUER},
        {"{\"exp\":1001,\"iss\":\"\"," CONTAINER "}", VERIFICATION_ISSUER},
        {"{\"exp\":1001,\"iss\":[\"csp\"]," CONTAINER "}", VERIFICATION_ISSUER},
        {"{\"exp\":1001," CONTAINER "}", VERIFICATION_ISSUER},
    };
    struct policy policy = {.keys = keys, .issuers = issuers, .issuer_count = 2};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct byte_buffer token = {0};
        judge_put_es256(FORGE_EC_HEADER, span_of_string(rows[i].payload), &token);
        enum verification_code code = judge(&policy, byte_buffer_span(&token), URI, NOW);
        if (code != rows[i].code)
            fail_msg("%s: %d instead of %d", rows[i].payload, code, rows[i].code);
        byte_buffer_dispose(&token);
    }
}

static void audience_is_ours_byte_for_byte(void **state)
{
    static const struct {
        const char *audience;
        enum verification_code code;
    } rows[] = {
        {"\"dCDN LLC\"", VERIFICATION_OK},
        {"[\"dCDN LLC\"]", VERIFICATION_OK},
        {"[\"other\",\"dCDN LLC\",\"\"]", VERIFICATION_OK},
        {"\"other\"", VERIFICATION_AUDIENCE},
        {"\"DCDN llc\"", VERIFICATION_AUDIENCE},
        {"\"dCDN LLC \"", VERIFICATION_AUDIENCE},
        {"\"dCDN\"", VERIFICATION_AUDIENCE},
        {"\"\"", VERIFICATION_AUDIENCE},
        {"[]", VERIFICATION_AUDIENCE},
        {"[\"other\"]", VERIFICATION_AUDIENCE},
        {"[[\"dCDN LLC\"]]", VERIFICATION_AUDIENCE},
        {"[\"dCDN LLC\",1]", VERIFICATION_AUDIENCE},
        {"{\"dCDN LLC\":1}", VERIFICATION_AUDIENCE},
        {"1", VERIFICATION_AUDIENCE},
        {"null", VERIFICATION_AUDIENCE},
    };
    struct policy policy = {.keys = *state, .audience = "dCDN LLC"};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct byte_buffer payload = {0};
        struct byte_buffer token = {0};
        byte_buffer_printf(&payload, "{\"exp\":1001,\"aud\":%s," CONTAINER "}", rows[i].audience);
        judge_put_es256(FORGE_EC_HEADER, byte_buffer_span(&payload), &token);
        enum verification_code code = judge(&policy, byte_buffer_span(&token), URI, NOW);
        if (code != rows[i].code)
            fail_msg("%s: %d instead of %d", rows[i].audience, code, rows[i].code);
        byte_buffer_dispose(&payload);
        byte_buffer_dispose(&token);
    }
}

static void token_without_audience_is_for_everyone(void **state)
{
    struct byte_buffer token = {0};
    struct policy policy = {.keys = *state, .audience = "dCDN LLC"};
    judge_put_es256(FORGE_EC_HEADER, span_of_string(GOOD_PAYLOAD), &token);
    assert_int_equal(judge(&policy, byte_buffer_span(&token), URI, NOW), VERIFICATION_OK);
    byte_buffer_dispose(&token);
}

static void public_policy_asks_for_no_token(void **state)
{
    (void)state;
    struct policy policy = {.is_public = true};
    assert_int_equal(judge(&policy, span_of("", 0), URI, NOW), VERIFICATION_NOT_PERFORMED);
    assert_int_equal(judge(&policy, span_of_string("junk"), URI, NOW), VERIFICATION_NOT_PERFORMED);
}

static void without_a_token_or_keys_nothing_is_allowed(void **state)
{
    const struct key_set *keys = *state;
    struct key_set none = {0};
    struct policy policy = {.keys = &none};
    assert_int_equal(judge_simply(keys, span_of("", 0)), VERIFICATION_SIGNATURE);
    assert_int_equal(judge(&policy, span_of_string(vector_renewable),
                           "http://cdni.example/foo/bar/123.ts", 1646867000),
                     VERIFICATION_SIGNATURE);
}

/* The same answers as without it: also before nbf, from exp on and for another URI. With no keys
 * left, only what is remembered is allowed. */
static void memory_changes_no_verdict(void **state)
{
    const struct key_set *keys = *state;
    struct byte_buffer token = {0};
    judge_put_es256(FORGE_EC_HEADER, span_of_string("{\"exp\":1001,\"nbf\":990," CONTAINER "}"),
                    &token);
    struct span text = byte_buffer_span(&token);
    struct key_set none = {0};
    struct policy policy = {.keys = keys, .memory = verdict_memory_new(64)};
    assert_int_equal(judge(&policy, text, "http://cdni.example/foo/baz", NOW), VERIFICATION_URI);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(judge(&policy, text, URI, 989), VERIFICATION_NOT_BEFORE);
        assert_int_equal(judge(&policy, text, URI, 1001), VERIFICATION_EXPIRED);
        assert_int_equal(judge(&policy, text, URI, NOW), VERIFICATION_OK);
    }
    policy.keys = &none;
    assert_int_equal(judge(&policy, text, URI, NOW), VERIFICATION_OK);
    assert_int_equal(judge(&policy, text, URI, 1001), VERIFICATION_SIGNATURE);
    assert_int_equal(judge(&policy, text, "http://cdni.example/foo/baz", NOW),
                     VERIFICATION_SIGNATURE);
    verdict_memory_free(policy.memory);
    byte_buffer_dispose(&token);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc_vectors_get_their_codes),
        cmocka_unit_test(uri_is_compared_in_normal_form),
        cmocka_unit_test(claims_get_the_code_of_the_first_rule_broken),
        cmocka_unit_test(configured_issuers_are_the_only_ones),
        cmocka_unit_test(audience_is_ours_byte_for_byte),
        cmocka_unit_test(token_without_audience_is_for_everyone),
        cmocka_unit_test(public_policy_asks_for_no_token),
        cmocka_unit_test(without_a_token_or_keys_nothing_is_allowed),
        cmocka_unit_test(memory_changes_no_verdict),
    };
    return cmocka_run_group_tests(tests, judge_load_keys, judge_free_keys);
}
