#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "auth/policy.h"
#include "auth/signed_uri.h"
#include "forge.h"

#define NOW 1000
#define URI "http://cdni.example/foo/bar"
#define CONTAINER "\"cdniuc\":\"regex:http://cdni\\\\.example/foo/bar\""
#define GOOD_PAYLOAD "{\"exp\":1001," CONTAINER "}"

#define REPEAT_10(text) text text text text text text text text text text

/* RFC 9246, appendix A: A.1, A.2, A.3 before and after renewal. */
#define RFC_HEADER                                                                                 \
    "eyJhbGciOiJFUzI1NiIsImtpZCI6IlA1VXBPdjBlTXExd2N4TGY3V3hJZzA5SmRTWUdZRkRPV2tsZHVlYUltZjAifQ."
static const char vector_hash[] = RFC_HEADER
    "eyJleHAiOjE2NDY4NjczNjksImlzcyI6InVDRE4gSW5jIiwiY2RuaXVjIjoiaGFzaDpzaGEtMjU2OzJ0ZGV"
    "yZldQYTg2S3U3WW56VzUxWVVwN2RHVWpCU18zU1czRUx4NGhtV1kifQ.TaNlJM3D96i_9J9XvlICO6FUIDFT"
    "qt3E2YJkEUOLfcH0b89wYRKTbJ9Yj6h_GRgSoZoQO0cps3yUPcWGK3smCw";
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
static const char vector_renewable[] =
    RFC_HEADER "eyJjZG5pZXRzIjozMCwiY2RuaXN0dCI6MSwiY2RuaXN0ZCI6MiwiZXhwIjoxNjQ2ODY3MzY5LCJjZG5pdWM"
               "iOiJyZWdleDpodHRwOi8vY2RuaVxcLmV4YW1wbGUvZm9vL2Jhci9bMC05XXszfVxcLnRzIn0.tlPvoKw3BC"
               "Clw4Lx9PQu7MK6b2IN55ZoCPSaxovGK0zS53Wpb1MbJBow7G8LiGR39h6-2Iq7PWUSr3MdTIzHYw";
static const char vector_renewed[] =
    RFC_HEADER "eyJjZG5pZXRzIjozMCwiY2RuaXN0dCI6MSwiY2RuaXN0ZCI6MiwiZXhwIjoxNjQ2ODY3Mzk5LCJjZG5pdWM"
               "iOiJyZWdleDpodHRwOi8vY2RuaVxcLmV4YW1wbGUvZm9vL2Jhci9bMC05XXszfVxcLnRzIn0.ivY5d_fKGd"
               "-OHTpUs8uJUrnHvt-rduzu5H4zM7167pUUAghub53FqDQ5G16jRYX2sY73mA_uLpYDdb-CPts8FA";

static struct key_set keys;

static int load_keys(void **state)
{
    (void)state;
    struct fault fault = {0};
    return key_set_parse(span_of_string(FORGE_JWKS), &keys, &fault) == STATUS_OK ? 0 : -1;
}

static int free_keys(void **state)
{
    (void)state;
    key_set_dispose(&keys);
    return 0;
}

static const struct key *ec_key(void)
{
    return key_set_find(&keys, span_of_string(FORGE_EC_KID));
}

static const struct key *secret_key(void)
{
    return key_set_find(&keys, span_of_string(FORGE_SECRET_KID));
}

/* On exact-size copies, so that a sanitizer sees a read of one byte too many. */
static enum verification_code judge(const struct policy *policy, struct span token, const char *uri,
                                    int64_t now_s)
{
    size_t uri_len = strlen(uri);
    uint8_t *token_copy = malloc(token.len + (token.len == 0));
    uint8_t *uri_copy = malloc(uri_len);
    assert_true(token_copy != NULL && uri_copy != NULL);
    if (token.len > 0)
        memcpy(token_copy, token.base, token.len);
    memcpy(uri_copy, uri, uri_len);
    struct verdict verdict =
        policy_check(policy, span_of(token_copy, token.len), span_of(uri_copy, uri_len), now_s);
    free(token_copy);
    free(uri_copy);
    assert_non_null(verdict.reason);
    return verdict.code;
}

