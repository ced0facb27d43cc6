#include "auth/key_set.h"

#include "auth/base64url.h"
#include "auth/ec_key.h"
#include "auth/jwk.h"
#include "base/digest.h"

#include <stdlib.h>

#define KID_MAX_LEN 256
#define SECRET_MIN_LEN 32 /* RFC 7518 3.2: at least as long as the hash */
#define SECRET_MAX_LEN 1024

static const char *const algorithm_names[] = {[KEY_ES256] = "ES256", [KEY_HS256] = "HS256"};

const char *key_algorithm_name(enum key_algorithm algorithm)
{
    return algorithm_names[algorithm];
}

bool key_algorithm_parse(struct span name, enum key_algorithm *algorithm)
{
    for (size_t i = 0; i < sizeof(algorithm_names) / sizeof(algorithm_names[0]); i++) {
        if (span_is(name, algorithm_names[i])) {
            *algorithm = (enum key_algorithm)i;
            return true;
        }
    }
    return false;
}

static void wipe_and_free(void *secret, size_t len)
{
    if (secret != NULL)
        explicit_bzero(secret, len);
    free(secret);
}

static void dispose_key(struct key *key)
{
    free(key->kid);
    ec_public_key_free(key->public_key);
    wipe_and_free(key->private_pem, key->private_pem != NULL ? strlen(key->private_pem) : 0);
    wipe_and_free(key->secret, key->secret_len);
}

void key_set_dispose(struct key_set *set)
{
    for (size_t i = 0; i < set->count; i++)
        dispose_key(&set->keys[i]);
    free(set->keys);
    *set = (struct key_set){0};
}

const struct key *key_set_find(const struct key_set *set, struct span kid)
{
    for (size_t i = 0; i < set->count; i++) {
        if (span_is(kid, set->keys[i].kid))
            return &set->keys[i];
    }
    return NULL;
}

bool key_can_sign(const struct key *key)
{
    return key->private_pem != NULL || key->secret != NULL;
}

bool key_verifies(const struct key *key, struct span text, struct span signature)
{
    if (key->algorithm == KEY_ES256)
        return ec_public_key_verify(key->public_key, text, signature);
    struct digest mac = digest_hmac_sha256(span_of(key->secret, key->secret_len), text);
    return digest_is(&mac, signature);
}

static bool is(const char *text, const char *expected)
{
    return text != NULL && strcmp(text, expected) == 0;
}

/* A key id is printed in logs and on terminals. */
static bool is_printable_kid(struct span kid)
{
    for (size_t i = 0; i < kid.len; i++) {
        if (kid.base[i] < 0x20 || kid.base[i] == 0x7f)
            return false;
    }
    return kid.len > 0 && kid.len <= KID_MAX_LEN;
}

static enum status read_coordinate(const char *text, const char *name, uint8_t *part,
                                   struct fault *fault)
{
    struct byte_buffer bytes = {0};
    enum status status = STATUS_OK;
    if (text == NULL || base64url_decode(span_of_string(text), &bytes) != STATUS_OK ||
        bytes.len != EC_KEY_PART_LEN)
        status = fault_raise(fault, STATUS_INVALID,
                             "\"%s\" must be 32 bytes in base64url without padding", name);
    else
        memcpy(part, bytes.base, EC_KEY_PART_LEN);
    if (bytes.len > 0)
        explicit_bzero(bytes.base, bytes.len);
    byte_buffer_dispose(&bytes);
    return status;
}

