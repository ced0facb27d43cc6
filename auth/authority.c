#include "auth/authority.h"

#define HOST_MAX_LEN 255 /* of a domain name, RFC 1035 2.3.4 */

static uint8_t to_lower(uint8_t byte)
{
    return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte + 32) : byte;
}

static bool is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_name_byte(uint8_t byte)
{
    uint8_t lower = to_lower(byte);
    return is_digit(byte) || (lower >= 'a' && lower <= 'z') || byte == '.' || byte == '_' ||
           byte == '-';
}

static bool is_ipv6_byte(uint8_t byte)
{
    uint8_t lower = to_lower(byte);
    return is_digit(byte) || (lower >= 'a' && lower <= 'f') || byte == ':' || byte == '.';
}

/* The length of the host at the start of `authority`; 0 when there is none. Only the letters of an
 * IPv6 address are looked at: it is compared as text, and nothing is ever sent to it. */
static size_t host_len(struct span authority)
{
    bool bracketed = authority.len > 0 && authority.base[0] == '[';
    size_t len = bracketed ? 1 : 0;
    while (len < authority.len &&
           (bracketed ? is_ipv6_byte(authority.base[len]) : is_name_byte(authority.base[len])))
        len++;
    if (!bracketed)
        return len;
    return len > 2 && len < authority.len && authority.base[len] == ']' ? len + 1 : 0;
}

/* What follows the host: nothing, or a colon and perhaps a number; 0 stands for no port. */
static bool parse_port(struct span text, unsigned *port)
{
    *port = 0;
    if (text.len == 0)
        return true;
    if (text.base[0] != ':' || text.len > sizeof(":65535") - 1)
        return false;
    for (size_t i = 1; i < text.len; i++) {
        if (!is_digit(text.base[i]))
            return false;
        *port = *port * 10 + (unsigned)(text.base[i] - '0');
    }
    return text.len == 1 || (*port >= 1 && *port <= 65535);
}

enum status authority_normalise(struct span authority, unsigned default_port,
                                struct byte_buffer *out)
{
    if (authority.len == 0)
        authority = span_of_string("localhost");
    size_t len = host_len(authority);
    unsigned port;
    if (len == 0 || len > HOST_MAX_LEN ||
        !parse_port(span_slice(authority, len, authority.len - len), &port))
        return STATUS_INVALID;
    for (size_t i = 0; i < len; i++)
        byte_buffer_put_u8(out, to_lower(authority.base[i]));
    if (port != 0 && port != default_port)
        byte_buffer_printf(out, ":%u", port);
    return STATUS_OK;
}