static enum verification_code judge_simply(struct span token)
{
    struct policy policy = {.keys = &keys};
    return judge(&policy, token, URI, NOW);
}

static void put_es256(const char *header, struct span payload, struct byte_buffer *token)
{
    forge_unsigned(span_of_string(header), payload, token);
    forge_sign_es256(ec_key()->private_pem, token);
}

static enum verification_code judge_payload(struct span payload)
{
    struct byte_buffer token = {0};
    put_es256(FORGE_EC_HEADER, payload, &token);
    enum verification_code code = judge_simply(byte_buffer_span(&token));
    byte_buffer_dispose(&token);
    return code;
}

static void rfc_vectors_get_their_codes(void **state)
{
    (void)state;
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
        /* These restrict in ways that are not understood yet, so they allow nothing. */
        {vector_hash, "http://cdni.example/foo/bar", 1646867368, VERIFICATION_URI},
        {vector_hash, "http://cdni.example/foo/bar", 1646867369, VERIFICATION_EXPIRED},
        {vector_complex, "http://cdni.example/foo/bar/123.png", 1646780969, VERIFICATION_AUDIENCE},
    };
    struct policy policy = {.keys = &keys};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        enum verification_code code =
            judge(&policy, span_of_string(rows[i].token), rows[i].uri, rows[i].now_s);
        if (code != rows[i].code)
            fail_msg("row %zu: %d instead of %d", i, code, rows[i].code);
    }
}

static void uri_is_compared_in_normal_form(void **state)
{
    (void)state;
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
    put_es256(FORGE_EC_HEADER, span_of_string(GOOD_PAYLOAD), &token);
    struct policy policy = {.keys = &keys};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct byte_buffer target = {0};
        struct signed_uri uri = {0};
        byte_buffer_printf(&target, "%s%cURISigningPackage=%.*s", rows[i].path,
                           strchr(rows[i].path, '?') != NULL ? '&' : '?',
                           SPAN_PRINT(byte_buffer_span(&token)));
        assert_int_equal(signed_uri_parse(span_of_string(rows[i].scheme),
                                          span_of_string(rows[i].authority),
                                          byte_buffer_span(&target), &uri),
                         STATUS_OK);
        struct verdict verdict =
            policy_check(&policy, byte_buffer_span(&uri.token), byte_buffer_span(&uri.text), NOW);
        if (verdict.code != rows[i].code)
            fail_msg("row %zu: %d (%s)", i, verdict.code, verdict.reason);
        signed_uri_dispose(&uri);
        byte_buffer_dispose(&target);
    }
    byte_buffer_dispose(&token);
}

static void claims_get_the_code_of_the_first_rule_broken(void **state)
{
    (void)state;
    static const struct {
        const char *payload;
        enum verification_code code;
    } rows[] = {
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

        /* restrictions that are not understood yet, present in any form */
        {"{\"exp\":1001,\"cdnicrit\":\"foo\",\"foo\":1," CONTAINER "}", VERIFICATION_CRITICAL},
        {"{\"exp\":1001,\"cdnicrit\":\"\"," CONTAINER "}", VERIFICATION_CRITICAL},
        {"{\"exp\":1001,\"cdnicrit\":\"exp\"," CONTAINER "}", VERIFICATION_CRITICAL},
        {"{\"exp\":1001,\"cdnicrit\":null," CONTAINER "}", VERIFICATION_CRITICAL},
        {"{\"exp\":1001,\"aud\":\"us\"," CONTAINER "}", VERIFICATION_AUDIENCE},
        {"{\"exp\":1001,\"aud\":[]," CONTAINER "}", VERIFICATION_AUDIENCE},
        {"{\"exp\":1001,\"aud\":1," CONTAINER "}", VERIFICATION_AUDIENCE},
        {"{\"exp\":1001,\"aud\":[1]," CONTAINER "}", VERIFICATION_AUDIENCE},
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
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        enum verification_code code = judge_payload(span_of_string(rows[i].payload));
        if (code != rows[i].code)
            fail_msg("%s: %d instead of %d", rows[i].payload, code, rows[i].code);
    }
}

#define LITERAL(text)                                                                              \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }

