#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "auth/jwe.h"
#include "forge.h"
#include "judge.h"

#define HEADER FORGE_JWE_HEADER
#define IV "CLAu80xclc8Bp-Ui"
#define CIPHERTEXT "6P1A3F6ip2Dv"
#define TAG "CohdtLLpgBnTvRJQCFuz-g"

/* On an exact-size copy, so that a sanitizer sees a read of one byte too many. */
static enum status decrypt(const struct key_set *keys, struct span text,
                           struct byte_buffer *plaintext)
{
    uint8_t *copy = malloc(text.len + (text.len == 0));
    assert_non_null(copy);
    if (text.len > 0)
        memcpy(copy, text.base, text.len);
    enum status status = jwe_decrypt(span_of(copy, text.len), keys, plaintext);
    free(copy);
    if (status != STATUS_OK)
        assert_int_equal(plaintext->len, 0);
    return status;
}

static void assert_opens(const struct key_set *keys, struct span text, const char *expected)
{
    struct byte_buffer plaintext = {0};
    assert_int_equal(decrypt(keys, text, &plaintext), STATUS_OK);
    assert_true(span_is(byte_buffer_span(&plaintext), expected));
    byte_buffer_wipe(&plaintext);
}

static enum status open_forged(const struct key_set *keys, const char *header, struct span key,
                               const char *text)
{
    struct byte_buffer jwe = {0};
    struct byte_buffer plaintext = {0};
    forge_jwe(header, key, span_of_string(text), &jwe);
    enum status status = decrypt(keys, byte_buffer_span(&jwe), &plaintext);
    byte_buffer_dispose(&jwe);
    byte_buffer_wipe(&plaintext);
    return status;
}

static void rfc_vectors_open(void **state)
{
    assert_opens(*state, span_of_string(FORGE_JWE_SUBJECT), "UserToken");
    assert_opens(*state, span_of_string(FORGE_JWE_CLIENT), "[2001:db8::1/32]");
}

static void key_of_256_bits_opens(void **state)
{
    struct byte_buffer jwe = {0};
    forge_jwe(FORGE_CONTENT_HEADER, span_of(forge_content_key, 32), span_of_string("192.0.2.1"),
              &jwe);
    assert_opens(*state, byte_buffer_span(&jwe), "192.0.2.1");
    byte_buffer_dispose(&jwe);
}

static void any_changed_letter_is_refused(void **state)
{
    static const char text[] = FORGE_JWE_CLIENT;
    for (size_t i = 0; i < strlen(text); i++) {
        char changed[sizeof(text)];
        struct byte_buffer plaintext = {0};
        memcpy(changed, text, sizeof(text));
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        if (decrypt(*state, span_of_string(changed), &plaintext) == STATUS_OK)
            fail_msg("letter %zu", i);
        byte_buffer_dispose(&plaintext);
    }
}

static void any_cut_text_is_refused(void **state)
{
    static const char text[] = FORGE_JWE_CLIENT;
    for (size_t len = 0; len < strlen(text); len++) {
        struct byte_buffer plaintext = {0};
        if (decrypt(*state, span_of(text, len), &plaintext) == STATUS_OK)
            fail_msg("%zu letters", len);
        byte_buffer_dispose(&plaintext);
    }
}

static void another_form_is_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "....",
        ".....",
        "UserToken",
        HEADER ".." IV "." CIPHERTEXT,
        HEADER ".AAAA." IV "." CIPHERTEXT "." TAG,
        HEADER ".." IV ".." TAG,
        HEADER ".." IV "." CIPHERTEXT "." TAG ".",
        HEADER ".." IV "." CIPHERTEXT "." TAG "." TAG,
        HEADER ".." IV "." CIPHERTEXT "." TAG "=",
        HEADER ".." IV "." CIPHERTEXT "." TAG " ",
        " " HEADER ".." IV "." CIPHERTEXT "." TAG,
        HEADER "." IV "." CIPHERTEXT "." TAG,
        ".." IV "." CIPHERTEXT "." TAG,
        "e30.." IV "." CIPHERTEXT "." TAG,
        "W10.." IV "." CIPHERTEXT "." TAG,
        "AAAA.." IV "." CIPHERTEXT "." TAG,
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct byte_buffer plaintext = {0};
        if (decrypt(*state, span_of_string(texts[i]), &plaintext) != STATUS_INVALID)
            fail_msg("%s", texts[i]);
        byte_buffer_dispose(&plaintext);
    }
}

static void other_sizes_of_iv_and_tag_are_refused(void **state)
{
    static const char *const texts[] = {
        HEADER "..CLAu80xclc8Bp-." CIPHERTEXT "." TAG,
        HEADER "..AAAAAAAAAAAAAAAAAAAAAA." CIPHERTEXT "." TAG,
        HEADER "..AAAA." CIPHERTEXT "." TAG,
        HEADER ".." IV "." CIPHERTEXT ".CohdtLLpgBnTvRJQCFuz",
        HEADER ".." IV "." CIPHERTEXT ".CohdtLLpgBk",
        HEADER ".." IV "." CIPHERTEXT ".Cg",
        HEADER ".." IV "." CIPHERTEXT "." TAG "AA",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct byte_buffer plaintext = {0};
        if (decrypt(*state, span_of_string(texts[i]), &plaintext) == STATUS_OK)
            fail_msg("%s", texts[i]);
        byte_buffer_dispose(&plaintext);
    }
}

