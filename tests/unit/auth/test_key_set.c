#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "auth/base64url.h"
#include "auth/key_set.h"
#include "base/digest.h"
#include "forge.h"

#define X "be807S4O7dzB6I4hTiCUvmxCI6FuxWba1xYBlLSSsZ8"
#define Y "rOGC4vI69g-WF9AGEVI37sNNwbjIzBxSjLvIL7f3RBA"
#define D "yaowezrCLTU6yIwUL5RQw67cHgvZeMTLVZXjUGb1A1M"
#define K "hFHF4CeBuRsvbDL_Pq6JUNO4HM2Qd2n4nc5WYuH7CrE"
#define ZERO "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

#define SET(keys) "{\"keys\":[" keys "]}"
#define EC "\"kty\":\"EC\",\"crv\":\"P-256\",\"alg\":\"ES256\""
#define EC_KEY(kid) "{" EC ",\"kid\":\"" kid "\",\"x\":\"" X "\",\"y\":\"" Y "\"}"
#define OCT "\"kty\":\"oct\",\"alg\":\"HS256\""
#define OCT_KEY(kid) "{" OCT ",\"kid\":\"" kid "\",\"k\":\"" K "\"}"

static enum status parse(const char *json, struct key_set *set, struct fault *fault)
{
    *fault = (struct fault){0};
    return key_set_parse(span_of_string(json), set, fault);
}

static void published_key_is_read(void **state)
{
    (void)state;
    struct key_set set;
    struct fault fault;
    assert_int_equal(parse(FORGE_JWKS, &set, &fault), STATUS_OK);
    assert_int_equal(set.count, 2);
    const struct key *ec = key_set_find(&set, span_of_string(FORGE_EC_KID));
    const struct key *oct = key_set_find(&set, span_of_string(FORGE_SECRET_KID));
    assert_ptr_equal(ec, &set.keys[0]);
    assert_ptr_equal(oct, &set.keys[1]);
    assert_int_equal(ec->algorithm, KEY_ES256);
    assert_non_null(ec->pair);
    assert_null(ec->secret);
    assert_int_equal(oct->algorithm, KEY_HS256);
    assert_int_equal(oct->secret_len, 32);
    assert_int_equal(oct->secret[0], 0x84);
    assert_null(oct->pair);
    assert_true(key_can_sign(ec) && key_can_sign(oct));
    assert_null(key_set_find(&set, span_of_string("share")));
    assert_null(key_set_find(&set, span_of_string("")));
    key_set_dispose(&set);
    assert_int_equal(set.count, 0);
}

static void public_key_cannot_sign(void **state)
{
    (void)state;
    struct key_set set;
    struct fault fault;
    assert_int_equal(parse(SET(EC_KEY("a")), &set, &fault), STATUS_OK);
    assert_false(key_can_sign(&set.keys[0]));
    key_set_dispose(&set);
}

static void keys_that_are_not_ours_are_skipped(void **state)
{
    (void)state;
    static const struct {
        const char *json;
        size_t count;
    } rows[] = {
        {SET(""), 0},
        {"{\"keys\":[],\"more\":1}", 0},
        {SET("{\"kty\":\"RSA\",\"use\":\"enc\",\"n\":\"AQAB\",\"e\":\"AQAB\"}"), 0},
        {SET("{\"kty\":\"OKP\",\"crv\":\"X25519\"}"), 0},
        {SET("{\"kty\":\"EC\",\"crv\":\"P-521\",\"alg\":\"ES512\",\"kid\":\"a\"}"), 0},
        {SET("{\"kty\":\"oct\",\"alg\":\"A192GCM\",\"k\":\"4uFxxV7fhNmrtiah2d1fFg\"}"), 0},
        {SET("{\"kty\":\"oct\",\"alg\":\"dir\",\"k\":\"4uFxxV7fhNmrtiah2d1fFg\"}"), 0},
        {SET("{\"kty\":\"oct\",\"use\":\"enc\",\"k\":\"4uFxxV7fhNmrtiah2d1fFg\"}"), 0},
        {SET("{\"kty\":\"EC\",\"alg\":\"A128GCM\",\"crv\":\"P-521\"}"), 0},
        {SET("{\"kty\":\"oct\",\"alg\":\"HS512\",\"k\":\"AAAA\"}"), 0},
        {SET("{\"kty\":\"new\"}," EC_KEY("a")), 1},
        {SET(EC_KEY("a") "," OCT_KEY("b")), 2},
        {SET("{" EC ",\"kid\":\"a\",\"x\":\"" X "\",\"y\":\"" Y
             "\",\"use\":\"sig\",\"x5t\":\"\",\"ext\":true,\"key_ops\":[\"verify\"]}"),
         1},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct key_set set;
        struct fault fault;
        if (parse(rows[i].json, &set, &fault) != STATUS_OK)
            fail_msg("%s: %s", rows[i].json, fault.text);
        assert_int_equal(set.count, rows[i].count);
        key_set_dispose(&set);
    }
}

