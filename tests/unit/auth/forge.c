#include "forge.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>

#include <stdlib.h>

static void require(bool success)
{
    if (!success)
        abort();
}

static void put_base64url(struct span bytes, struct byte_buffer *out)
{
    char *text = malloc(bytes.len / 3 * 4 + 5);
    require(text != NULL);
    int len = EVP_EncodeBlock((unsigned char *)text, bytes.base, (int)bytes.len);
    for (int i = 0; i < len && text[i] != '='; i++) {
        char letter = text[i];
        byte_buffer_put_u8(out, (uint8_t)(letter == '+' ? '-' : letter == '/' ? '_' : letter));
    }
    free(text);
}

void forge_unsigned(struct span header, struct span payload, struct byte_buffer *token)
{
    put_base64url(header, token);
    byte_buffer_put_u8(token, '.');
    put_base64url(payload, token);
}

void forge_attach(struct span signature, struct byte_buffer *token)
{
    byte_buffer_put_u8(token, '.');
    put_base64url(signature, token);
}

static void convert_to_raw(const uint8_t *der, size_t len, uint8_t raw[64])
{
    ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &der, (long)len);
    require(signature != NULL);
    require(BN_bn2binpad(ECDSA_SIG_get0_r(signature), raw, 32) == 32);
    require(BN_bn2binpad(ECDSA_SIG_get0_s(signature), raw + 32, 32) == 32);
    ECDSA_SIG_free(signature);
}

static EVP_PKEY *read_private(const char *private_pem)
{
    BIO *bio = BIO_new_mem_buf(private_pem, -1);
    EVP_PKEY *pkey = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
    require(pkey != NULL);
    BIO_free(bio);
    return pkey;
}

char *forge_public_pem(const char *private_pem)
{
    EVP_PKEY *pkey = read_private(private_pem);
    BIO *bio = BIO_new(BIO_s_mem());
    char *bytes;
    require(PEM_write_bio_PUBKEY(bio, pkey) == 1);
    long len = BIO_get_mem_data(bio, &bytes);
    char *text = strndup(bytes, (size_t)len);
    require(text != NULL);
    BIO_free(bio);
    EVP_PKEY_free(pkey);
    return text;
}

void forge_sign_es256(const char *private_pem, struct byte_buffer *token)
{
    uint8_t der[128];
    uint8_t raw[64];
    size_t der_len = sizeof(der);
    EVP_PKEY *pkey = read_private(private_pem);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    require(context != NULL);
    require(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, pkey) == 1);
    require(EVP_DigestSign(context, der, &der_len, token->base, token->len) == 1);
    convert_to_raw(der, der_len, raw);
    forge_attach(span_of(raw, sizeof(raw)), token);
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(pkey);
}

void forge_sign_hs256(struct span secret, struct byte_buffer *token)
{
    uint8_t mac[32];
    unsigned len = sizeof(mac);
    require(HMAC(EVP_sha256(), secret.base, (int)secret.len, token->base, token->len, mac, &len) !=
            NULL);
    forge_attach(span_of(mac, sizeof(mac)), token);
}

const uint8_t forge_content_key[32] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10,
                                       11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
                                       22, 23, 24, 25, 26, 27, 28, 29, 30, 31};

void forge_jwe(const char *header, struct span key, struct span plaintext, struct byte_buffer *jwe)
{
    static const uint8_t iv[12] = {1};
    uint8_t ciphertext[1024];
    uint8_t tag[16];
    int len;
    size_t start = jwe->len;
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    require(context != NULL && plaintext.len <= sizeof(ciphertext));
    put_base64url(span_of_string(header), jwe);
    require(EVP_EncryptInit_ex(context, key.len == 16 ? EVP_aes_128_gcm() : EVP_aes_256_gcm(), NULL,
                               key.base, iv) == 1);
    require(EVP_EncryptUpdate(context, NULL, &len, jwe->base + start, (int)(jwe->len - start)) ==
            1);
    require(EVP_EncryptUpdate(context, ciphertext, &len, plaintext.base, (int)plaintext.len) == 1);
    require(EVP_EncryptFinal_ex(context, ciphertext + len, &len) == 1);
    require(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, sizeof(tag), tag) == 1);
    EVP_CIPHER_CTX_free(context);
    byte_buffer_put(jwe, span_of_string("."));
    forge_attach(span_of(iv, sizeof(iv)), jwe);
    forge_attach(span_of(ciphertext, plaintext.len), jwe);
    forge_attach(span_of(tag, sizeof(tag)), jwe);
}
