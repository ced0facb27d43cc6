/*
 * The claims that are encrypted, sub and cdniip, and where the client is.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "forge.h"
#include "judge.h"

/* RFC 9246, appendix A.2. */
#define RFC_HEADER                                                                                 \
    "eyJhbGciOiJFUzI1NiIsImtpZCI6IlA1VXBPdjBlTXExd2N4TGY3V3hJZzA5SmRTWUdZRkRPV2tsZHVlYUltZjAifQ."
static const char vector_complex[] = RFC_HEADER
    "eyJhdWQiOiJkQ0ROIExMQyIsInN1YiI6ImV5SmxibU1pT2lKQk1USTRSME5OSWl3aVlXeG5Jam9pWkdseUlpd2lhMmxrSW"
    "pvaVppMVhZbXA0UWtNelpGQjFTVE5rTWpSclVESm9ablp2Y3pkUmVqWTRPRlZVYVRaaFFqQm9Uams1T0NKOS4uQ0xBdTgw"
    "eGNsYzhCcC1VaS42UDFBM0Y2aXAyRHYuQ29oZHRMTHBnQm5UdlJKUUNGdXotZyIsImNkbmlpcCI6ImV5SmxibU1pT2lKQk"
    "1USTRSME5OSWl3aVlXeG5Jam9pWkdseUlpd2lhMmxrSWpvaVppMVhZbXA0UWtNelpGQjFTVE5rTWpSclVESm9ablp2Y3pk"
    "UmVqWTRPRlZVYVRaaFFqQm9Uams1T0NKOS4uYVVEREZFUUJJYzNuV2pPYi5iR1hXVEhQa250bVBDS24wcFBQTkVRLml5VH"
    "R0bkZ5Yk8yWUJMcXdsX1lTakEiLCJjZG5pdiI6MSwiZXhwIjoxNjQ2ODY3MzY5LCJpYXQiOjE2NDY2OTQ1NjksImlzcyI6"
    "InVDRE4gSW5jIiwianRpIjoiNURBYWZMaFpBZmhzYmUiLCJuYmYiOjE2NDY3ODA5NjksImNkbml1YyI6InJlZ2V4Omh0dH"
    "A6Ly9jZG5pXFwuZXhhbXBsZS9mb28vYmFyL1swLTldezN9XFwucG5nIn0.IjmVX0uD5MYqArc-M08uEsEeoDQn8kuYXZ9H"
    "GHDmDDxsHikT0c8jcX8xYD0z3LzQclMG65i1kT2sRbZ7isUw8w";

/* The same without jti. */
#define COMPLEX                                                                                    \
    "{\"aud\":\"dCDN LLC\",\"sub\":\"" FORGE_JWE_SUBJECT "\",\"cdniip\":\"" FORGE_JWE_CLIENT       \
    "\",\"cdniv\":1,\"exp\":1646867369,\"iat\":1646694569,\"iss\":\"uCDN "                         \
    "Inc\",\"nbf\":1646780969,"                                                                    \
    "\"cdniuc\":\"regex:http://cdni\\\\.example/foo/bar/[0-9]{3}\\\\.png\"}"
#define PNG "http://cdni.example/foo/bar/123.png"
#define START 1646780969
#define HOME "2001:db8::1"

static void rfc_vector_is_refused_for_its_jti_alone(void **state)
{
    struct policy policy = {.keys = *state, .audience = "dCDN LLC"};
    struct span token = span_of_string(vector_complex);
    assert_int_equal(judge_from(&policy, token, PNG, START, HOME), VERIFICATION_REPLAY);
    assert_int_equal(judge_from(&policy, token, PNG, START - 1, HOME), VERIFICATION_NOT_BEFORE);
    policy.audience = "other";
    assert_int_equal(judge_from(&policy, token, PNG, START, HOME), VERIFICATION_AUDIENCE);
    policy.audience = NULL;
    assert_int_equal(judge_from(&policy, token, PNG, START, HOME), VERIFICATION_AUDIENCE);
}