#define A128 "\"kty\":\"oct\",\"alg\":\"A128GCM\",\"k\":\"4uFxxV7fhNmrtiah2d1fFg\""
#define A256 "\"kty\":\"oct\",\"alg\":\"A256GCM\",\"k\":\"" K "\""

/* Whoever looks for a key to verify with finds none of them, and the other way round. */
static void keys_that_encrypt_are_kept_apart(void **state)
{
    (void)state;
    struct key_set set;
    struct fault fault;
    assert_int_equal(parse(SET("{" A128 ",\"kid\":\"a\",\"use\":\"enc\"}," EC_KEY(
                               "b") ",{" A256 ",\"kid\":\"c\"}"),
                           &set, &fault),
                     STATUS_OK);
    assert_int_equal(set.count, 1);
    assert_int_equal(set.content_key_count, 2);
    const struct content_key *a = key_set_find_content_key(&set, span_of_string("a"));
    const struct content_key *c = key_set_find_content_key(&set, span_of_string("c"));
    assert_string_equal(content_key_algorithm(a), "A128GCM");
    assert_int_equal(a->k.len, 16);
    assert_int_equal(a->k.base[0], 0xe2);
    assert_string_equal(content_key_algorithm(c), "A256GCM");
    assert_int_equal(c->k.len, 32);
    assert_null(key_set_find(&set, span_of_string("a")));
    assert_null(key_set_find_content_key(&set, span_of_string("b")));
    assert_true(key_set_has_secrets(&set));
    key_set_dispose(&set);
    assert_int_equal(set.content_key_count, 0);
}