/* Each is encrypted as it says, so that only the header can be what is wrong. */
static void header_says_dir_a_cipher_and_a_key_and_no_more(void **state)
{
    static const struct {
        const char *header;
        enum status status;
    } rows[] = {
        {FORGE_CONTENT_HEADER, STATUS_OK},
        {"{\"alg\":\"dir\",\"enc\":\"A256GCM\",\"kid\":\"a256\",\"typ\":\"JWE\"}", STATUS_OK},
        {"{\"alg\":\"dir\",\"enc\":\"A256GCM\",\"kid\":\"a256\",\"zip\":\"DEF\"}", STATUS_INVALID},
        {"{\"alg\":\"dir\",\"enc\":\"A256GCM\",\"kid\":\"a256\",\"crit\":[]}", STATUS_INVALID},
        {"{\"alg\":\"dir\",\"enc\":\"A256GCM\",\"kid\":\"a256\",\"new\":1}", STATUS_INVALID},
        {"{\"alg\":\"dir\",\"enc\":\"A256GCM\",\"kid\":\"a256\",\"kid\":\"a256\"}", STATUS_INVALID},
        {"{\"alg\":\"dir\",\"enc\":\"A256GCM\"}", STATUS_INVALID},
        {"{\"alg\":\"dir\",\"kid\":\"a256\"}", STATUS_INVALID},
        {"{\"enc\":\"A256GCM\",\"kid\":\"a256\"}", STATUS_INVALID},
        {"{\"alg\":\"dir\",\"enc\":\"A256GCM\",\"kid\":256}", STATUS_INVALID},
        {"{\"alg\":\"DIR\",\"enc\":\"A256GCM\",\"kid\":\"a256\"}", STATUS_INVALID},
        {"{\"alg\":\"none\",\"enc\":\"A256GCM\",\"kid\":\"a256\"}", STATUS_INVALID},
        {"{\"alg\":\"A256KW\",\"enc\":\"A256GCM\",\"kid\":\"a256\"}", STATUS_INVALID},
        {"{\"alg\":\"RSA1_5\",\"enc\":\"A256GCM\",\"kid\":\"a256\"}", STATUS_INVALID},
        {"{\"alg\":\"dir\",\"enc\":\"A128GCM\",\"kid\":\"a256\"}", STATUS_NOT_FOUND},
        {"{\"alg\":\"dir\",\"enc\":\"A128CBC-HS256\",\"kid\":\"a256\"}", STATUS_NOT_FOUND},
        {"{\"alg\":\"dir\",\"enc\":\"a256gcm\",\"kid\":\"a256\"}", STATUS_NOT_FOUND},
        {"{\"alg\":\"dir\",\"enc\":\"A256GCM\",\"kid\":\"other\"}", STATUS_NOT_FOUND},
        {"{\"alg\":\"dir\",\"enc\":\"A256GCM\",\"kid\":\"\"}", STATUS_NOT_FOUND},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        enum status status =
            open_forged(*state, rows[i].header, span_of(forge_content_key, 32), "192.0.2.1");
        if (status != rows[i].status)
            fail_msg("%s: %s", rows[i].header, status_name(status));
    }
}

static void what_we_encrypt_opens(void **state)
{
    static const char *const kids[] = {FORGE_CONTENT_KID, "a256"};
    static const char *const texts[] = {"a", "192.0.2.0/24", "[2001:db8::1/32]"};
    for (size_t i = 0; i < 6; i++) {
        struct byte_buffer jwe = {0};
        struct byte_buffer again = {0};
        const struct content_key *key =
            key_set_find_content_key(*state, span_of_string(kids[i % 2]));
        jwe_encrypt(key, span_of_string(texts[i / 2]), &jwe);
        jwe_encrypt(key, span_of_string(texts[i / 2]), &again);
        assert_opens(*state, byte_buffer_span(&jwe), texts[i / 2]);
        assert_false(span_equal(byte_buffer_span(&jwe), byte_buffer_span(&again)));
        byte_buffer_dispose(&jwe);
        byte_buffer_dispose(&again);
    }
}

/* RFC 8725 3.1: the shared secret that signs has 256 bits, too. */
static void key_that_signs_opens_nothing(void **state)
{
    const struct key *key = judge_secret_key(*state);
    struct span secret = span_of(key->secret, key->secret_len);
    assert_int_equal(secret.len, 32);
    assert_int_equal(open_forged(*state,
                                 "{\"alg\":\"dir\",\"enc\":\"A256GCM\",\"kid\":\"" FORGE_SECRET_KID
                                 "\"}",
                                 secret, "192.0.2.1"),
                     STATUS_NOT_FOUND);
    assert_int_equal(open_forged(*state, FORGE_CONTENT_HEADER, secret, "192.0.2.1"),
                     STATUS_REFUSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc_vectors_open),
        cmocka_unit_test(key_of_256_bits_opens),
        cmocka_unit_test(any_changed_letter_is_refused),
        cmocka_unit_test(any_cut_text_is_refused),
        cmocka_unit_test(another_form_is_refused),
        cmocka_unit_test(other_sizes_of_iv_and_tag_are_refused),
        cmocka_unit_test(header_says_dir_a_cipher_and_a_key_and_no_more),
        cmocka_unit_test(what_we_encrypt_opens),
        cmocka_unit_test(key_that_signs_opens_nothing),
    };
    return cmocka_run_group_tests(tests, judge_load_keys, judge_free_keys);
}