static void payload_that_is_no_strict_object_is_refused_though_signed(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
    } rows[] = {
        LITERAL(GOOD_PAYLOAD "\0"),
        LITERAL(GOOD_PAYLOAD "\0,\"cdnicrit\":\"x\"}"),
        LITERAL(GOOD_PAYLOAD "junk"),
        LITERAL(GOOD_PAYLOAD GOOD_PAYLOAD),
        LITERAL("\xef\xbb\xbf" GOOD_PAYLOAD),
        LITERAL("\0" GOOD_PAYLOAD),
        LITERAL("[1]"),
        LITERAL("[]"),
        LITERAL("1"),
        LITERAL("null"),
        LITERAL("\"exp\""),
        LITERAL("{"),
        LITERAL("{\"exp\":1001," CONTAINER),
        LITERAL("{\"exp\":1001," CONTAINER ",}"),
        LITERAL("{'exp':1001," CONTAINER "}"),
        LITERAL("{exp:1001," CONTAINER "}"),
        LITERAL("{\"exp\":1,\"exp\":1001," CONTAINER "}"),
        LITERAL("{\"exp\":1001,\"exp\":1001," CONTAINER "}"),
        LITERAL("{\"exp\":1,\"ex\\u0070\":1001," CONTAINER "}"),
        LITERAL("{\"exp\":1001,\"cdniuc\":\"regex:x\"," CONTAINER "}"),
        LITERAL("{\"exp\":1001,\"x\":{\"a\":1,\"a\":2}," CONTAINER "}"),
        LITERAL("{\"exp\":1001,\"iss\":\"\xff\"," CONTAINER "}"),
        LITERAL("{\"exp\":1001,\"iss\":\"\xc0\xaf\"," CONTAINER "}"),
        LITERAL("{\"exp\":1001,\"iss\":\"\xed\xa0\x80\"," CONTAINER "}"),
        LITERAL("{\"exp\":1001,\"iss\":\"\\ud800\"," CONTAINER "}"),
        LITERAL("{\"exp\":1001,\"iss\":\"a\\u0000b\"," CONTAINER "}"),
        LITERAL("{\"exp\":1001,\"iss\":\"a\nb\"," CONTAINER "}"),
        LITERAL("{\"exp\":1001,\"x\":[[[[[[[[0]]]]]]]]," CONTAINER "}"),
        LITERAL("{\"exp\":1001,\"x\":" REPEAT_10(REPEAT_10("[[[[[[[[[[[[[[[["))),
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        enum verification_code code = judge_payload(span_of(rows[i].bytes, rows[i].len));
        if (code != VERIFICATION_SIGNATURE)
            fail_msg("row %zu: %s: %d", i, rows[i].bytes, code);
    }
    assert_int_equal(
        judge_payload(span_of_string("{\"exp\":1001,\"x\":[[[[[[[0]]]]]]]," CONTAINER "}")),
        VERIFICATION_OK);
}

