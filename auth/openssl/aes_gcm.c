#include "auth/aes_gcm.h"

#include "auth/openssl/error_queue.h"

#include <openssl/evp.h>

#include <assert.h>
#include <limits.h>
#include <stdlib.h>

static void require(bool success)
{
    if (!success)
        abort();
}

static const EVP_CIPHER *cipher_of(struct span key)
{
    assert(key.len == AES_GCM_128_KEY_LEN || key.len == AES_GCM_256_KEY_LEN);
    return key.len == AES_GCM_128_KEY_LEN ? EVP_aes_128_gcm() : EVP_aes_256_gcm();
}

static bool has_sizes(const struct aes_gcm_sealed *sealed)
{
    return sealed->iv.len == AES_GCM_IV_LEN && sealed->tag.len == AES_GCM_TAG_LEN &&
           sealed->ciphertext.len > 0 && sealed->ciphertext.len <= INT_MAX &&
           sealed->bound.len <= INT_MAX;
}

/* Decrypts into `out`, as long as the ciphertext. Until it has returned true, what is there is
 * nobody's word. */
static bool decrypt(EVP_CIPHER_CTX *context, struct span key, const struct aes_gcm_sealed *sealed,
                    uint8_t *out)
{
    uint8_t tag[AES_GCM_TAG_LEN];
    int len;
    memcpy(tag, sealed->tag.base, sizeof(tag)); /* EVP takes it as not const */
    require(EVP_DecryptInit_ex2(context, cipher_of(key), key.base, sealed->iv.base, NULL) == 1);
    require(EVP_DecryptUpdate(context, NULL, &len, sealed->bound.base, (int)sealed->bound.len) ==
            1);
    require(EVP_DecryptUpdate(context, out, &len, sealed->ciphertext.base,
                              (int)sealed->ciphertext.len) == 1);
    require(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, sizeof(tag), tag) == 1);
    return EVP_DecryptFinal_ex(context, out + len, &len) == 1;
}

bool aes_gcm_open(struct span key, const struct aes_gcm_sealed *sealed,
                  struct byte_buffer *plaintext)
{
    if (!has_sizes(sealed))
        return false;
    size_t start = plaintext->len;
    byte_buffer_put_zeros(plaintext, sealed->ciphertext.len);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    require(context != NULL);
    bool is_open = decrypt(context, key, sealed, plaintext->base + start);
    EVP_CIPHER_CTX_free(context);
    error_queue_clear();
    if (!is_open) {
        explicit_bzero(plaintext->base + start, sealed->ciphertext.len);
        plaintext->len = start;
    }
    return is_open;
}

void aes_gcm_seal(struct span key, struct span iv, struct span bound, struct span plaintext,
                  struct byte_buffer *sealed)
{
    assert(iv.len == AES_GCM_IV_LEN && bound.len <= INT_MAX && plaintext.len <= INT_MAX);
    size_t start = sealed->len;
    byte_buffer_put_zeros(sealed, plaintext.len + AES_GCM_TAG_LEN);
    uint8_t *out = sealed->base + start;
    int len;
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    require(context != NULL);
    require(EVP_EncryptInit_ex2(context, cipher_of(key), key.base, iv.base, NULL) == 1);
    require(EVP_EncryptUpdate(context, NULL, &len, bound.base, (int)bound.len) == 1);
    require(EVP_EncryptUpdate(context, out, &len, plaintext.base, (int)plaintext.len) == 1);
    require(EVP_EncryptFinal_ex(context, out + len, &len) == 1);
    require(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, AES_GCM_TAG_LEN,
                                out + plaintext.len) == 1);
    EVP_CIPHER_CTX_free(context);
}