static void rfc_vector_without_jti_gets_its_codes(void **state)
{
    static const char *const issuers[] = {"uCDN Inc"};
    static const struct {
        const char *uri;
        int64_t now_s;
        const char *client;
        enum verification_code code;
    } rows[] = {
        {PNG, START, HOME, VERIFICATION_OK},
        {PNG, START - 1, HOME, VERIFICATION_NOT_BEFORE},
        {PNG, 1646867368, HOME, VERIFICATION_OK},
        {PNG, 1646867369, HOME, VERIFICATION_EXPIRED},
        {PNG, START, "2001:db8:ffff::", VERIFICATION_OK},
        {PNG, START, "2001:db9::1", VERIFICATION_CLIENT_IP},
        {PNG, START, "192.0.2.1", VERIFICATION_CLIENT_IP},
        {PNG, START, "-", VERIFICATION_CLIENT_IP},
        {PNG, START, "", VERIFICATION_CLIENT_IP},
        {"http://cdni.example/foo/bar/12.png", START, HOME, VERIFICATION_URI},
        {"http://cdni.example/foo/bar/1234.png", START, HOME, VERIFICATION_URI},
        {"http://cdni.example/foo/bar/123.png/evil", START, HOME, VERIFICATION_URI},
        {"http://cdni.example/x/foo/bar/123.png", START, HOME, VERIFICATION_URI},
    };
    struct policy policy = {
        .keys = *state, .audience = "dCDN LLC", .issuers = issuers, .issuer_count = 1};
    struct byte_buffer token = {0};
    judge_put_es256(FORGE_EC_HEADER, span_of_string(COMPLEX), &token);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        enum verification_code code = judge_from(&policy, byte_buffer_span(&token), rows[i].uri,
                                                 rows[i].now_s, rows[i].client);
        if (code != rows[i].code)
            fail_msg("row %zu: %d instead of %d", i, code, rows[i].code);
    }
    byte_buffer_dispose(&token);
}

/* Appends a good token but for one claim, which is `text` encrypted to us. */
static void put_encrypted(const char *claim, const char *text, struct byte_buffer *token)
{
    struct byte_buffer jwe = {0};
    struct byte_buffer payload = {0};
    forge_jwe(FORGE_CONTENT_HEADER, span_of(forge_content_key, 32), span_of_string(text), &jwe);
    byte_buffer_printf(&payload, "{\"exp\":1001,\"%s\":\"%.*s\"," CONTAINER "}", claim,
                       SPAN_PRINT(byte_buffer_span(&jwe)));
    judge_put_es256(FORGE_EC_HEADER, byte_buffer_span(&payload), token);
    byte_buffer_dispose(&jwe);
    byte_buffer_dispose(&payload);
}

static void client_must_be_where_cdniip_says(void **state)
{
    static const struct {
        const char *allowed, *client;
        enum verification_code code;
    } rows[] = {
        {"192.0.2.0/24", "192.0.2.1", VERIFICATION_OK},
        {"192.0.2.1", "192.0.2.1", VERIFICATION_OK},
        {"192.0.2.1", "192.0.2.2", VERIFICATION_CLIENT_IP},
        {"192.0.2.0/24", "::ffff:192.0.2.7", VERIFICATION_OK},
        {"192.0.2.0/24", "192.0.3.1", VERIFICATION_CLIENT_IP},
        {"0.0.0.0/0", "192.0.2.1", VERIFICATION_OK},
        {"0.0.0.0/0", "2001:db8::1", VERIFICATION_CLIENT_IP},
        {"::/0", "192.0.2.1", VERIFICATION_CLIENT_IP},
        {"UserToken", "192.0.2.1", VERIFICATION_CLIENT_IP},
        {"192.0.2.0/24,192.0.3.0/24", "192.0.2.1", VERIFICATION_CLIENT_IP},
        {"192.0.2.0/24", "unix", VERIFICATION_CLIENT_IP},
    };
    struct policy policy = {.keys = *state};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct byte_buffer token = {0};
        put_encrypted("cdniip", rows[i].allowed, &token);
        enum verification_code code =
            judge_from(&policy, byte_buffer_span(&token), URI, NOW, rows[i].client);
        if (code != rows[i].code)
            fail_msg("%s in %s: %d", rows[i].client, rows[i].allowed, code);
        byte_buffer_dispose(&token);
    }
}