static void header_beyond_alg_kid_and_typ_is_refused_though_signed(void **state)
{
    (void)state;
#define KID "\"kid\":\"" FORGE_EC_KID "\""
    static const struct {
        const char *header;
        enum verification_code code;
    } rows[] = {
        {"{\"alg\":\"ES256\"," KID "}", VERIFICATION_OK},
        {"{\"typ\":\"JWT\"," KID ",\"alg\":\"ES256\"}", VERIFICATION_OK},
        {"{\"typ\":\"jwt\"," KID ",\"alg\":\"ES256\"}", VERIFICATION_OK},
        {"{\"typ\":\"JOSE\"," KID ",\"alg\":\"ES256\"}", VERIFICATION_SIGNATURE},
        {"{\"typ\":\"\"," KID ",\"alg\":\"ES256\"}", VERIFICATION_SIGNATURE},
        {"{\"typ\":1," KID ",\"alg\":\"ES256\"}", VERIFICATION_SIGNATURE},
        {"{\"typ\":null," KID ",\"alg\":\"ES256\"}", VERIFICATION_SIGNATURE},
        {"{\"alg\":\"es256\"," KID "}", VERIFICATION_SIGNATURE},
        {"{\"alg\":\"ES256 \"," KID "}", VERIFICATION_SIGNATURE},
        {"{\"alg\":\"none\"," KID "}", VERIFICATION_SIGNATURE},
        {"{\"alg\":\"HS256\"," KID "}", VERIFICATION_SIGNATURE},
        {"{\"alg\":\"RS256\"," KID "}", VERIFICATION_SIGNATURE},
        {"{\"alg\":\"\"," KID "}", VERIFICATION_SIGNATURE},
        {"{\"alg\":null," KID "}", VERIFICATION_SIGNATURE},
        {"{\"alg\":[\"ES256\"]," KID "}", VERIFICATION_SIGNATURE},
        {"{" KID "}", VERIFICATION_SIGNATURE},
        {"{\"alg\":\"ES256\",\"alg\":\"ES256\"," KID "}", VERIFICATION_SIGNATURE},
        {"{\"alg\":\"none\",\"alg\":\"ES256\"," KID "}", VERIFICATION_SIGNATURE},
        {"{\"alg\":\"ES256\",\"alg\":\"none\"," KID "}", VERIFICATION_SIGNATURE},
        {"{\"alg\":\"ES256\",\"\\u0061lg\":\"ES256\"," KID "}", VERIFICATION_SIGNATURE},
        {"{\"alg\":\"ES256\"," KID ",\"kid\":\"shared\"}", VERIFICATION_SIGNATURE},
        {"{\"alg\":\"ES256\"}", VERIFICATION_SIGNATURE},
        {"{\"alg\":\"ES256\",\"kid\":\"\"}", VERIFICATION_SIGNATURE},
        {"{\"alg\":\"ES256\",\"kid\":null}", VERIFICATION_SIGNATURE},
        {"{\"alg\":\"ES256\",\"kid\":0}", VERIFICATION_SIGNATURE},
        {"{\"alg\":\"ES256\",\"kid\":\"unknown\"}", VERIFICATION_SIGNATURE},
        {"{\"alg\":\"ES256\",\"kid\":\"../../dev/null\"}", VERIFICATION_SIGNATURE},
        {"{\"alg\":\"ES256\",\"kid\":\"shared\"}", VERIFICATION_SIGNATURE},
        {"{\"alg\":\"ES256\",\"kid\":\"" FORGE_EC_KID "\\u0000\"}", VERIFICATION_SIGNATURE},
        {"{\"alg\":\"ES256\"," KID ",\"crit\":[\"foo\"],\"foo\":1}", VERIFICATION_SIGNATURE},
        {"{\"alg\":\"ES256\"," KID ",\"crit\":[]}", VERIFICATION_SIGNATURE},
        {"{\"alg\":\"ES256\"," KID ",\"crit\":null}", VERIFICATION_SIGNATURE},
        {"{\"alg\":\"ES256\"," KID ",\"b64\":false}", VERIFICATION_SIGNATURE},
        {"{\"alg\":\"ES256\"," KID ",\"b64\":false,\"crit\":[\"b64\"]}", VERIFICATION_SIGNATURE},
        {"{\"alg\":\"ES256\"," KID ",\"jwk\":{\"kty\":\"EC\"}}", VERIFICATION_SIGNATURE},
        {"{\"alg\":\"ES256\"," KID ",\"jku\":\"http://a/\"}", VERIFICATION_SIGNATURE},
        {"{\"alg\":\"ES256\"," KID ",\"x5u\":\"http://a/\"}", VERIFICATION_SIGNATURE},
        {"{\"alg\":\"ES256\"," KID ",\"x5c\":[\"AAAA\"]}", VERIFICATION_SIGNATURE},
        {"{\"alg\":\"ES256\"," KID ",\"zip\":\"DEF\"}", VERIFICATION_SIGNATURE},
        {"{\"alg\":\"ES256\"," KID ",\"cty\":\"JWT\"}", VERIFICATION_SIGNATURE},
        {"{\"alg\":\"ES256\"," KID ",\"\":0}", VERIFICATION_SIGNATURE},
        {"{\"alg\":\"ES256\"," KID "} x", VERIFICATION_SIGNATURE},
        {"[{\"alg\":\"ES256\"," KID "}]", VERIFICATION_SIGNATURE},
        {"\"ES256\"", VERIFICATION_SIGNATURE},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct byte_buffer token = {0};
        put_es256(rows[i].header, span_of_string(GOOD_PAYLOAD), &token);
        enum verification_code code = judge_simply(byte_buffer_span(&token));
        if (code != rows[i].code)
            fail_msg("%s: %d instead of %d", rows[i].header, code, rows[i].code);
        byte_buffer_dispose(&token);
    }
}

