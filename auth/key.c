#include "auth/key.h"

#include "auth/base64url.h"
#include "auth/key_id.h"
#include "base/digest.h"

#include <stdlib.h>

#define SECRET_MIN_LEN 32 /* RFC 7518 3.2: at least as long as the hash */
#define SECRET_MAX_LEN 1024

void key_dispose(struct key *key)
{
    free(key->kid);
    key_pair_free(key->pair);
    if (key->secret != NULL)
        explicit_bzero(key->secret, key->secret_len);
    free(key->secret);
    *key = (struct key){0};
}

bool key_can_sign(const struct key *key)
{
    return key->pair != NULL ? key_pair_can_sign(key->pair) : key->secret != NULL;
}

bool key_verifies(const struct key *key, struct span text, struct span signature)
{
    if (key->pair != NULL)
        return key_pair_verify(key->pair, text, signature);
    struct digest mac = digest_hmac_sha256(span_of(key->secret, key->secret_len), text);
    return digest_is(&mac, signature);
}

void key_sign(const struct key *key, struct span text, struct byte_buffer *signature)
{
    if (key->pair != NULL) {
        key_pair_sign(key->pair, text, signature);
    } else {
        struct digest mac = digest_hmac_sha256(span_of(key->secret, key->secret_len), text);
        byte_buffer_put(signature, span_of(mac.bytes, DIGEST_LEN));
    }
}

static bool is(const char *text, const char *expected)
{
    return text != NULL && expected != NULL && strcmp(text, expected) == 0;
}

static enum status read_numbers(const struct jwk *jwk, enum key_algorithm algorithm,
                                struct key_numbers *numbers, struct fault *fault)
{
    for (enum key_number i = 0; i < KEY_NUMBER_COUNT; i++) {
        if (jwk->numbers[i] == NULL || !key_number_belongs(i, algorithm))
            continue;
        if (base64url_decode(span_of_string(jwk->numbers[i]), &numbers->bytes[i]) != STATUS_OK ||
            numbers->bytes[i].len == 0)
            return fault_raise(fault, STATUS_INVALID, "\"%s\" must be base64url without padding",
                               key_number_name(i));
    }
    return STATUS_OK;
}

static enum status read_pair(const struct jwk *jwk, struct key *key, struct fault *fault)
{
    struct key_numbers numbers = {0};
    enum status status = read_numbers(jwk, key->algorithm, &numbers, fault);
    if (status == STATUS_OK)
        status = key_pair_new(key->algorithm, &numbers, &key->pair, fault);
    key_numbers_dispose(&numbers);
    return status;
}

static enum status read_secret(const struct jwk *jwk, struct key *key, struct fault *fault)
{
    struct byte_buffer bytes = {0};
    bool spelled =
        jwk->secret != NULL && base64url_decode(span_of_string(jwk->secret), &bytes) == STATUS_OK;
    key->secret = bytes.base;
    key->secret_len = bytes.len;
    if (!spelled)
        return fault_raise(fault, STATUS_INVALID, "\"k\" must be base64url without padding");
    if (bytes.len < SECRET_MIN_LEN || bytes.len > SECRET_MAX_LEN)
        return fault_raise(fault, STATUS_INVALID,
                           "\"k\" has %zu bytes and must have %d to %d: use one of 32 random bytes",
                           bytes.len, SECRET_MIN_LEN, SECRET_MAX_LEN);
    return STATUS_OK;
}

static bool has_kind_of(const struct jwk *jwk, enum key_algorithm algorithm)
{
    const char *curve = key_algorithm_curve(algorithm);
    return is(jwk->type, key_algorithm_type(algorithm)) && (curve == NULL || is(jwk->curve, curve));
}

/* A kind of key for which there is one algorithm alone, which we know. */
static bool is_kind_of_one_algorithm(const struct jwk *jwk)
{
    return has_kind_of(jwk, KEY_ES256) || has_kind_of(jwk, KEY_ES384) ||
           has_kind_of(jwk, KEY_EDDSA);
}

/* Whether it might be meant for us although it does not say what it is for. */
static bool lacks_algorithm(const struct jwk *jwk)
{
    bool is_our_kind = false;
    for (int i = 0; i < KEY_ALGORITHM_COUNT; i++)
        is_our_kind = is_our_kind || has_kind_of(jwk, (enum key_algorithm)i);
    return jwk->algorithm == NULL && is_our_kind && (jwk->use == NULL || is(jwk->use, "sig"));
}

/* Whether the key is one of ours, and sound as far as its names go. Sets *algorithm if ours. */
static enum status classify(const struct jwk *jwk, bool *is_ours, enum key_algorithm *algorithm,
                            struct fault *fault)
{
    *is_ours = false;
    if (jwk->type == NULL)
        return fault_raise(fault, STATUS_INVALID, "\"kty\" is missing");
    if (lacks_algorithm(jwk))
        return fault_raise(fault, STATUS_INVALID, "\"alg\" is missing: " KEY_ALGORITHM_NAMES);
    bool named =
        jwk->algorithm != NULL && key_algorithm_parse(span_of_string(jwk->algorithm), algorithm);
    if (named ? !has_kind_of(jwk, *algorithm)
              : jwk->algorithm != NULL && is_kind_of_one_algorithm(jwk))
        return fault_raise(fault, STATUS_INVALID, "\"alg\" contradicts \"kty\" and \"crv\"");
    if (!named)
        return STATUS_OK;
    *is_ours = true;
    if (jwk->use != NULL && !is(jwk->use, "sig"))
        return fault_raise(fault, STATUS_INVALID, "\"use\" must be \"sig\"");
    return STATUS_OK;
}

enum status key_read(const struct jwk *jwk, struct key *key, bool *is_ours, struct fault *fault)
{
    enum status status = classify(jwk, is_ours, &key->algorithm, fault);
    if (status != STATUS_OK || !*is_ours)
        return status;
    status = key_id_copy(jwk, &key->kid, fault);
    if (status != STATUS_OK)
        return status;
    return key->algorithm == KEY_HS256 ? read_secret(jwk, key, fault) : read_pair(jwk, key, fault);
}
