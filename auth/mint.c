#include "auth/mint.h"

#include "auth/base64url.h"
#include "auth/signed_uri.h"
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

/* Cuts what is before the first byte of `ends` off `rest`; all of it when there is none. */
static struct span take_before(struct span *rest, const char *ends)
{
    size_t len = 0;
    while (len < rest->len && memchr(ends, rest->base[len], strlen(ends)) == NULL)
        len++;
    struct span before = span_slice(*rest, 0, len);
    *rest = span_slice(*rest, len, rest->len - len);
    return before;
}

/* RFC 3986 3. An empty path stands for "/" (6.2.3), which a request target always has. */
static enum status parse_absolute(struct span text, struct signed_uri *uri)
{
    static const char mark[] = "://";
    struct span scheme = take_before(&text, ":");
    if (text.len < strlen(mark) || memcmp(text.base, mark, strlen(mark)) != 0)
        return STATUS_INVALID;
    text = span_slice(text, strlen(mark), text.len - strlen(mark));
    struct span authority = take_before(&text, "/?#");
    if (authority.len == 0)
        return STATUS_INVALID;
    struct byte_buffer target = {0};
    if (text.len == 0 || text.base[0] != '/')
        byte_buffer_put_u8(&target, '/');
    byte_buffer_put(&target, text);
    enum status status = signed_uri_parse(scheme, authority, byte_buffer_span(&target),
                                          span_of_string(URI_TOKEN_ATTRIBUTE), uri);
    byte_buffer_dispose(&target);
    return status;
}

enum status mint_hash_container(struct span uri, struct byte_buffer *container, struct fault *fault)
{
    struct signed_uri parsed = {0};
    enum status status = parse_absolute(uri, &parsed);
    if (status == STATUS_OK)
        uri_container_put_hash(byte_buffer_span(&parsed.text), container);
    else
        status = fault_raise(fault, STATUS_INVALID,
                             "not a URI such as https://media.example/v1/bunny/video.mp4");
    signed_uri_dispose(&parsed);
    return status;
}
