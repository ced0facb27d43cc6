#include "auth/key_pair.h"

#include "auth/openssl/error_queue.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <assert.h>
#include <stdlib.h>

#define ED25519_LEN 32
#define RSA_MIN_BITS 2048
#define RSA_MAX_BITS 8192 /* checking a signature takes the square of it */

#define EC_MAX_LEN 48
/* Two integers with a sign byte and their sequence, each with two bytes before it. */
#define EC_DER_MAX_LEN (3 * 2 + 2 * (EC_MAX_LEN + 1))

struct key_pair {
    enum key_algorithm algorithm;
    EVP_PKEY *verifier; /* without the private half: what verifies shall not hold a secret */
    EVP_PKEY *signer;   /* NULL: only verifies */
};

/* Out of memory or without a working libcrypto: nothing that a caller could act on. */
static void require(bool success)
{
    if (!success)
        abort();
}

static bool is_ec(enum key_algorithm algorithm)
{
    return algorithm == KEY_ES256 || algorithm == KEY_ES384;
}

static bool is_rsa(enum key_algorithm algorithm)
{
    return algorithm == KEY_RS256 || algorithm == KEY_PS256;
}

/* Of a coordinate, and of each half of a signature (RFC 7518 3.4). */
static size_t ec_len(enum key_algorithm algorithm)
{
    return algorithm == KEY_ES256 ? 32 : 48;
}

static struct span number_of(const struct key_numbers *numbers, enum key_number number)
{
    return byte_buffer_span(&numbers->bytes[number]);
}

/* ---- Reading a key ---- */

static const struct {
    enum key_number number;
    const char *name;
} rsa_params[] = {
    {KEY_NUMBER_N, OSSL_PKEY_PARAM_RSA_N},
    {KEY_NUMBER_E, OSSL_PKEY_PARAM_RSA_E},
    {KEY_NUMBER_D, OSSL_PKEY_PARAM_RSA_D},
    {KEY_NUMBER_P, OSSL_PKEY_PARAM_RSA_FACTOR1},
    {KEY_NUMBER_Q, OSSL_PKEY_PARAM_RSA_FACTOR2},
    {KEY_NUMBER_DP, OSSL_PKEY_PARAM_RSA_EXPONENT1},
    {KEY_NUMBER_DQ, OSSL_PKEY_PARAM_RSA_EXPONENT2},
    {KEY_NUMBER_QI, OSSL_PKEY_PARAM_RSA_COEFFICIENT1},
};

#define RSA_PARAM_COUNT (sizeof(rsa_params) / sizeof(rsa_params[0]))

/* A secure one is wiped when it is freed, and so is the parameter that is made of it. */
static BIGNUM *new_number(struct span bytes)
{
    BIGNUM *number = BN_secure_new();
    require(number != NULL && BN_bin2bn(bytes.base, (int)bytes.len, number) == number);
    return number;
}

/* Returns NULL when the numbers make no key. Frees `builder`. */
static EVP_PKEY *import(const char *type, OSSL_PARAM_BLD *builder, bool with_private)
{
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(builder);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    EVP_PKEY *pkey = NULL;
    require(params != NULL && context != NULL && EVP_PKEY_fromdata_init(context) == 1);
    int selection = with_private ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY;
    if (EVP_PKEY_fromdata(context, &pkey, selection, params) != 1)
        pkey = NULL;
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(builder);
    return pkey;
}

static EVP_PKEY *import_ec(enum key_algorithm algorithm, const struct key_numbers *numbers,
                           bool with_private)
{
    size_t len = ec_len(algorithm);
    uint8_t point[1 + 2 * EC_MAX_LEN] = {POINT_CONVERSION_UNCOMPRESSED};
    memcpy(point + 1, number_of(numbers, KEY_NUMBER_X).base, len);
    memcpy(point + 1 + len, number_of(numbers, KEY_NUMBER_Y).base, len);
    BIGNUM *d = with_private ? new_number(number_of(numbers, KEY_NUMBER_D)) : NULL;
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    require(builder != NULL);
    require(OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME,
                                            key_algorithm_curve(algorithm), 0) == 1);
    require(OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point,
                                             1 + 2 * len) == 1);
    if (with_private)
        require(OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_PRIV_KEY, d) == 1);
    EVP_PKEY *pkey = import("EC", builder, with_private);
    BN_clear_free(d);
    return pkey;
}

