#include "auth/ec_key.h"

#include "auth/openssl/error_queue.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include <stdlib.h>

/* Two integers of 33 bytes and their sequence, each with two bytes before it. */
#define SIGNATURE_DER_MAX_LEN (3 * 2 + 2 * (EC_KEY_PART_LEN + 1))

struct ec_public_key {
    EVP_PKEY *pkey;
};

/* Out of memory or without a working libcrypto: nothing that a caller could act on. */
static void require(bool success)
{
    if (!success)
        abort();
}

static void get_part(const EVP_PKEY *pkey, const char *name, uint8_t part[EC_KEY_PART_LEN])
{
    BIGNUM *number = NULL;
    require(EVP_PKEY_get_bn_param(pkey, name, &number) == 1);
    require(BN_bn2binpad(number, part, EC_KEY_PART_LEN) == EC_KEY_PART_LEN);
    BN_clear_free(number);
}

void ec_key_generate(struct ec_key *key)
{
    EVP_PKEY *pkey = EVP_EC_gen("P-256");
    require(pkey != NULL);
    get_part(pkey, OSSL_PKEY_PARAM_EC_PUB_X, key->x);
    get_part(pkey, OSSL_PKEY_PARAM_EC_PUB_Y, key->y);
    get_part(pkey, OSSL_PKEY_PARAM_PRIV_KEY, key->d);
    key->has_private = true;
    EVP_PKEY_free(pkey);
}

static OSSL_PARAM *describe(const struct ec_key *key)
{
    uint8_t point[1 + 2 * EC_KEY_PART_LEN] = {POINT_CONVERSION_UNCOMPRESSED};
    memcpy(point + 1, key->x, EC_KEY_PART_LEN);
    memcpy(point + 1 + EC_KEY_PART_LEN, key->y, EC_KEY_PART_LEN);
    BIGNUM *d = key->has_private ? BN_bin2bn(key->d, EC_KEY_PART_LEN, NULL) : NULL;
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    require(builder != NULL);
    require(OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) == 1);
    require(OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point,
                                             sizeof(point)) == 1);
    if (key->has_private)
        require(d != NULL && OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_PRIV_KEY, d) == 1);
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(builder);
    require(params != NULL);
    OSSL_PARAM_BLD_free(builder);
    BN_clear_free(d);
    return params;
}

/* The key in OpenSSL's form, owned, or NULL when the point is not on the curve. */
static EVP_PKEY *import(const struct ec_key *key)
{
    OSSL_PARAM *params = describe(key);
    EVP_PKEY *pkey = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    require(context != NULL && EVP_PKEY_fromdata_init(context) == 1);
    int selection = key->has_private ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY;
    if (EVP_PKEY_fromdata(context, &pkey, selection, params) != 1)
        pkey = NULL;
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(params);
    return pkey;
}

static bool is_sound(EVP_PKEY *pkey, bool has_private)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
    require(context != NULL);
    bool sound = EVP_PKEY_public_check(context) == 1 &&
                 (!has_private || EVP_PKEY_pairwise_check(context) == 1);
    EVP_PKEY_CTX_free(context);
    return sound;
}

/* Without `d`: what verifies shall not hold a secret. */
static struct ec_public_key *public_half(const struct ec_key *key)
{
    struct ec_key half = {.has_private = false};
    struct ec_public_key *public_key = malloc(sizeof(*public_key));
    require(public_key != NULL);
    memcpy(half.x, key->x, sizeof(half.x));
    memcpy(half.y, key->y, sizeof(half.y));
    public_key->pkey = import(&half);
    require(public_key->pkey != NULL);
    return public_key;
}

static char *take_text(BIO *bio)
{
    char *bytes;
    long len = BIO_get_mem_data(bio, &bytes);
    char *text = strndup(bytes, (size_t)len);
    require(text != NULL);
    BIO_free(bio); /* clears what it held */
    return text;
}

static char *private_text(EVP_PKEY *pkey)
{
    BIO *bio = BIO_new(BIO_s_mem());
    require(bio != NULL &&
            PEM_write_bio_PKCS8PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL) == 1);
    return take_text(bio);
}

enum status ec_key_open(const struct ec_key *key, struct ec_public_key **public_key,
                        char **private_pem, struct fault *fault)
{
    *public_key = NULL;
    *private_pem = NULL;
    enum status status = STATUS_OK;
    EVP_PKEY *pkey = import(key);
    if (pkey == NULL) {
        status = fault_raise(fault, STATUS_INVALID, "x and y are no point of P-256");
        goto done;
    }
    if (!is_sound(pkey, key->has_private)) {
        status = fault_raise(fault, STATUS_INVALID, "x and y do not belong to d");
        goto done;
    }
    if (key->has_private)
        *private_pem = private_text(pkey);
    *public_key = public_half(key);

done:
    EVP_PKEY_free(pkey);
    error_queue_clear();
    return status;
}

/* OpenSSL wants the signature as a DER sequence of two integers. Returns its length. */
static size_t put_der(struct span signature, uint8_t der[SIGNATURE_DER_MAX_LEN])
{
    BIGNUM *r = BN_bin2bn(signature.base, EC_KEY_PART_LEN, NULL);
    BIGNUM *s = BN_bin2bn(signature.base + EC_KEY_PART_LEN, EC_KEY_PART_LEN, NULL);
    ECDSA_SIG *numbers = ECDSA_SIG_new();
    require(r != NULL && s != NULL && numbers != NULL && ECDSA_SIG_set0(numbers, r, s) == 1);
    int len = i2d_ECDSA_SIG(numbers, &der);
    require(len > 0 && len <= SIGNATURE_DER_MAX_LEN);
    ECDSA_SIG_free(numbers);
    return (size_t)len;
}

bool ec_public_key_verify(const struct ec_public_key *key, struct span text, struct span signature)
{
    uint8_t der[SIGNATURE_DER_MAX_LEN];
    if (signature.len != 2 * EC_KEY_PART_LEN)
        return false;
    size_t der_len = put_der(signature, der);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    require(context != NULL);
    require(EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key->pkey) == 1);
    bool verifies = EVP_DigestVerify(context, der, der_len, text.base, text.len) == 1;
    EVP_MD_CTX_free(context);
    error_queue_clear();
    return verifies;
}

void ec_public_key_free(struct ec_public_key *key)
{
    if (key != NULL)
        EVP_PKEY_free(key->pkey);
    free(key);
}