static void what_does_not_decrypt_is_refused(void **state)
{
    static const char *const values[] = {
        "\"192.0.2.0/24\"",
        "\"\"",
        "\"....\"",
        "\"" FORGE_JWE_HEADER "..aUDDFEQBIc3nWjOb.bGXWTHPkntmPCKn0pPPNEQ.iyTttnFybO2YBLqwl_YSjQ\"",
        "\"" FORGE_JWE_HEADER "..aUDDFEQBIc3nWjOb.bGXWTHPkntmPCKn0pPPNEQ\"",
        "[\"" FORGE_JWE_CLIENT "\"]",
        "null",
        "1",
    };
    struct policy policy = {.keys = *state};
    for (size_t i = 0; i < 2 * sizeof(values) / sizeof(values[0]); i++) {
        bool is_subject = i % 2 == 0;
        struct byte_buffer payload = {0};
        struct byte_buffer token = {0};
        byte_buffer_printf(&payload, "{\"exp\":1001,\"%s\":%s," CONTAINER "}",
                           is_subject ? "sub" : "cdniip", values[i / 2]);
        judge_put_es256(FORGE_EC_HEADER, byte_buffer_span(&payload), &token);
        enum verification_code code =
            judge_from(&policy, byte_buffer_span(&token), URI, NOW, "192.0.2.1");
        if (code != (is_subject ? VERIFICATION_SUBJECT : VERIFICATION_CLIENT_IP))
            fail_msg("%.*s: %d", SPAN_PRINT(byte_buffer_span(&payload)), code);
        byte_buffer_dispose(&payload);
        byte_buffer_dispose(&token);
    }
}

static void without_the_key_nothing_encrypted_is_allowed(void **state)
{
    (void)state;
    struct key_set keys;
    assert_int_equal(key_set_parse(span_of_string(FORGE_PUBLIC_JWKS), &keys, NULL), STATUS_OK);
    struct policy policy = {.keys = &keys};
    struct byte_buffer subject = {0};
    struct byte_buffer client = {0};
    put_encrypted("sub", "UserToken", &subject);
    put_encrypted("cdniip", "192.0.2.1", &client);
    assert_int_equal(judge_from(&policy, byte_buffer_span(&subject), URI, NOW, "192.0.2.1"),
                     VERIFICATION_SUBJECT);
    assert_int_equal(judge_from(&policy, byte_buffer_span(&client), URI, NOW, "192.0.2.1"),
                     VERIFICATION_CLIENT_IP);
    byte_buffer_dispose(&subject);
    byte_buffer_dispose(&client);
    key_set_dispose(&keys);
}

static void subject_may_be_anyone(void **state)
{
    struct policy policy = {.keys = *state};
    struct byte_buffer token = {0};
    put_encrypted("sub", "UserToken", &token);
    assert_int_equal(judge(&policy, byte_buffer_span(&token), URI, NOW), VERIFICATION_OK);
    byte_buffer_dispose(&token);
}

/* What one client was allowed says nothing of another: with no keys left, nobody is. */
static void verdict_on_one_client_is_not_remembered(void **state)
{
    const struct key_set none = {0};
    struct policy policy = {.keys = *state, .memory = verdict_memory_new(64)};
    struct byte_buffer client = {0};
    struct byte_buffer subject = {0};
    put_encrypted("cdniip", "192.0.2.1", &client);
    put_encrypted("sub", "UserToken", &subject);
    struct span token = byte_buffer_span(&client);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(judge_from(&policy, token, URI, NOW, "192.0.2.1"), VERIFICATION_OK);
        assert_int_equal(judge_from(&policy, token, URI, NOW, "192.0.2.2"), VERIFICATION_CLIENT_IP);
        assert_int_equal(judge_from(&policy, byte_buffer_span(&subject), URI, NOW, "192.0.2.1"),
                         VERIFICATION_OK);
    }
    policy.keys = &none;
    assert_int_equal(judge_from(&policy, token, URI, NOW, "192.0.2.1"), VERIFICATION_SIGNATURE);
    assert_int_equal(judge_from(&policy, byte_buffer_span(&subject), URI, NOW, "192.0.2.2"),
                     VERIFICATION_OK);
    byte_buffer_dispose(&client);
    byte_buffer_dispose(&subject);
    verdict_memory_free(policy.memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc_vector_is_refused_for_its_jti_alone),
        cmocka_unit_test(rfc_vector_without_jti_gets_its_codes),
        cmocka_unit_test(client_must_be_where_cdniip_says),
        cmocka_unit_test(what_does_not_decrypt_is_refused),
        cmocka_unit_test(without_the_key_nothing_encrypted_is_allowed),
        cmocka_unit_test(subject_may_be_anyone),
        cmocka_unit_test(verdict_on_one_client_is_not_remembered),
    };
    return cmocka_run_group_tests(tests, judge_load_keys, judge_free_keys);
}