static void missing_kid_is_refused_even_with_one_key(void **state)
{
    (void)state;
    struct key_set one = {.keys = keys.keys, .count = 1};
    struct policy policy = {.keys = &one};
    struct byte_buffer token = {0};
    put_es256("{\"alg\":\"ES256\"}", span_of_string(GOOD_PAYLOAD), &token);
    assert_int_equal(judge(&policy, byte_buffer_span(&token), URI, NOW), VERIFICATION_SIGNATURE);
    byte_buffer_dispose(&token);
}

static void key_decides_the_algorithm(void **state)
{
    (void)state;
    struct span pem = span_of_string(ec_key()->public_pem);
    struct span secret = span_of(secret_key()->secret, secret_key()->secret_len);
    const struct {
        const char *header;
        struct span secret;
        enum verification_code code;
    } rows[] = {
        {FORGE_SECRET_HEADER, secret, VERIFICATION_OK},
        {"{\"alg\":\"hs256\",\"kid\":\"shared\"}", secret, VERIFICATION_SIGNATURE},
        {"{\"alg\":\"ES256\",\"kid\":\"shared\"}", secret, VERIFICATION_SIGNATURE},
        {"{\"alg\":\"HS384\",\"kid\":\"shared\"}", secret, VERIFICATION_SIGNATURE},
        {FORGE_SECRET_HEADER, pem, VERIFICATION_SIGNATURE},
        {FORGE_SECRET_HEADER, span_of_string(""), VERIFICATION_SIGNATURE},
        {"{\"alg\":\"HS256\",\"kid\":\"" FORGE_EC_KID "\"}", pem, VERIFICATION_SIGNATURE},
        {"{\"alg\":\"HS256\",\"kid\":\"" FORGE_EC_KID "\"}",
         span_of(pem.base, pem.len - 1), /* without the last newline */
         VERIFICATION_SIGNATURE},
        {FORGE_EC_HEADER, pem, VERIFICATION_SIGNATURE},
        {"{\"alg\":\"HS256\"}", pem, VERIFICATION_SIGNATURE},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct byte_buffer token = {0};
        forge_unsigned(span_of_string(rows[i].header), span_of_string(GOOD_PAYLOAD), &token);
        forge_sign_hs256(rows[i].secret, &token);
        enum verification_code code = judge_simply(byte_buffer_span(&token));
        if (code != rows[i].code)
            fail_msg("row %zu: %d instead of %d", i, code, rows[i].code);
        byte_buffer_dispose(&token);
    }
}

static void broken_signatures_are_refused(void **state)
{
    (void)state;
    static const uint8_t zeros[66] = {0};
    static const size_t lengths[] = {1, 31, 32, 63, 64, 65, 66};
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        struct byte_buffer token = {0};
        forge_unsigned(span_of_string(FORGE_EC_HEADER), span_of_string(GOOD_PAYLOAD), &token);
        forge_attach(span_of(zeros, lengths[i]), &token);
        assert_int_equal(judge_simply(byte_buffer_span(&token)), VERIFICATION_SIGNATURE);
        byte_buffer_dispose(&token);
    }
}

static void any_changed_letter_is_refused(void **state)
{
    (void)state;
    struct byte_buffer token = {0};
    put_es256(FORGE_EC_HEADER, span_of_string(GOOD_PAYLOAD), &token);
    for (size_t i = 0; i < token.len; i++) {
        uint8_t letter = token.base[i];
        token.base[i] = letter == 'A' ? 'B' : 'A';
        enum verification_code code = judge_simply(byte_buffer_span(&token));
        if (code != VERIFICATION_SIGNATURE)
            fail_msg("letter %zu changed: %d", i, code);
        token.base[i] = letter;
    }
    assert_int_equal(judge_simply(byte_buffer_span(&token)), VERIFICATION_OK);
    byte_buffer_dispose(&token);
}