static EVP_PKEY *import_rsa(const struct key_numbers *numbers, bool with_private)
{
    BIGNUM *pushed[RSA_PARAM_COUNT] = {0};
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    require(builder != NULL);
    for (size_t i = 0; i < RSA_PARAM_COUNT; i++) {
        if (rsa_params[i].number >= KEY_NUMBER_D && !with_private)
            continue;
        pushed[i] = new_number(number_of(numbers, rsa_params[i].number));
        require(OSSL_PARAM_BLD_push_BN(builder, rsa_params[i].name, pushed[i]) == 1);
    }
    EVP_PKEY *pkey = import("RSA", builder, with_private);
    for (size_t i = 0; i < RSA_PARAM_COUNT; i++)
        BN_clear_free(pushed[i]);
    return pkey;
}

static EVP_PKEY *import_ed25519(const struct key_numbers *numbers, bool with_private)
{
    struct span bytes = number_of(numbers, with_private ? KEY_NUMBER_D : KEY_NUMBER_X);
    return with_private
               ? EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, bytes.base, bytes.len)
               : EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, bytes.base, bytes.len);
}

static EVP_PKEY *import_numbers(enum key_algorithm algorithm, const struct key_numbers *numbers,
                                bool with_private)
{
    if (is_ec(algorithm))
        return import_ec(algorithm, numbers, with_private);
    if (is_rsa(algorithm))
        return import_rsa(numbers, with_private);
    return import_ed25519(numbers, with_private);
}

/* Whether the private half is that of the public one. */
static bool is_matching(EVP_PKEY *signer, EVP_PKEY *verifier)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, signer, NULL);
    require(context != NULL);
    bool is_sound =
        EVP_PKEY_get_base_id(signer) == EVP_PKEY_ED25519 || EVP_PKEY_pairwise_check(context) == 1;
    EVP_PKEY_CTX_free(context);
    return is_sound && EVP_PKEY_eq(signer, verifier) == 1;
}

static bool is_sound(EVP_PKEY *verifier)
{
    if (EVP_PKEY_get_base_id(verifier) == EVP_PKEY_ED25519)
        return true; /* every string of 32 bytes is one, and one that is no point verifies nothing
                      */
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, verifier, NULL);
    require(context != NULL);
    bool is_sound = EVP_PKEY_public_check(context) == 1;
    EVP_PKEY_CTX_free(context);
    return is_sound;
}

/* Each number is there, and as long as it must be. */
static enum status check_numbers(enum key_algorithm algorithm, const struct key_numbers *numbers,
                                 struct fault *fault)
{
    size_t len = is_ec(algorithm) ? ec_len(algorithm) : ED25519_LEN;
    bool has_private = numbers->bytes[KEY_NUMBER_D].len > 0;
    for (enum key_number i = 0; i < KEY_NUMBER_COUNT; i++) {
        if (!key_number_belongs(i, algorithm) || (i >= KEY_NUMBER_D && !has_private))
            continue;
        if (numbers->bytes[i].len == 0)
            return fault_raise(fault, STATUS_INVALID, "\"%s\" is missing", key_number_name(i));
        if (!is_rsa(algorithm) && numbers->bytes[i].len != len)
            return fault_raise(fault, STATUS_INVALID, "\"%s\" must be %zu bytes in base64url",
                               key_number_name(i), len);
        if (numbers->bytes[i].len > RSA_MAX_BITS / 8)
            return fault_raise(fault, STATUS_INVALID, "RSA keys have %d to %d bits", RSA_MIN_BITS,
                               RSA_MAX_BITS);
    }
    return STATUS_OK;
}

static enum status check_strength(enum key_algorithm algorithm, const EVP_PKEY *verifier,
                                  struct fault *fault)
{
    int bits = EVP_PKEY_get_bits(verifier);
    if (is_rsa(algorithm) && (bits < RSA_MIN_BITS || bits > RSA_MAX_BITS))
        return fault_raise(fault, STATUS_INVALID, "\"n\" has %d bits: RSA keys have %d to %d", bits,
                           RSA_MIN_BITS, RSA_MAX_BITS);
    return STATUS_OK;
}

