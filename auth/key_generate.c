/*
 * New keys as JWK text. A key id that nobody chose begins the key's thumbprint (RFC 7638): the
 * digest of the members that make it this key, so that it can be told from any other one anywhere.
 */
#include "auth/base64url.h"
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
#define MEMBERS_MAX_LEN 2048

static void reserve(struct byte_buffer *buffer, size_t len)
{
    byte_buffer_put_zeros(buffer, len);
    buffer->len -= len;
}

static void put_member(struct byte_buffer *out, const char *name, struct span bytes)
{
    byte_buffer_printf(out, ",\"%s\":\"", name);
    base64url_encode(bytes, out);
    byte_buffer_put_u8(out, '"');
}

/* `required` are the members in RFC 7638's order (3.2), each with a comma before it. */
static void put_thumbprint(struct span required, struct byte_buffer *kid)
{
    struct byte_buffer text = {0};
    reserve(&text, required.len + 1);
    byte_buffer_put_u8(&text, '{');
    byte_buffer_put(&text, span_slice(required, 1, required.len - 1));
    byte_buffer_put_u8(&text, '}');
    struct digest digest = digest_sha256(byte_buffer_span(&text));
    base64url_encode(span_of(digest.bytes, KID_THUMBPRINT_BYTES), kid);
    explicit_bzero(text.base, text.len);
    byte_buffer_dispose(&text);
}

/* The members of a thumbprint (RFC 7638 3.2, RFC 8037 2) are the public ones, by their names in the
 * order of the alphabet, as which key_number has them; crv goes before all, kty between e and n. */
static void make_pair(enum key_algorithm algorithm, struct byte_buffer *required,
                      struct byte_buffer *rest)
{
    struct key_numbers numbers = {0};
    const char *curve = key_algorithm_curve(algorithm);
    key_numbers_generate(algorithm, &numbers);
    if (curve != NULL)
        byte_buffer_printf(required, ",\"crv\":\"%s\"", curve);
    for (enum key_number i = 0; i < KEY_NUMBER_COUNT; i++) {
        if (i == KEY_NUMBER_N)
            byte_buffer_printf(required, ",\"kty\":\"%s\"", key_algorithm_type(algorithm));
        if (key_number_belongs(i, algorithm))
            put_member(i < KEY_NUMBER_D ? required : rest, key_number_name(i),
                       byte_buffer_span(&numbers.bytes[i]));
    }
    key_numbers_dispose(&numbers);
}

static void make_secret(size_t len, struct byte_buffer *required)
{
    uint8_t secret[32];
    digest_random(secret, len);
    put_member(required, "k", span_of(secret, len));
    byte_buffer_printf(required, ",\"kty\":\"oct\"");
    explicit_bzero(secret, sizeof(secret));
}

static enum status check(const char *algorithm, const char *kid, struct fault *fault)
{
    enum key_algorithm signs;
    if (kid != NULL && !is_plain_kid(kid))
        return fault_raise(fault, STATUS_INVALID,
                           "key id '%s': use 1 to %d of the characters A-Z a-z 0-9 . _ -", kid,
                           KID_MAX_LEN);
    if (content_key_len(algorithm) == 0 && !key_algorithm_parse(span_of_string(algorithm), &signs))
        return fault_raise(fault, STATUS_INVALID, "'%s' is no algorithm that keys are for",
                           algorithm);
    return STATUS_OK;
}

static void make(const char *algorithm, struct byte_buffer *required, struct byte_buffer *rest)
{
    enum key_algorithm signs;
    if (content_key_len(algorithm) > 0)
        make_secret(content_key_len(algorithm), required);
    else if (key_algorithm_parse(span_of_string(algorithm), &signs) && signs == KEY_HS256)
        make_secret(32, required);
    else
        make_pair(signs, required, rest);
}

enum status key_generate(const char *algorithm, const char *kid, struct byte_buffer *jwk,
                         struct fault *fault)
{
    enum status status = check(algorithm, kid, fault);
    if (status != STATUS_OK)
        return status;
    struct byte_buffer required = {0};
    struct byte_buffer rest = {0};
    struct byte_buffer thumbprint = {0};
    reserve(&required, MEMBERS_MAX_LEN);
    reserve(&rest, MEMBERS_MAX_LEN);
    reserve(jwk, 2 * MEMBERS_MAX_LEN);
    make(algorithm, &required, &rest);
    if (kid != NULL)
        byte_buffer_put(&thumbprint, span_of_string(kid));
    else
        put_thumbprint(byte_buffer_span(&required), &thumbprint);
    byte_buffer_printf(jwk, "{\"kid\":\"%.*s\",\"alg\":\"%s\",\"use\":\"%s\"",
                       SPAN_PRINT(byte_buffer_span(&thumbprint)), algorithm,
                       content_key_len(algorithm) > 0 ? "enc" : "sig");
    byte_buffer_put(jwk, byte_buffer_span(&required));
    byte_buffer_put(jwk, byte_buffer_span(&rest));
    byte_buffer_put_u8(jwk, '}');
    byte_buffer_dispose(&thumbprint);
    byte_buffer_wipe(&required);
    byte_buffer_wipe(&rest);
    return STATUS_OK;
}
