/*
 * New keys as JWK text. A key id that nobody chose begins the key's thumbprint (RFC 7638): the
 * digest of the members that make it this key, so that it can be told from any other one anywhere.
 */
#include "auth/base64url.h"
#include "auth/ec_key.h"
#include "auth/key_set.h"
#include "base/digest.h"

#define KID_MAX_LEN 128

/* Of a thumbprint: 12 letters, as every request of a player carries them. */
#define KID_THUMBPRINT_BYTES 9

/* What needs no escaping in JSON, in a URI or in a shell. */
static bool is_plain_kid(const char *kid)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    size_t len = strlen(kid);
    return len > 0 && len <= KID_MAX_LEN && strspn(kid, plain) == len;
}

/* Room for every letter first, so that the buffer does not grow and leave copies of a secret. */
#define MEMBERS_MAX_LEN 512

static void reserve(struct byte_buffer *buffer, size_t len)
{
    byte_buffer_put_zeros(buffer, len);
    buffer->len -= len;
}

static void put_member(struct byte_buffer *out, const char *name, const uint8_t *bytes, size_t len)
{
    byte_buffer_printf(out, ",\"%s\":\"", name);
    base64url_encode(span_of(bytes, len), out);
    byte_buffer_put_u8(out, '"');
}

/* The required members in RFC 7638's order (3.2) without the opening brace and the first comma are
 * also the beginning of the JWK. */
static void put_thumbprint(struct span required, struct byte_buffer *kid)
{
    struct byte_buffer text = {0};
    reserve(&text, required.len + 2);
    byte_buffer_put_u8(&text, '{');
    byte_buffer_put(&text, required);
    byte_buffer_put_u8(&text, '}');
    struct digest digest = digest_sha256(byte_buffer_span(&text));
    base64url_encode(span_of(digest.bytes, KID_THUMBPRINT_BYTES), kid);
    explicit_bzero(text.base, text.len);
    byte_buffer_dispose(&text);
}

static void make_ec_key(struct byte_buffer *required, struct byte_buffer *rest)
{
    struct ec_key key;
    ec_key_generate(&key);
    byte_buffer_printf(required, "\"crv\":\"P-256\",\"kty\":\"EC\"");
    put_member(required, "x", key.x, EC_KEY_PART_LEN);
    put_member(required, "y", key.y, EC_KEY_PART_LEN);
    put_member(rest, "d", key.d, EC_KEY_PART_LEN);
    explicit_bzero(&key, sizeof(key));
}

static void make_secret(struct byte_buffer *required)
{
    uint8_t secret[32];
    digest_random(secret, sizeof(secret));
    byte_buffer_printf(required, "\"k\":\"");
    base64url_encode(span_of(secret, sizeof(secret)), required);
    byte_buffer_printf(required, "\",\"kty\":\"oct\"");
    explicit_bzero(secret, sizeof(secret));
}

static void dispose_secretly(struct byte_buffer *buffer)
{
    explicit_bzero(buffer->base, buffer->capacity);
    byte_buffer_dispose(buffer);
}

enum status key_generate(enum key_algorithm algorithm, const char *kid, struct byte_buffer *jwk,
                         struct fault *fault)
{
    if (kid != NULL && !is_plain_kid(kid))
        return fault_raise(fault, STATUS_INVALID,
                           "key id '%s': use 1 to %d of the characters A-Z a-z 0-9 . _ -", kid,
                           KID_MAX_LEN);
    struct byte_buffer required = {0};
    struct byte_buffer rest = {0};
    struct byte_buffer thumbprint = {0};
    reserve(&required, MEMBERS_MAX_LEN);
    reserve(&rest, MEMBERS_MAX_LEN);
    reserve(jwk, 2 * MEMBERS_MAX_LEN);
    if (algorithm == KEY_ES256)
        make_ec_key(&required, &rest);
    else
        make_secret(&required);
    if (kid != NULL)
        byte_buffer_put(&thumbprint, span_of_string(kid));
    else
        put_thumbprint(byte_buffer_span(&required), &thumbprint);
    byte_buffer_printf(jwk, "{\"kid\":\"%.*s\",\"alg\":\"%s\",\"use\":\"sig\",",
                       SPAN_PRINT(byte_buffer_span(&thumbprint)), key_algorithm_name(algorithm));
    byte_buffer_put(jwk, byte_buffer_span(&required));
    byte_buffer_put(jwk, byte_buffer_span(&rest));
    byte_buffer_put_u8(jwk, '}');
    byte_buffer_dispose(&thumbprint);
    dispose_secretly(&required);
    dispose_secretly(&rest);
    return STATUS_OK;
}