/* `words` is what the message must name. */
static void odd_and_weak_keys_are_refused_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *json;
        const char *words;
    } rows[] = {
        {"", "JSON"},
        {"[]", "JSON"},
        {"{}", "keys"},
        {"{\"keys\":{}}", "keys"},
        {SET("1"), "key 0"},
        {SET(EC_KEY("a")) "x", "JSON"},
        {"{\"keys\":[],\"keys\":[]}", "doubled"},
        {SET("{" EC ",\"kid\":\"a\",\"kid\":\"b\",\"x\":\"" X "\",\"y\":\"" Y "\"}"), "doubled"},
        {SET("{\"kty\":1}"), "\"kty\""},
        {SET("{}"), "\"kty\""},
        {SET("{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"a\",\"x\":\"" X "\",\"y\":\"" Y "\"}"),
         "key 0 (a): \"alg\""},
        {SET("{\"kty\":\"oct\",\"kid\":\"a\",\"k\":\"" K "\"}"), "\"alg\""},
        {SET("{" EC ",\"x\":\"" X "\",\"y\":\"" Y "\"}"), "\"kid\""},
        {SET(EC_KEY("")), "\"kid\""},
        {SET(EC_KEY("a\\n")), "\"kid\""},
        {SET(EC_KEY("a\\u001b[2J")), "\"kid\""},
        {SET("{" EC ",\"kid\":7,\"x\":\"" X "\",\"y\":\"" Y "\"}"), "\"kid\""},
        {SET(EC_KEY("a") "," OCT_KEY("a")), "key 1 (a): an earlier key"},
        {SET(EC_KEY("a") ",{" A128 ",\"kid\":\"a\"}"), "key 1 (a): an earlier key"},
        {SET("{" A128 ",\"kid\":\"a\"}," OCT_KEY("a")), "key 1 (a): an earlier key"},
        {SET("{" A128 "}"), "\"kid\""},
        {SET("{" A128 ",\"kid\":\"a\",\"use\":\"sig\"}"), "\"use\" must be \"enc\""},
        {SET("{\"kty\":\"oct\",\"alg\":\"A256GCM\",\"kid\":\"a\","
             "\"k\":\"4uFxxV7fhNmrtiah2d1fFg\"}"),
         "\"k\" must be 32 bytes"},
        {SET("{\"kty\":\"oct\",\"alg\":\"A128GCM\",\"kid\":\"a\",\"k\":\"" K "\"}"), "16 bytes"},
        {SET("{\"kty\":\"oct\",\"alg\":\"A128GCM\",\"kid\":\"a\",\"k\":\"=\"}"), "\"k\""},
        {SET("{\"kty\":\"oct\",\"alg\":\"A128GCM\",\"kid\":\"a\"}"), "\"k\""},
        {SET("{\"kty\":\"EC\",\"crv\":\"P-256\",\"alg\":\"ES384\",\"kid\":\"a\"}"), "contradicts"},
        {SET("{\"kty\":\"EC\",\"crv\":\"P-256\",\"alg\":\"HS256\",\"kid\":\"a\"}"), "contradicts"},
        {SET("{\"kty\":\"EC\",\"crv\":\"P-384\",\"alg\":\"ES256\",\"kid\":\"a\"}"), "contradicts"},
        {SET("{\"kty\":\"oct\",\"alg\":\"ES256\",\"kid\":\"a\",\"k\":\"" K "\"}"), "contradicts"},
        {SET("{\"kty\":\"RSA\",\"alg\":\"ES256\",\"kid\":\"a\"}"), "contradicts"},
        {SET("{\"kty\":\"RSA\",\"alg\":\"HS256\",\"kid\":\"a\"}"), "contradicts"},
        {SET("{" EC ",\"kid\":\"a\",\"x\":\"" X "\",\"y\":\"" Y "\",\"use\":\"enc\"}"), "\"use\""},
        {SET("{" EC ",\"kid\":\"a\",\"x\":\"" X "\"}"), "\"y\""},
        {SET("{" EC ",\"kid\":\"a\",\"x\":\"" X "=\",\"y\":\"" Y "\"}"), "\"x\""},
        {SET("{" EC ",\"kid\":\"a\",\"x\":\"AAAA\",\"y\":\"" Y "\"}"), "\"x\""},
        {SET("{" EC ",\"kid\":\"a\",\"x\":\"" X "\",\"y\":\"" X "\"}"), "P-256"},
        {SET("{" EC ",\"kid\":\"a\",\"x\":\"" ZERO "\",\"y\":\"" ZERO "\"}"), "P-256"},
        {SET("{" EC ",\"kid\":\"a\",\"x\":\"" X "\",\"y\":\"" Y "\",\"d\":\"" K "\"}"), "belong"},
        {SET("{" EC ",\"kid\":\"a\",\"x\":\"" X "\",\"y\":\"" Y "\",\"d\":\"" ZERO "\"}"), "d"},
        {SET("{" EC ",\"kid\":\"a\",\"x\":\"" X "\",\"y\":\"" Y "\",\"d\":\"\"}"), "\"d\""},
        /* the last letter of D carries four bits and two that must be zero */
        {SET("{" EC ",\"kid\":\"a\",\"x\":\"" X "\",\"y\":\"" Y
             "\",\"d\":\"yaowezrCLTU6yIwUL5RQw67cHgvZeMTLVZXjUGb1A1N\"}"),
         "\"d\""},
        {SET("{" OCT ",\"kid\":\"a\"}"), "\"k\""},
        {SET("{" OCT ",\"kid\":\"a\",\"k\":\"\"}"), "32"},
        {SET("{" OCT ",\"kid\":\"a\",\"k\":\"c2VjcmV0\"}"), "32"},
        {SET("{" OCT ",\"kid\":\"a\",\"k\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}"), "31"},
        {SET("{" OCT ",\"kid\":\"a\",\"k\":\"" K "=\"}"), "\"k\""},
        {SET("{" OCT ",\"kid\":\"a\",\"k\":\"hFHF4CeBuRsvbDL_Pq6JUNO4HM2Qd2n4nc5WYuH7CrF\"}"),
         "\"k\""},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct key_set set;
        struct fault fault;
        if (parse(rows[i].json, &set, &fault) != STATUS_INVALID)
            fail_msg("accepted: %s", rows[i].json);
        if (strstr(fault.text, rows[i].words) == NULL)
            fail_msg("%s: \"%s\" lacks \"%s\"", rows[i].json, fault.text, rows[i].words);
        assert_int_equal(set.count, 0);
        assert_null(set.keys);
    }
}

static void message_holds_nothing_secret(void **state)
{
    (void)state;
    struct key_set set;
    struct fault fault;
    assert_int_equal(parse(SET("{" OCT ",\"kid\":\"a\",\"k\":\"c2VjcmV0\"}"), &set, &fault),
                     STATUS_INVALID);
    assert_null(strstr(fault.text, "c2VjcmV0"));
    assert_null(strstr(fault.text, "secret"));
}

