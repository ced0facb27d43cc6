#include "auth/mint.h"

#include "auth/base64url.h"
#include "auth/token_claims.h"
#include "auth/token_text.h"
#include "auth/uri_container.h"

/* The compact serialisation of RFC 7515 (3.1). */
static enum status sign(const struct key *key, const struct mint_claims *claims,
                        struct byte_buffer *token, struct fault *fault)
{
    struct byte_buffer header = {0};
    struct byte_buffer payload = {0};
    struct byte_buffer signature = {0};
    size_t start = token->len;
    enum status status = token_text_put_payload(claims, &payload, fault);
    if (status == STATUS_OK) {
        token_text_put_header(key, &header);
        base64url_encode(byte_buffer_span(&header), token);
        byte_buffer_put_u8(token, '.');
        base64url_encode(byte_buffer_span(&payload), token);
        key_sign(key, span_of(token->base + start, token->len - start), &signature);
        byte_buffer_put_u8(token, '.');
        base64url_encode(byte_buffer_span(&signature), token);
    }
    byte_buffer_dispose(&header);
    byte_buffer_dispose(&payload);
    byte_buffer_dispose(&signature);
    return status;
}

enum status mint_token(const struct key *key, const struct mint_claims *claims,
                       struct byte_buffer *token, struct fault *fault)
{
    if (!key_can_sign(key))
        return fault_raise(fault, STATUS_REFUSED,
                           "key %s has no private part: sign where the private key is", key->kid);
    if (claims->expires_s <= 0 || claims->expires_s > CLAIM_TIME_MAX || claims->not_before_s < 0 ||
        claims->not_before_s > CLAIM_TIME_MAX)
        return fault_raise(fault, STATUS_INVALID,
                           "a token's times are seconds since 1970, above 0 and up to 2^53");
    enum status status = uri_container_check(span_of_string(claims->uri_container), fault);
    if (status != STATUS_OK)
        return status;
    return sign(key, claims, token, fault);
}

/* What signed_uri makes of a request for a file of the title: any scheme, any host, and any query,
 * since players and caches add to it. Of the characters of a name only the dot means something in a
 * regular expression. */
void mint_title_container(struct span title, struct byte_buffer *container)
{
    byte_buffer_put(container, span_of_string("regex:https?://[^/]*/v1/"));
    for (size_t i = 0; i < title.len; i++) {
        if (title.base[i] == '.')
            byte_buffer_put_u8(container, '\\');
        byte_buffer_put_u8(container, title.base[i]);
    }
    byte_buffer_put(container, span_of_string("/[^/?]+(\\?.*)?"));
}
