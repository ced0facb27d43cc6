#include "base/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <stdlib.h>

static void require(bool success)
{
    if (!success)
        abort();
}

struct digest digest_sha256(struct span bytes)
{
    struct digest digest;
    require(EVP_Digest(bytes.base, bytes.len, digest.bytes, NULL, EVP_sha256(), NULL) == 1);
    return digest;
}

struct digest_state {
    EVP_MD_CTX *context;
};

static struct digest_state *make_state(void)
{
    struct digest_state *state = malloc(sizeof(*state));
    require(state != NULL);
    state->context = EVP_MD_CTX_new();
    require(state->context != NULL);
    return state;
}

struct digest_state *digest_new(void)
{
    struct digest_state *state = make_state();
    require(EVP_DigestInit_ex(state->context, EVP_sha256(), NULL) == 1);
    return state;
}

struct digest_state *digest_copy(const struct digest_state *state)
{
    struct digest_state *copy = make_state();
    require(EVP_MD_CTX_copy_ex(copy->context, state->context) == 1);
    return copy;
}

void digest_free(struct digest_state *state)
{
    if (state == NULL)
        return;
    EVP_MD_CTX_free(state->context);
    free(state);
}

void digest_update(struct digest_state *state, struct span bytes)
{
    require(EVP_DigestUpdate(state->context, bytes.base, bytes.len) == 1);
}

struct digest digest_finish(struct digest_state *state)
{
    struct digest digest;
    require(EVP_DigestFinal_ex(state->context, digest.bytes, NULL) == 1);
    digest_free(state);
    return digest;
}

struct digest digest_hmac_sha256(struct span key, struct span bytes)
{
    struct digest digest;
    unsigned len = sizeof(digest.bytes);
    require(HMAC(EVP_sha256(), key.base, (int)key.len, bytes.base, bytes.len, digest.bytes, &len) !=
            NULL);
    return digest;
}

bool digest_is(const struct digest *digest, struct span bytes)
{
    return bytes.len == DIGEST_LEN && CRYPTO_memcmp(digest->bytes, bytes.base, DIGEST_LEN) == 0;
}

void digest_random(void *bytes, size_t len)
{
    require(RAND_bytes(bytes, (int)len) == 1);
}
