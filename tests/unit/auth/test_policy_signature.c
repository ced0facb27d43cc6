#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "forge.h"
#include "judge.h"

#define REPEAT_10(text) text text text text text text text text text text
#define LITERAL(text)                                                                              \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }

static void payload_that_is_no_strict_object_is_refused_though_signed(void **state)
{
    const struct key_set *keys = *state;
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
        enum verification_code code = judge_payload(keys, span_of(rows[i].bytes, rows[i].len));
        if (code != VERIFICATION_SIGNATURE)
            fail_msg("row %zu: %s: %d", i, rows[i].bytes, code);
    }
    assert_int_equal(
        judge_payload(keys, span_of_string("{\"exp\":1001,\"x\":[[[[[[[0]]]]]]]," CONTAINER "}")),
        VERIFICATION_OK);
}

static void header_beyond_alg_kid_and_typ_is_refused_though_signed(void **state)
{
    const struct key_set *keys = *state;
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
        judge_put_es256(rows[i].header, span_of_string(GOOD_PAYLOAD), &token);
        enum verification_code code = judge_simply(keys, byte_buffer_span(&token));
        if (code != rows[i].code)
            fail_msg("%s: %d instead of %d", rows[i].header, code, rows[i].code);
        byte_buffer_dispose(&token);
    }
}

static void missing_kid_is_refused_even_with_one_key(void **state)
{
    const struct key_set *keys = *state;
    struct key_set one = {.keys = keys->keys, .count = 1};
    struct policy policy = {.keys = &one};
    struct byte_buffer token = {0};
    judge_put_es256("{\"alg\":\"ES256\"}", span_of_string(GOOD_PAYLOAD), &token);
    assert_int_equal(judge(&policy, byte_buffer_span(&token), URI, NOW), VERIFICATION_SIGNATURE);
    byte_buffer_dispose(&token);
}

static void key_decides_the_algorithm(void **state)
{
    const struct key_set *keys = *state;
    char *public_pem = forge_public_pem(FORGE_EC_PEM);
    struct span pem = span_of_string(public_pem);
    struct span secret =
        span_of(judge_secret_key(keys)->secret, judge_secret_key(keys)->secret_len);
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
        enum verification_code code = judge_simply(keys, byte_buffer_span(&token));
        if (code != rows[i].code)
            fail_msg("row %zu: %d instead of %d", i, code, rows[i].code);
        byte_buffer_dispose(&token);
    }
    free(public_pem);
}

static void broken_signatures_are_refused(void **state)
{
    const struct key_set *keys = *state;
    static const uint8_t zeros[66] = {0};
    static const size_t lengths[] = {1, 31, 32, 63, 64, 65, 66};
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        struct byte_buffer token = {0};
        forge_unsigned(span_of_string(FORGE_EC_HEADER), span_of_string(GOOD_PAYLOAD), &token);
        forge_attach(span_of(zeros, lengths[i]), &token);
        assert_int_equal(judge_simply(keys, byte_buffer_span(&token)), VERIFICATION_SIGNATURE);
        byte_buffer_dispose(&token);
    }
}

static void any_changed_letter_is_refused(void **state)
{
    const struct key_set *keys = *state;
    struct byte_buffer token = {0};
    judge_put_es256(FORGE_EC_HEADER, span_of_string(GOOD_PAYLOAD), &token);
    for (size_t i = 0; i < token.len; i++) {
        uint8_t letter = token.base[i];
        token.base[i] = letter == 'A' ? 'B' : 'A';
        enum verification_code code = judge_simply(keys, byte_buffer_span(&token));
        if (code != VERIFICATION_SIGNATURE)
            fail_msg("letter %zu changed: %d", i, code);
        token.base[i] = letter;
    }
    assert_int_equal(judge_simply(keys, byte_buffer_span(&token)), VERIFICATION_OK);
    byte_buffer_dispose(&token);
}