static void any_cut_token_is_refused(void **state)
{
    (void)state;
    struct byte_buffer token = {0};
    put_es256(FORGE_EC_HEADER, span_of_string(GOOD_PAYLOAD), &token);
    for (size_t len = 0; len < token.len; len++)
        assert_int_equal(judge_simply(span_of(token.base, len)), VERIFICATION_SIGNATURE);
    byte_buffer_dispose(&token);
}

/* A signature covers the letters as they were sent, so other spellings of header or payload have to
 * be signed to be a test; those of the signature are free to anyone. */
static void other_spellings_of_a_token_are_refused(void **state)
{
    (void)state;
    static const char *const junk[] = {"=", "==",  " ", "\n", "\r\n", "\t",   "!", "~",  "+",
                                       "/", "%3D", ".", "..", "\0x",  "\x80", ",", "\"", "\\"};
    struct byte_buffer good = {0};
    put_es256(FORGE_EC_HEADER, span_of_string(GOOD_PAYLOAD), &good);
    size_t signature_at = good.len - 86;
    assert_int_equal(good.base[signature_at - 1], '.');
    const size_t places[] = {0, signature_at, signature_at + 40, good.len};
    for (size_t i = 0; i < sizeof(junk) / sizeof(junk[0]); i++) {
        struct span added = span_of(junk[i], junk[i][0] == '\0' ? 1 : strlen(junk[i]));
        for (size_t j = 0; j < sizeof(places) / sizeof(places[0]); j++) {
            struct byte_buffer token = {0};
            byte_buffer_put(&token, span_of(good.base, places[j]));
            byte_buffer_put(&token, added);
            byte_buffer_put(&token, span_of(good.base + places[j], good.len - places[j]));
            if (judge_simply(byte_buffer_span(&token)) != VERIFICATION_SIGNATURE)
                fail_msg("junk %zu at place %zu", i, j);
            byte_buffer_dispose(&token);
        }
    }
    byte_buffer_dispose(&good);
}

static void signed_header_or_payload_with_junk_letters_is_refused(void **state)
{
    (void)state;
    static const char *const junk[] = {"=", "==", " ", "\n", "!", "~", "%", "+"};
    for (size_t i = 0; i < sizeof(junk) / sizeof(junk[0]); i++) {
        struct byte_buffer parts = {0};
        forge_unsigned(span_of_string(FORGE_EC_HEADER), span_of_string(GOOD_PAYLOAD), &parts);
        size_t header_len = (size_t)((uint8_t *)memchr(parts.base, '.', parts.len) - parts.base);
        const size_t places[] = {0, header_len, header_len + 1, parts.len};
        for (size_t j = 0; j < sizeof(places) / sizeof(places[0]); j++) {
            struct byte_buffer token = {0};
            byte_buffer_put(&token, span_of(parts.base, places[j]));
            byte_buffer_put(&token, span_of_string(junk[i]));
            byte_buffer_put(&token, span_of(parts.base + places[j], parts.len - places[j]));
            forge_sign_es256(ec_key()->private_pem, &token);
            if (judge_simply(byte_buffer_span(&token)) != VERIFICATION_SIGNATURE)
                fail_msg("junk %zu at place %zu", i, j);
            byte_buffer_dispose(&token);
        }
        byte_buffer_dispose(&parts);
    }
}

/* The 86th letter of an ES256 signature carries two bits and four that must be zero. */
static void non_canonical_last_letter_is_refused(void **state)
{
    (void)state;
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    struct byte_buffer token = {0};
    put_es256(FORGE_EC_HEADER, span_of_string(GOOD_PAYLOAD), &token);
    uint8_t *last = &token.base[token.len - 1];
    uint8_t canonical = *last;
    unsigned accepted = 0;
    for (size_t i = 0; i < 64; i++) {
        *last = (uint8_t)letters[i];
        if (judge_simply(byte_buffer_span(&token)) == VERIFICATION_OK) {
            accepted++;
            assert_int_equal(*last, canonical);
        }
    }
    assert_int_equal(accepted, 1);
    byte_buffer_dispose(&token);
}

