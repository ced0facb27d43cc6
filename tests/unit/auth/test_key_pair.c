#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "forge.h"

#define SET(jwk) "{\"keys\":[" jwk "]}"

static const enum key_algorithm pairs[] = {KEY_ES256, KEY_ES384, KEY_RS256, KEY_PS256, KEY_EDDSA};

#define PAIR_COUNT (sizeof(pairs) / sizeof(pairs[0]))

static const size_t signature_lens[KEY_ALGORITHM_COUNT] = {
    [KEY_ES256] = 64,  [KEY_ES384] = 96, [KEY_RS256] = 256,
    [KEY_PS256] = 256, [KEY_EDDSA] = 64, [KEY_HS256] = 32,
};

static void make_set(enum key_algorithm algorithm, struct key_set *set)
{
    struct byte_buffer jwk = {0};
    struct byte_buffer json = {0};
    struct fault fault = {0};
    assert_int_equal(key_generate(key_algorithm_name(algorithm), NULL, &jwk, &fault), STATUS_OK);
    byte_buffer_printf(&json, "{\"keys\":[%.*s]}", SPAN_PRINT(byte_buffer_span(&jwk)));
    if (key_set_parse(byte_buffer_span(&json), set, &fault) != STATUS_OK)
        fail_msg("%s: %s", key_algorithm_name(algorithm), fault.text);
    assert_int_equal(set->count, 1);
    byte_buffer_dispose(&jwk);
    byte_buffer_dispose(&json);
}

static void a_new_key_signs_what_it_verifies_and_nothing_else(void **state)
{
    (void)state;
    for (int algorithm = 0; algorithm < KEY_ALGORITHM_COUNT; algorithm++) {
        struct key_set set;
        struct key_set other;
        struct byte_buffer signature = {0};
        struct span text = span_of_string("header.payload");
        make_set((enum key_algorithm)algorithm, &set);
        make_set((enum key_algorithm)algorithm, &other);
        const struct key *key = &set.keys[0];
        assert_true(key_can_sign(key));
        key_sign(key, text, &signature);
        assert_int_equal(signature.len, signature_lens[algorithm]);
        assert_true(key_verifies(key, text, byte_buffer_span(&signature)));
        assert_false(
            key_verifies(key, span_of_string("header.payloae"), byte_buffer_span(&signature)));
        assert_false(key_verifies(&other.keys[0], text, byte_buffer_span(&signature)));
        for (size_t i = 0; i < signature.len; i++) {
            signature.base[i] ^= 1;
            assert_false(key_verifies(key, text, byte_buffer_span(&signature)));
            signature.base[i] ^= 1;
        }
        byte_buffer_dispose(&signature);
        key_set_dispose(&set);
        key_set_dispose(&other);
    }
}

/* On an exact-size copy, so that a sanitizer sees a byte too many being read. */
static bool verifies_bytes(const struct key *key, uint8_t fill, size_t len)
{
    uint8_t *bytes = malloc(len + (len == 0));
    assert_non_null(bytes);
    memset(bytes, fill, len);
    bool verifies = key_verifies(key, span_of_string("text"), span_of(bytes, len));
    free(bytes);
    return verifies;
}

static void a_signature_of_another_length_or_of_nothing_is_none(void **state)
{
    (void)state;
    for (size_t i = 0; i < PAIR_COUNT; i++) {
        struct key_set set;
        make_set(pairs[i], &set);
        for (size_t len = 0; len <= 2 * signature_lens[pairs[i]]; len++) {
            assert_false(verifies_bytes(&set.keys[0], 0, len));
            assert_false(verifies_bytes(&set.keys[0], 0xff, len));
        }
        key_set_dispose(&set);
    }
}

static void keys_of_other_makers_are_read(void **state)
{
    (void)state;
    static const char json[] =
        SET(FORGE_ES384_JWK "," FORGE_RS256_JWK "," FORGE_PS256_JWK "," FORGE_EDDSA_JWK);
    struct key_set set;
    struct fault fault = {0};
    assert_int_equal(key_set_parse(span_of_string(json), &set, &fault), STATUS_OK);
    assert_int_equal(set.count, 4);
    for (size_t i = 0; i < set.count; i++)
        assert_true(key_can_sign(&set.keys[i]));
    key_set_dispose(&set);
}