static void document_is_bounded(void **state)
{
    (void)state;
    struct byte_buffer json = {0};
    struct key_set set;
    struct fault fault = {0};
    byte_buffer_printf(&json, "{\"keys\":[");
    for (unsigned i = 0; i <= KEY_SET_MAX_KEYS; i++)
        byte_buffer_printf(&json, "%s{%s,\"kid\":\"%u\",\"k\":\"%s\"}", i > 0 ? "," : "", OCT, i,
                           K);
    byte_buffer_printf(&json, "]}");
    assert_int_equal(key_set_parse(byte_buffer_span(&json), &set, &fault), STATUS_LIMIT);
    byte_buffer_put_zeros(&json, KEY_SET_MAX_BYTES);
    assert_int_equal(key_set_parse(byte_buffer_span(&json), &set, &fault), STATUS_LIMIT);
    byte_buffer_dispose(&json);
}

/* RFC 7638 3.1's way, on the members as they were printed. */
static void new_key_is_named_by_its_thumbprint(void **state)
{
    (void)state;
    static const char *const first_members[KEY_ALGORITHM_COUNT] = {
        [KEY_ES256] = "\"crv\"", [KEY_ES384] = "\"crv\"", [KEY_RS256] = "\"e\"",
        [KEY_PS256] = "\"e\"",   [KEY_EDDSA] = "\"crv\"", [KEY_HS256] = "\"k\":",
    };
    for (int algorithm = 0; algorithm < KEY_ALGORITHM_COUNT; algorithm++) {
        struct byte_buffer jwk = {0};
        struct byte_buffer required = {0};
        struct byte_buffer kid = {0};
        struct fault fault = {0};
        assert_int_equal(
            key_generate(key_algorithm_name((enum key_algorithm)algorithm), NULL, &jwk, &fault),
            STATUS_OK);
        byte_buffer_put_u8(&jwk, '\0');
        const char *text = (const char *)jwk.base;
        const char *start = strstr(text, first_members[algorithm]);
        const char *end = algorithm == KEY_HS256 ? strrchr(text, '}') : strstr(text, ",\"d\"");
        assert_true(start != NULL && end != NULL);
        byte_buffer_printf(&required, "{%.*s}", (int)(end - start), start);
        struct digest digest = digest_sha256(byte_buffer_span(&required));
        base64url_encode(span_of(digest.bytes, 9), &kid);
        assert_memory_equal(text, "{\"kid\":\"", 8);
        assert_memory_equal(text + 8, kid.base, 12);
        assert_int_equal(text[8 + 12], '"');
        byte_buffer_dispose(&jwk);
        byte_buffer_dispose(&required);
        byte_buffer_dispose(&kid);
    }
}

static void new_key_that_encrypts_is_as_long_as_its_algorithm_says(void **state)
{
    (void)state;
    static const struct {
        const char *algorithm;
        size_t len;
    } rows[] = {{"A128GCM", 16}, {"A256GCM", 32}};
    for (size_t i = 0; i < 2; i++) {
        struct byte_buffer jwk = {0};
        struct byte_buffer json = {0};
        struct key_set set;
        assert_int_equal(key_generate(rows[i].algorithm, NULL, &jwk, NULL), STATUS_OK);
        assert_int_equal(key_set_append(span_of("", 0), byte_buffer_span(&jwk), &json, NULL),
                         STATUS_OK);
        assert_int_equal(key_set_parse(byte_buffer_span(&json), &set, NULL), STATUS_OK);
        assert_int_equal(set.count, 0);
        assert_int_equal(set.content_key_count, 1);
        assert_int_equal(set.content_keys[0].k.len, rows[i].len);
        assert_string_equal(content_key_algorithm(&set.content_keys[0]), rows[i].algorithm);
        assert_int_equal(strlen(set.content_keys[0].kid), 12);
        byte_buffer_put_u8(&json, '\0');
        assert_non_null(strstr((const char *)json.base, "\"use\": \"enc\""));
        key_set_dispose(&set);
        byte_buffer_dispose(&jwk);
        byte_buffer_dispose(&json);
    }
}

static void no_key_is_made_for_another_algorithm(void **state)
{
    (void)state;
    static const char *const names[] = {"", "none", "es256", "RS512", "A192GCM", "dir"};
    struct byte_buffer jwk = {0};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        assert_int_equal(key_generate(names[i], NULL, &jwk, NULL), STATUS_INVALID);
        assert_int_equal(jwk.len, 0);
    }
}