static void put_token_of_about(size_t len, struct byte_buffer *token)
{
    struct byte_buffer payload = {0};
    byte_buffer_printf(&payload, "{\"exp\":1001," CONTAINER ",\"pad\":\"");
    /* Three payload bytes are four letters; header, signature and two dots are the rest. */
    size_t around = sizeof(RFC_HEADER) - 1 + 1 + 86;
    while (around + (payload.len + 2) * 4 / 3 < len)
        byte_buffer_put_u8(&payload, 'x');
    byte_buffer_printf(&payload, "\"}");
    put_es256(FORGE_EC_HEADER, byte_buffer_span(&payload), token);
    byte_buffer_dispose(&payload);
}

static void token_is_accepted_up_to_its_longest_and_no_longer(void **state)
{
    (void)state;
    struct byte_buffer longest = {0};
    struct byte_buffer longer = {0};
    put_token_of_about(TOKEN_MAX_LEN - 2, &longest);
    put_token_of_about(TOKEN_MAX_LEN + 1, &longer);
    assert_in_range(longest.len, TOKEN_MAX_LEN - 4, TOKEN_MAX_LEN);
    assert_in_range(longer.len, TOKEN_MAX_LEN + 1, TOKEN_MAX_LEN + 4);
    assert_int_equal(judge_simply(byte_buffer_span(&longest)), VERIFICATION_OK);
    assert_int_equal(judge_simply(byte_buffer_span(&longer)), VERIFICATION_SIGNATURE);
    byte_buffer_dispose(&longest);
    byte_buffer_dispose(&longer);
}

static void configured_issuers_are_the_only_ones(void **state)
{
    (void)state;
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
    struct policy policy = {.keys = &keys, .issuers = issuers, .issuer_count = 2};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct byte_buffer token = {0};
        put_es256(FORGE_EC_HEADER, span_of_string(rows[i].payload), &token);
        enum verification_code code = judge(&policy, byte_buffer_span(&token), URI, NOW);
        if (code != rows[i].code)
            fail_msg("%s: %d instead of %d", rows[i].payload, code, rows[i].code);
        byte_buffer_dispose(&token);
    }
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
    (void)state;
    struct key_set none = {0};
    struct policy policy = {.keys = &none};
    assert_int_equal(judge_simply(span_of("", 0)), VERIFICATION_SIGNATURE);
    assert_int_equal(judge(&policy, span_of_string(vector_renewable),
                           "http://cdni.example/foo/bar/123.ts", 1646867000),
                     VERIFICATION_SIGNATURE);
}

/* The same answers as without it: also before nbf, from exp on and for another URI. With no keys
 * left, only what is remembered is allowed. */
static void memory_changes_no_verdict(void **state)
{
    (void)state;
    struct byte_buffer token = {0};
    put_es256(FORGE_EC_HEADER, span_of_string("{\"exp\":1001,\"nbf\":990," CONTAINER "}"), &token);
    struct span text = byte_buffer_span(&token);
    struct key_set none = {0};
    struct policy policy = {.keys = &keys, .memory = verdict_memory_new(64)};
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
        cmocka_unit_test(payload_that_is_no_strict_object_is_refused_though_signed),
        cmocka_unit_test(header_beyond_alg_kid_and_typ_is_refused_though_signed),
        cmocka_unit_test(missing_kid_is_refused_even_with_one_key),
        cmocka_unit_test(key_decides_the_algorithm),
        cmocka_unit_test(broken_signatures_are_refused),
        cmocka_unit_test(any_changed_letter_is_refused),
        cmocka_unit_test(any_cut_token_is_refused),
        cmocka_unit_test(other_spellings_of_a_token_are_refused),
        cmocka_unit_test(signed_header_or_payload_with_junk_letters_is_refused),
        cmocka_unit_test(non_canonical_last_letter_is_refused),
        cmocka_unit_test(token_is_accepted_up_to_its_longest_and_no_longer),
        cmocka_unit_test(configured_issuers_are_the_only_ones),
        cmocka_unit_test(public_policy_asks_for_no_token),
        cmocka_unit_test(without_a_token_or_keys_nothing_is_allowed),
        cmocka_unit_test(memory_changes_no_verdict),
    };
    return cmocka_run_group_tests(tests, load_keys, free_keys);
}