static enum status read_ec_key(const struct jwk *jwk, struct key *key, struct fault *fault)
{
    struct ec_key ec_key = {.has_private = jwk->d != NULL};
    enum status status = read_coordinate(jwk->x, "x", ec_key.x, fault);
    if (status == STATUS_OK)
        status = read_coordinate(jwk->y, "y", ec_key.y, fault);
    if (status == STATUS_OK && ec_key.has_private)
        status = read_coordinate(jwk->d, "d", ec_key.d, fault);
    if (status == STATUS_OK)
        status = ec_key_open(&ec_key, &key->public_key, &key->private_pem, fault);
    explicit_bzero(&ec_key, sizeof(ec_key));
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

/* What `kty` and `crv` say that the algorithm must be; NULL for a key that is not ours. */
static const char *implied_algorithm(const struct jwk *jwk)
{
    if (is(jwk->type, "EC") && is(jwk->curve, "P-256"))
        return "ES256";
    /* An oct key for encryption or a longer hash is somebody else's. */
    return is(jwk->type, "oct") && is(jwk->algorithm, "HS256") ? "HS256" : NULL;
}

/* Whether the key is one of ours, and sound as far as its names go. Sets *algorithm if ours. */
static enum status classify(const struct jwk *jwk, bool *is_ours, enum key_algorithm *algorithm,
                            struct fault *fault)
{
    *is_ours = false;
    if (jwk->type == NULL)
        return fault_raise(fault, STATUS_INVALID, "\"kty\" is missing");
    if (jwk->algorithm == NULL && (is(jwk->type, "EC") || is(jwk->type, "oct")))
        return fault_raise(fault, STATUS_INVALID, "\"alg\" is missing: ES256 or HS256");
    const char *implied = implied_algorithm(jwk);
    bool named =
        jwk->algorithm != NULL && key_algorithm_parse(span_of_string(jwk->algorithm), algorithm);
    if (!named && implied == NULL)
        return STATUS_OK;
    if (!is(jwk->algorithm, implied != NULL ? implied : ""))
        return fault_raise(fault, STATUS_INVALID, "\"alg\" contradicts \"kty\" and \"crv\"");
    *is_ours = true;
    if (jwk->kid == NULL || !is_printable_kid(span_of_string(jwk->kid)))
        return fault_raise(fault, STATUS_INVALID,
                           "\"kid\" must be there, with 1 to %d bytes and no control character",
                           KID_MAX_LEN);
    if (jwk->use != NULL && !is(jwk->use, "sig"))
        return fault_raise(fault, STATUS_INVALID, "\"use\" must be \"sig\"");
    return STATUS_OK;
}

static enum status read_key(const struct jwk *jwk, bool *is_ours, struct key *key,
                            struct fault *fault)
{
    enum status status = classify(jwk, is_ours, &key->algorithm, fault);
    if (status != STATUS_OK || !*is_ours)
        return status;
    key->kid = strdup(jwk->kid);
    if (key->kid == NULL)
        abort();
    if (key->algorithm == KEY_ES256)
        return read_ec_key(jwk, key, fault);
    return read_secret(jwk, key, fault);
}

static void append_key(struct key_set *set, const struct key *key)
{
    struct key *keys = reallocarray(set->keys, set->count + 1, sizeof(*keys));
    if (keys == NULL)
        abort();
    keys[set->count] = *key;
    set->keys = keys;
    set->count++;
}

static enum status visit(void *context, size_t position, const struct jwk *jwk, struct fault *fault)
{
    struct key_set *set = context;
    struct key key = {0};
    struct fault cause = {0};
    bool is_ours;
    enum status status;
    if (position >= KEY_SET_MAX_KEYS)
        return fault_raise(fault, STATUS_LIMIT, "more than %d keys", KEY_SET_MAX_KEYS);
    status = read_key(jwk, &is_ours, &key, &cause);
    if (status == STATUS_OK && !is_ours)
        return STATUS_OK;
    if (status == STATUS_OK && key_set_find(set, span_of_string(key.kid)) != NULL)
        status = fault_raise(&cause, STATUS_INVALID, "an earlier key has the same \"kid\"");
    if (status == STATUS_OK) {
        append_key(set, &key);
        return STATUS_OK;
    }
    dispose_key(&key);
    return fault_raise(fault, status, "key %zu (%s): %s", position,
                       jwk->kid != NULL ? jwk->kid : "no kid", cause.text);
}

enum status key_set_parse(struct span json, struct key_set *set, struct fault *fault)
{
    *set = (struct key_set){0};
    if (json.len > KEY_SET_MAX_BYTES)
        return fault_raise(fault, STATUS_LIMIT, "a key set has at most %u bytes",
                           KEY_SET_MAX_BYTES);
    enum status status = jwk_read_set(json, visit, set, fault);
    if (status != STATUS_OK)
        key_set_dispose(set);
    return status;
}

enum status key_set_append(struct span json, struct span jwk, struct byte_buffer *out,
                           struct fault *fault)
{
    return jwk_append(json, jwk, out, fault);
}
