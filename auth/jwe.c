#include "auth/jwe.h"

#include "auth/base64url.h"
#include "auth/jwe_header.h"
#include "base/digest.h"

/* RFC 7516 3.1. */
enum part {
    PART_HEADER,
    PART_KEY, /* empty with "dir" */
    PART_IV,
    PART_CIPHERTEXT,
    PART_TAG,
    PART_COUNT,
};

struct parts {
    struct span header_text; /* as it was sent: what the rest is bound to (RFC 7516 5.2, step 15) */
    struct byte_buffer decoded[PART_COUNT];
};

static void dispose(struct parts *parts)
{
    for (size_t i = 0; i < PART_COUNT; i++)
        byte_buffer_dispose(&parts->decoded[i]);
}

/* A dot too many lands in the last part, where it is no letter; one too few leaves a part empty. */
static enum status parse(struct span text, struct parts *parts)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < PART_COUNT && status == STATUS_OK; i++) {
        const uint8_t *dot =
            i + 1 < PART_COUNT && text.len > 0 ? memchr(text.base, '.', text.len) : NULL;
        size_t len = dot != NULL ? (size_t)(dot - text.base) : text.len;
        struct span part = span_slice(text, 0, len);
        size_t used = dot != NULL ? len + 1 : len;
        text = span_slice(text, used, text.len - used);
        if (i == PART_HEADER)
            parts->header_text = part;
        bool is_there = part.len > 0;
        status = is_there == (i != PART_KEY) ? base64url_decode(part, &parts->decoded[i])
                                             : STATUS_INVALID;
    }
    return status;
}

/* The key that the header names, if it is one that the header's cipher is for. */
static enum status choose_key(struct span json, const struct key_set *keys,
                              const struct content_key **key)
{
    struct jwe_header header;
    enum status status = jwe_header_parse(json, &header);
    if (status != STATUS_OK)
        return status;
    *key = key_set_find_content_key(keys, span_of_string(header.kid));
    if (strcmp(header.algorithm, "dir") != 0)
        status = STATUS_INVALID;
    else if (*key == NULL || strcmp(header.encryption, content_key_algorithm(*key)) != 0)
        status = STATUS_NOT_FOUND;
    jwe_header_dispose(&header);
    return status;
}

static struct span part(const struct parts *parts, enum part part)
{
    return byte_buffer_span(&parts->decoded[part]);
}

enum status jwe_decrypt(struct span text, const struct key_set *keys, struct byte_buffer *plaintext)
{
    struct parts parts = {0};
    const struct content_key *key;
    enum status status = parse(text, &parts);
    if (status == STATUS_OK)
        status = choose_key(part(&parts, PART_HEADER), keys, &key);
    if (status == STATUS_OK) {
        const struct aes_gcm_sealed sealed = {
            .iv = part(&parts, PART_IV),
            .bound = parts.header_text,
            .ciphertext = part(&parts, PART_CIPHERTEXT),
            .tag = part(&parts, PART_TAG),
        };
        if (!aes_gcm_open(byte_buffer_span(&key->k), &sealed, plaintext))
            status = STATUS_REFUSED;
    }
    dispose(&parts);
    return status;
}

void jwe_encrypt(const struct content_key *key, struct span text, struct byte_buffer *jwe)
{
    struct byte_buffer header = {0};
    struct byte_buffer sealed = {0};
    uint8_t iv[AES_GCM_IV_LEN];
    size_t start = jwe->len;
    digest_random(iv, sizeof(iv));
    jwe_header_put(content_key_algorithm(key), key->kid, &header);
    base64url_encode(byte_buffer_span(&header), jwe);
    aes_gcm_seal(byte_buffer_span(&key->k), span_of(iv, sizeof(iv)),
                 span_of(jwe->base + start, jwe->len - start), text, &sealed);
    struct span both = byte_buffer_span(&sealed);
    byte_buffer_put(jwe, span_of_string(".."));
    base64url_encode(span_of(iv, sizeof(iv)), jwe);
    byte_buffer_put_u8(jwe, '.');
    base64url_encode(span_slice(both, 0, text.len), jwe);
    byte_buffer_put_u8(jwe, '.');
    base64url_encode(span_slice(both, text.len, AES_GCM_TAG_LEN), jwe);
    byte_buffer_dispose(&header);
    byte_buffer_dispose(&sealed);
}