static void key_id_of_ones_own_must_be_plain(void **state)
{
    (void)state;
    static const char *const kids[] = {"", "a b", "a\"", "a\\", "a/b", "a\n", "\xc3\xa9"};
    struct byte_buffer jwk = {0};
    for (size_t i = 0; i < sizeof(kids) / sizeof(kids[0]); i++) {
        struct fault fault = {0};
        assert_int_equal(key_generate("ES256", kids[i], &jwk, &fault), STATUS_INVALID);
        assert_int_equal(jwk.len, 0);
    }
    byte_buffer_dispose(&jwk);
}

static void appended_key_is_last_and_the_rest_stays(void **state)
{
    (void)state;
    struct byte_buffer jwk = {0};
    struct byte_buffer out = {0};
    struct key_set set;
    struct fault fault = {0};
    assert_int_equal(key_generate("ES256", "mine", &jwk, &fault), STATUS_OK);
    struct span old = span_of_string("{\"note\":\"ours\",\"keys\":[{\"kty\":\"RSA\",\"alg\":"
                                     "\"RS512\",\"kid\":\"r\",\"n\":\"AQAB\"}," OCT_KEY("b") "]}");
    assert_int_equal(key_set_append(old, byte_buffer_span(&jwk), &out, &fault), STATUS_OK);
    assert_int_equal(key_set_parse(byte_buffer_span(&out), &set, &fault), STATUS_OK);
    assert_int_equal(set.count, 2);
    assert_string_equal(set.keys[0].kid, "b");
    assert_string_equal(set.keys[1].kid, "mine");
    assert_true(key_can_sign(&set.keys[1]));
    byte_buffer_put_u8(&out, '\0');
    assert_non_null(strstr((const char *)out.base, "\"note\": \"ours\""));
    assert_non_null(strstr((const char *)out.base, "\"n\": \"AQAB\""));
    key_set_dispose(&set);
    byte_buffer_dispose(&jwk);
    byte_buffer_dispose(&out);
}

static void appending_a_known_kid_is_refused(void **state)
{
    (void)state;
    struct byte_buffer out = {0};
    struct fault fault = {0};
    /* even that of a key which is not ours */
    struct span old = span_of_string(SET("{\"kty\":\"RSA\",\"alg\":\"RS512\",\"kid\":\"a\"}"));
    assert_int_equal(key_set_append(old, span_of_string(OCT_KEY("a")), &out, &fault),
                     STATUS_INVALID);
    assert_int_equal(out.len, 0);
    assert_int_equal(key_set_append(span_of("", 0), span_of_string("{}"), &out, &fault),
                     STATUS_INVALID);
    assert_int_equal(
        key_set_append(span_of_string("{"), span_of_string(OCT_KEY("a")), &out, &fault),
        STATUS_INVALID);
    byte_buffer_dispose(&out);
}

static void algorithm_names_are_exact(void **state)
{
    (void)state;
    enum key_algorithm algorithm;
    assert_true(key_algorithm_parse(span_of_string("ES256"), &algorithm));
    assert_int_equal(algorithm, KEY_ES256);
    assert_true(key_algorithm_parse(span_of_string("HS256"), &algorithm));
    assert_int_equal(algorithm, KEY_HS256);
    assert_false(key_algorithm_parse(span_of_string("es256"), &algorithm));
    assert_false(key_algorithm_parse(span_of_string("none"), &algorithm));
    assert_false(key_algorithm_parse(span_of("", 0), &algorithm));
    assert_string_equal(key_algorithm_name(KEY_HS256), "HS256");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_key_is_read),
        cmocka_unit_test(public_key_cannot_sign),
        cmocka_unit_test(keys_that_are_not_ours_are_skipped),
        cmocka_unit_test(keys_that_encrypt_are_kept_apart),
        cmocka_unit_test(odd_and_weak_keys_are_refused_by_name),
        cmocka_unit_test(message_holds_nothing_secret),
        cmocka_unit_test(document_is_bounded),
        cmocka_unit_test(new_key_is_named_by_its_thumbprint),
        cmocka_unit_test(new_key_that_encrypts_is_as_long_as_its_algorithm_says),
        cmocka_unit_test(no_key_is_made_for_another_algorithm),
        cmocka_unit_test(key_id_of_ones_own_must_be_plain),
        cmocka_unit_test(appended_key_is_last_and_the_rest_stays),
        cmocka_unit_test(appending_a_known_kid_is_refused),
        cmocka_unit_test(algorithm_names_are_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