static void any_cut_token_is_refused(void **state)
{
    const struct key_set *keys = *state;
    struct byte_buffer token = {0};
    judge_put_es256(FORGE_EC_HEADER, span_of_string(GOOD_PAYLOAD), &token);
    for (size_t len = 0; len < token.len; len++)
        assert_int_equal(judge_simply(keys, span_of(token.base, len)), VERIFICATION_SIGNATURE);
    byte_buffer_dispose(&token);
}

/* A signature covers the letters as they were sent, so other spellings of header or payload have to
 * be signed to be a test; those of the signature are free to anyone. */
static void other_spellings_of_a_token_are_refused(void **state)
{
    const struct key_set *keys = *state;
    static const char *const junk[] = {"=", "==",  " ", "\n", "\r\n", "\t",   "!", "~",  "+",
                                       "/", "%3D", ".", "..", "\0x",  "\x80", ",", "\"", "\\"};
    struct byte_buffer good = {0};
    judge_put_es256(FORGE_EC_HEADER, span_of_string(GOOD_PAYLOAD), &good);
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
            if (judge_simply(keys, byte_buffer_span(&token)) != VERIFICATION_SIGNATURE)
                fail_msg("junk %zu at place %zu", i, j);
            byte_buffer_dispose(&token);
        }
    }
    byte_buffer_dispose(&good);
}

static void signed_header_or_payload_with_junk_letters_is_refused(void **state)
{
    const struct key_set *keys = *state;
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
            forge_sign_es256(FORGE_EC_PEM, &token);
            if (judge_simply(keys, byte_buffer_span(&token)) != VERIFICATION_SIGNATURE)
                fail_msg("junk %zu at place %zu", i, j);
            byte_buffer_dispose(&token);
        }
        byte_buffer_dispose(&parts);
    }
}

/* The 86th letter of an ES256 signature carries two bits and four that must be zero. */
static void non_canonical_last_letter_is_refused(void **state)
{
    const struct key_set *keys = *state;
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    struct byte_buffer token = {0};
    judge_put_es256(FORGE_EC_HEADER, span_of_string(GOOD_PAYLOAD), &token);
    uint8_t *last = &token.base[token.len - 1];
    uint8_t canonical = *last;
    unsigned accepted = 0;
    for (size_t i = 0; i < 64; i++) {
        *last = (uint8_t)letters[i];
        if (judge_simply(keys, byte_buffer_span(&token)) == VERIFICATION_OK) {
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
    size_t around = ((sizeof(FORGE_EC_HEADER) - 1) * 4 + 2) / 3 + 86 + 2;
    while (around + (payload.len + 2) * 4 / 3 < len)
        byte_buffer_put_u8(&payload, 'x');
    byte_buffer_printf(&payload, "\"}");
    judge_put_es256(FORGE_EC_HEADER, byte_buffer_span(&payload), token);
    byte_buffer_dispose(&payload);
}

static void token_is_accepted_up_to_its_longest_and_no_longer(void **state)
{
    const struct key_set *keys = *state;
    struct byte_buffer longest = {0};
    struct byte_buffer longer = {0};
    put_token_of_about(TOKEN_MAX_LEN - 2, &longest);
    put_token_of_about(TOKEN_MAX_LEN + 1, &longer);
    assert_in_range(longest.len, TOKEN_MAX_LEN - 4, TOKEN_MAX_LEN);
    assert_in_range(longer.len, TOKEN_MAX_LEN + 1, TOKEN_MAX_LEN + 4);
    assert_int_equal(judge_simply(keys, byte_buffer_span(&longest)), VERIFICATION_OK);
    assert_int_equal(judge_simply(keys, byte_buffer_span(&longer)), VERIFICATION_SIGNATURE);
    byte_buffer_dispose(&longest);
    byte_buffer_dispose(&longer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
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
    };
    return cmocka_run_group_tests(tests, judge_load_keys, judge_free_keys);
}