static enum status refuse(enum key_algorithm algorithm, struct fault *fault)
{
    if (is_ec(algorithm))
        return fault_raise(fault, STATUS_INVALID, "x and y are no point of %s",
                           key_algorithm_curve(algorithm));
    return fault_raise(fault, STATUS_INVALID, "the numbers make no key for %s",
                       key_algorithm_name(algorithm));
}

static enum status read_halves(struct key_pair *pair, const struct key_numbers *numbers,
                               struct fault *fault)
{
    pair->verifier = import_numbers(pair->algorithm, numbers, false);
    enum status status = STATUS_OK;
    if (pair->verifier != NULL)
        status = check_strength(pair->algorithm, pair->verifier, fault);
    if (status != STATUS_OK)
        return status;
    if (pair->verifier == NULL || !is_sound(pair->verifier))
        return refuse(pair->algorithm, fault);
    if (numbers->bytes[KEY_NUMBER_D].len == 0)
        return STATUS_OK;
    pair->signer = import_numbers(pair->algorithm, numbers, true);
    if (pair->signer == NULL || !is_matching(pair->signer, pair->verifier))
        return fault_raise(fault, STATUS_INVALID,
                           "the private half does not belong to the public one");
    return STATUS_OK;
}

enum status key_pair_new(enum key_algorithm algorithm, const struct key_numbers *numbers,
                         struct key_pair **pair, struct fault *fault)
{
    *pair = NULL;
    enum status status = check_numbers(algorithm, numbers, fault);
    if (status != STATUS_OK)
        return status;
    struct key_pair *made = calloc(1, sizeof(*made));
    require(made != NULL);
    made->algorithm = algorithm;
    status = read_halves(made, numbers, fault);
    error_queue_clear();
    if (status == STATUS_OK)
        *pair = made;
    else
        key_pair_free(made);
    return status;
}

void key_pair_free(struct key_pair *pair)
{
    if (pair == NULL)
        return;
    EVP_PKEY_free(pair->verifier);
    EVP_PKEY_free(pair->signer);
    free(pair);
}

bool key_pair_can_sign(const struct key_pair *pair)
{
    return pair->signer != NULL;
}

/* ---- Signatures ---- */

static const EVP_MD *digest_of(enum key_algorithm algorithm)
{
    if (algorithm == KEY_EDDSA)
        return NULL; /* it has its own */
    return algorithm == KEY_ES384 ? EVP_sha384() : EVP_sha256();
}

/* RFC 7518 3.5: MGF1 with the same digest, and a salt as long as it. */
static void set_padding(EVP_PKEY_CTX *context, enum key_algorithm algorithm)
{
    if (algorithm == KEY_PS256)
        require(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
                EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1);
}

/* OpenSSL wants r and s as a DER sequence of two integers. Returns its length. */
static size_t put_der(struct span signature, uint8_t der[EC_DER_MAX_LEN])
{
    size_t half = signature.len / 2;
    BIGNUM *r = BN_bin2bn(signature.base, (int)half, NULL);
    BIGNUM *s = BN_bin2bn(signature.base + half, (int)half, NULL);
    ECDSA_SIG *numbers = ECDSA_SIG_new();
    require(r != NULL && s != NULL && numbers != NULL && ECDSA_SIG_set0(numbers, r, s) == 1);
    int len = i2d_ECDSA_SIG(numbers, &der);
    require(len > 0 && len <= EC_DER_MAX_LEN);
    ECDSA_SIG_free(numbers);
    return (size_t)len;
}

static bool verify(const struct key_pair *pair, struct span text, struct span signature)
{
    EVP_PKEY_CTX *parameters = NULL;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    require(context != NULL);
    require(EVP_DigestVerifyInit(context, &parameters, digest_of(pair->algorithm), NULL,
                                 pair->verifier) == 1);
    set_padding(parameters, pair->algorithm);
    bool verifies =
        EVP_DigestVerify(context, signature.base, signature.len, text.base, text.len) == 1;
    EVP_MD_CTX_free(context);
    error_queue_clear();
    return verifies;
}

