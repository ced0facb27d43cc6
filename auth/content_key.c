#include "auth/content_key.h"

#include "auth/base64url.h"
#include "auth/key_id.h"

#include <stdlib.h>

void content_key_dispose(struct content_key *key)
{
    free(key->kid);
    byte_buffer_wipe(&key->k);
    *key = (struct content_key){0};
}

const char *content_key_algorithm(const struct content_key *key)
{
    return key->k.len == AES_GCM_128_KEY_LEN ? "A128GCM" : "A256GCM";
}

static bool is(const char *text, const char *expected)
{
    return text != NULL && strcmp(text, expected) == 0;
}

size_t content_key_len(const char *algorithm)
{
    if (is(algorithm, "A128GCM"))
        return AES_GCM_128_KEY_LEN;
    return is(algorithm, "A256GCM") ? AES_GCM_256_KEY_LEN : 0;
}

enum status content_key_read(const struct jwk *jwk, struct content_key *key, bool *is_ours,
                             struct fault *fault)
{
    size_t len = is(jwk->type, "oct") ? content_key_len(jwk->algorithm) : 0;
    *is_ours = len > 0;
    if (!*is_ours)
        return STATUS_OK;
    enum status status = key_id_copy(jwk, &key->kid, fault);
    if (status != STATUS_OK)
        return status;
    if (jwk->use != NULL && !is(jwk->use, "enc"))
        return fault_raise(fault, STATUS_INVALID, "\"use\" must be \"enc\"");
    if (jwk->secret == NULL ||
        base64url_decode(span_of_string(jwk->secret), &key->k) != STATUS_OK || key->k.len != len)
        return fault_raise(fault, STATUS_INVALID, "\"k\" must be %zu bytes in base64url", len);
    return STATUS_OK;
}
