#include "server/listen_address.h"

#include <arpa/inet.h>

static bool parse_port(struct span digits, uint16_t *port)
{
    uint32_t value = 0;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.base[i] < '0' || digits.base[i] > '9')
            return false;
        value = value * 10 + (uint32_t)(digits.base[i] - '0');
        if (value > UINT16_MAX)
            return false;
    }
    *port = (uint16_t)value;
    return digits.len > 0;
}

/* Cuts "host:port" or "[v6]:port" at the colon before the port; *port_at is text.len without one.
 */
static bool find_port(struct span text, size_t *host_len, size_t *port_at)
{
    if (text.len > 0 && text.base[0] == '[') {
        const uint8_t *bracket = memchr(text.base, ']', text.len);
        if (bracket == NULL)
            return false;
        *host_len = (size_t)(bracket - text.base) + 1;
    } else {
        const uint8_t *colon = text.len > 0 ? memchr(text.base, ':', text.len) : NULL;
        *host_len = colon != NULL ? (size_t)(colon - text.base) : text.len;
    }
    if (*host_len < text.len && text.base[*host_len] != ':')
        return false;
    *port_at = *host_len < text.len ? *host_len + 1 : text.len;
    return true;
}

bool listen_address_parse(const char *text, struct listen_address *address)
{
    struct span whole = span_of_string(text);
    size_t host_len;
    size_t port_at;
    if (!find_port(whole, &host_len, &port_at))
        return false;
    struct span host = span_slice(whole, 0, host_len);
    if (host_len > 1 && host.base[0] == '[')
        host = span_slice(host, 1, host_len - 2);
    if (host.len >= sizeof(address->host) ||
        !parse_port(span_slice(whole, port_at, whole.len - port_at), &address->port))
        return false;
    memcpy(address->host, host.base, host.len);
    address->host[host.len] = '\0';
    return true;
}

static bool is_host_byte(uint8_t byte, bool is_bracketed)
{
    bool is_digit = byte >= '0' && byte <= '9';
    uint8_t lower = byte | 0x20;
    if (is_bracketed)
        return is_digit || (lower >= 'a' && lower <= 'f') || byte == ':' || byte == '.';
    return is_digit || (lower >= 'a' && lower <= 'z') || byte == '.' || byte == '-';
}

bool listen_address_split_host(struct span authority, struct span *host)
{
    size_t host_len;
    size_t port_at;
    uint16_t port;
    if (!find_port(authority, &host_len, &port_at))
        return false;
    struct span digits = span_slice(authority, port_at, authority.len - port_at);
    if (host_len == 0 || host_len > 255 || (digits.len > 0 && !parse_port(digits, &port)))
        return false;
    bool is_bracketed = authority.base[0] == '[';
    size_t from = is_bracketed ? 1 : 0;
    size_t to = is_bracketed ? host_len - 1 : host_len;
    for (size_t i = from; i < to; i++) {
        if (!is_host_byte(authority.base[i], is_bracketed))
            return false;
    }
    *host = span_slice(authority, 0, host_len);
    return from < to;
}

bool listen_address_needs_no_dns(struct span host)
{
    char text[LISTEN_HOST_MAX];
    struct in6_addr address; /* as large as the other */
    bool is_bracketed = host.len >= 2 && host.base[0] == '[';
    if (is_bracketed)
        host = span_slice(host, 1, host.len - 2);
    if (host.len >= sizeof(text))
        return false;
    memcpy(text, host.base, host.len);
    text[host.len] = '\0';
    if (is_bracketed)
        return inet_pton(AF_INET6, text, &address) == 1;
    return span_is_ignoring_case(host, "localhost") || inet_pton(AF_INET, text, &address) == 1;
}