/* RFC 8037, appendix A: the key, and a signature that every other maker must make, too. */
static void ed25519_signs_as_the_rfc_says(void **state)
{
    (void)state;
    static const char json[] =
        SET("{\"kid\":\"a\",\"alg\":\"EdDSA\",\"kty\":\"OKP\",\"crv\":\"Ed25519\","
            "\"d\":\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\","
            "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}");
    static const uint8_t first_bytes[] = {0x86, 0x0c, 0x98, 0xd2, 0x29, 0x7f, 0x30, 0x60};
    struct key_set set;
    struct fault fault = {0};
    struct byte_buffer signature = {0};
    assert_int_equal(key_set_parse(span_of_string(json), &set, &fault), STATUS_OK);
    key_sign(&set.keys[0],
             span_of_string("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"),
             &signature);
    assert_memory_equal(signature.base, first_bytes, sizeof(first_bytes));
    byte_buffer_dispose(&signature);
    key_set_dispose(&set);
}

static void unsound_keys_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *json;
        const char *reason;
    } rows[] = {
        {SET(FORGE_WEAK_RSA_JWK), "1024 bits"},
        {SET("{\"kid\":\"a\",\"alg\":\"RS256\",\"kty\":\"RSA\",\"e\":\"AQAB\"}"),
         "\"n\" is missing"},
        {SET("{\"kid\":\"a\",\"alg\":\"RS256\",\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}"),
         "17 bits"},
        {SET("{\"kid\":\"a\",\"alg\":\"RS256\",\"kty\":\"RSA\",\"n\":\"AA\",\"e\":\"AA\"}"), ""},
        {SET("{\"kid\":\"a\",\"alg\":\"RS256\",\"kty\":\"EC\",\"crv\":\"P-256\"}"), "contradicts"},
        {SET("{\"kid\":\"a\",\"alg\":\"ES384\",\"kty\":\"EC\",\"crv\":\"P-256\"}"), "contradicts"},
        {SET("{\"kid\":\"a\",\"alg\":\"ES512\",\"kty\":\"EC\",\"crv\":\"P-256\"}"), "contradicts"},
        {SET("{\"kid\":\"a\",\"kty\":\"RSA\"}"), "\"alg\" is missing"},
        {SET("{\"kid\":\"a\",\"kty\":\"OKP\",\"crv\":\"Ed25519\"}"), "\"alg\" is missing"},
        {SET("{\"kid\":\"a\",\"alg\":\"EdDSA\",\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":"
             "\"AQAB\"}"),
         "32 bytes"},
        {SET("{\"kid\":\"a\",\"alg\":\"EdDSA\",\"kty\":\"OKP\",\"crv\":\"Ed25519\"}"),
         "\"x\" is missing"},
        {SET("{\"kid\":\"a\",\"alg\":\"EdDSA\",\"kty\":\"OKP\",\"crv\":\"Ed25519\","
             "\"d\":\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2E\","
             "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}"),
         "belong"},
        {SET("{" FORGE_EC_PUBLIC ",\"d\":\"yaowezrCLTU6yIwUL5RQw67cHgvZeMTLVZXjUGb1A1N\"}"),
         "base64url"},
        {SET("{" FORGE_EC_PUBLIC ",\"d\":\"zaowezrCLTU6yIwUL5RQw67cHgvZeMTLVZXjUGb1A1M\"}"),
         "belong"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct key_set set;
        struct fault fault = {0};
        if (key_set_parse(span_of_string(rows[i].json), &set, &fault) != STATUS_INVALID ||
            strstr(fault.text, rows[i].reason) == NULL)
            fail_msg("row %zu: %s", i, fault.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_key_signs_what_it_verifies_and_nothing_else),
        cmocka_unit_test(a_signature_of_another_length_or_of_nothing_is_none),
        cmocka_unit_test(keys_of_other_makers_are_read),
        cmocka_unit_test(ed25519_signs_as_the_rfc_says),
        cmocka_unit_test(unsound_keys_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
