#include "auth/base64url.h"

static const char letters[64] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void base64url_encode(struct span bytes, struct byte_buffer *text)
{
    uint32_t bits = 0;
    unsigned bit_count = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        bits = bits << 8 | bytes.base[i];
        for (bit_count += 8; bit_count >= 6; bit_count -= 6)
            byte_buffer_put_u8(text, (uint8_t)letters[bits >> (bit_count - 6) & 63]);
    }
    if (bit_count > 0)
        byte_buffer_put_u8(text, (uint8_t)letters[bits << (6 - bit_count) & 63]);
}

static int letter_value(uint8_t letter)
{
    if (letter >= 'A' && letter <= 'Z')
        return letter - 'A';
    if (letter >= 'a' && letter <= 'z')
        return letter - 'a' + 26;
    if (letter >= '0' && letter <= '9')
        return letter - '0' + 52;
    if (letter == '-')
        return 62;
    return letter == '_' ? 63 : -1;
}

enum status base64url_decode(struct span text, struct byte_buffer *bytes)
{
    if (text.len % 4 == 1)
        return STATUS_INVALID;
    size_t start = bytes->len;
    byte_buffer_put_zeros(bytes, text.len / 4 * 3 + text.len % 4 * 3 / 4);
    uint32_t bits = 0;
    unsigned bit_count = 0;
    size_t at = start;
    for (size_t i = 0; i < text.len; i++) {
        int value = letter_value(text.base[i]);
        if (value < 0)
            goto invalid;
        bits = bits << 6 | (uint32_t)value;
        bit_count += 6;
        if (bit_count >= 8) {
            bit_count -= 8;
            bytes->base[at++] = (uint8_t)(bits >> bit_count);
        }
    }
    if ((bits & ((1u << bit_count) - 1)) == 0)
        return STATUS_OK;

invalid:
    explicit_bzero(bytes->base + start, at - start); /* it may have been most of a secret */
    bytes->len = start;
    return STATUS_INVALID;
}
