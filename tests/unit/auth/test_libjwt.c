/*
 * Our tokens beside another library's: what we sign, libjwt takes, and the other way round.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jwt.h>

#include "forge.h"
#include "judge.h"

#define JWKS                                                                                       \
    "{\"keys\":[" FORGE_ES384_JWK "," FORGE_RS256_JWK ",{" FORGE_EC_PUBLIC                         \
    ",\"d\":\"yaowezrCLTU6yIwUL5RQw67cHgvZeMTLVZXjUGb1A1M\"},"                                     \
    "{\"kty\":\"oct\",\"alg\":\"HS256\",\"kid\":\"shared\","                                       \
    "\"k\":\"YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXoxMjM0NTY\"}]}"

static const struct {
    const char *kid;
    jwt_alg_t algorithm;
    const char *signs; /* PEM, or the secret */
} rows[] = {
    {FORGE_EC_KID, JWT_ALG_ES256, FORGE_EC_PEM},
    {"es384", JWT_ALG_ES384, FORGE_ES384_PEM},
    {"rs256", JWT_ALG_RS256, FORGE_RS256_PEM},
    {"shared", JWT_ALG_HS256, "abcdefghijklmnopqrstuvwxyz123456"},
};

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

static int load(void **state)
{
    struct key_set *keys = calloc(1, sizeof(*keys));
    struct fault fault = {0};
    *state = keys;
    return keys != NULL && key_set_parse(span_of_string(JWKS), keys, &fault) == STATUS_OK ? 0 : -1;
}

static char *verifying_part(size_t row)
{
    return rows[row].algorithm == JWT_ALG_HS256 ? strdup(rows[row].signs)
                                                : forge_public_pem(rows[row].signs);
}

static void what_we_sign_libjwt_takes(void **state)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        struct mint_claims claims = {.uri_container = "regex:http://h/\\\"a",
                                     .expires_s = 4000000000,
                                     .not_before_s = 1,
                                     .issuer = "M\xc3\xa9"};
        struct byte_buffer token = {0};
        struct fault fault = {0};
        char *key = verifying_part(i);
        jwt_t *jwt = NULL;
        assert_int_equal(
            mint_token(key_set_find(*state, span_of_string(rows[i].kid)), &claims, &token, &fault),
            STATUS_OK);
        byte_buffer_put_u8(&token, '\0');
        assert_int_equal(
            jwt_decode(&jwt, (char *)token.base, (unsigned char *)key, (int)strlen(key)), 0);
        assert_int_equal(jwt_get_alg(jwt), rows[i].algorithm);
        assert_string_equal(jwt_get_header(jwt, "kid"), rows[i].kid);
        assert_string_equal(jwt_get_grant(jwt, "cdniuc"), claims.uri_container);
        assert_string_equal(jwt_get_grant(jwt, "iss"), claims.issuer);
        assert_int_equal(jwt_get_grant_int(jwt, "exp"), claims.expires_s);
        assert_int_equal(jwt_get_grant_int(jwt, "nbf"), claims.not_before_s);
        jwt_free(jwt);
        free(key);
        byte_buffer_dispose(&token);
    }
}

static void what_libjwt_signs_we_take(void **state)
{
    struct policy policy = {.keys = *state};
    for (size_t i = 0; i < ROW_COUNT; i++) {
        jwt_t *jwt = NULL;
        const char *key = rows[i].signs;
        assert_int_equal(jwt_new(&jwt), 0);
        assert_int_equal(jwt_add_header(jwt, "kid", rows[i].kid), 0);
        assert_int_equal(jwt_add_grant(jwt, "cdniuc", "regex:.*"), 0);
        assert_int_equal(jwt_add_grant_int(jwt, "exp", 4000000000), 0);
        assert_int_equal(
            jwt_set_alg(jwt, rows[i].algorithm, (const unsigned char *)key, (int)strlen(key)), 0);
        char *token = jwt_encode_str(jwt);
        assert_non_null(token);
        assert_int_equal(judge(&policy, span_of_string(token), URI, NOW), VERIFICATION_OK);
        free(token);
        jwt_free(jwt);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_we_sign_libjwt_takes),
        cmocka_unit_test(what_libjwt_signs_we_take),
    };
    return cmocka_run_group_tests(tests, load, judge_free_keys);
}