bool key_pair_verify(const struct key_pair *pair, struct span text, struct span signature)
{
    uint8_t der[EC_DER_MAX_LEN];
    if (!is_ec(pair->algorithm))
        return verify(pair, text, signature);
    if (signature.len != 2 * ec_len(pair->algorithm))
        return false;
    return verify(pair, text, span_of(der, put_der(signature, der)));
}

static void put_raw(struct span der, size_t half, struct byte_buffer *signature)
{
    const uint8_t *bytes = der.base;
    ECDSA_SIG *numbers = d2i_ECDSA_SIG(NULL, &bytes, (long)der.len);
    size_t start = signature->len;
    require(numbers != NULL);
    byte_buffer_put_zeros(signature, 2 * half);
    require(BN_bn2binpad(ECDSA_SIG_get0_r(numbers), signature->base + start, (int)half) > 0 &&
            BN_bn2binpad(ECDSA_SIG_get0_s(numbers), signature->base + start + half, (int)half) > 0);
    ECDSA_SIG_free(numbers);
}

void key_pair_sign(const struct key_pair *pair, struct span text, struct byte_buffer *signature)
{
    assert(pair->signer != NULL);
    uint8_t made[RSA_MAX_BITS / 8];
    size_t len = sizeof(made);
    EVP_PKEY_CTX *parameters = NULL;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    require(context != NULL && EVP_DigestSignInit(context, &parameters, digest_of(pair->algorithm),
                                                  NULL, pair->signer) == 1);
    set_padding(parameters, pair->algorithm);
    require(EVP_DigestSign(context, made, &len, text.base, text.len) == 1);
    EVP_MD_CTX_free(context);
    if (is_ec(pair->algorithm))
        put_raw(span_of(made, len), ec_len(pair->algorithm), signature);
    else
        byte_buffer_put(signature, span_of(made, len));
}

/* ---- New keys ---- */

static void get_param(const EVP_PKEY *pkey, const char *name, size_t len, struct byte_buffer *out)
{
    BIGNUM *number = BN_secure_new();
    require(number != NULL && EVP_PKEY_get_bn_param(pkey, name, &number) == 1);
    size_t needed = len > 0 ? len : (size_t)BN_num_bytes(number);
    byte_buffer_put_zeros(out, needed);
    require(BN_bn2binpad(number, out->base, (int)needed) == (int)needed);
    BN_clear_free(number);
}

static void get_ed25519(const EVP_PKEY *pkey, struct key_numbers *numbers)
{
    size_t len = ED25519_LEN;
    byte_buffer_put_zeros(&numbers->bytes[KEY_NUMBER_X], len);
    byte_buffer_put_zeros(&numbers->bytes[KEY_NUMBER_D], len);
    require(EVP_PKEY_get_raw_public_key(pkey, numbers->bytes[KEY_NUMBER_X].base, &len) == 1 &&
            EVP_PKEY_get_raw_private_key(pkey, numbers->bytes[KEY_NUMBER_D].base, &len) == 1);
}

static EVP_PKEY *generate(enum key_algorithm algorithm)
{
    if (is_ec(algorithm))
        return EVP_EC_gen(key_algorithm_curve(algorithm));
    if (is_rsa(algorithm))
        return EVP_RSA_gen(RSA_MIN_BITS);
    return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
}

void key_numbers_generate(enum key_algorithm algorithm, struct key_numbers *numbers)
{
    size_t len = ec_len(algorithm);
    EVP_PKEY *pkey = generate(algorithm);
    require(pkey != NULL);
    if (is_ec(algorithm)) {
        get_param(pkey, OSSL_PKEY_PARAM_EC_PUB_X, len, &numbers->bytes[KEY_NUMBER_X]);
        get_param(pkey, OSSL_PKEY_PARAM_EC_PUB_Y, len, &numbers->bytes[KEY_NUMBER_Y]);
        get_param(pkey, OSSL_PKEY_PARAM_PRIV_KEY, len, &numbers->bytes[KEY_NUMBER_D]);
    } else if (is_rsa(algorithm)) {
        for (size_t i = 0; i < RSA_PARAM_COUNT; i++)
            get_param(pkey, rsa_params[i].name, 0, &numbers->bytes[rsa_params[i].number]);
    } else {
        get_ed25519(pkey, numbers);
    }
    EVP_PKEY_free(pkey);
}
