#include "auth/address_range.h"

#include <arpa/inet.h>

#define MAPPED_LEN 12 /* of the bytes before an IPv4 address */
#define MAPPED_BITS (8 * MAPPED_LEN)

static const uint8_t mapped[MAPPED_LEN] = {[10] = 0xff, [11] = 0xff};

static bool is_v4(const struct address_range *range)
{
    return range->prefix_len >= MAPPED_BITS && memcmp(range->address, mapped, MAPPED_LEN) == 0;
}

/* A decimal number up to `max`, without a sign and needless zeros. */
static bool parse_prefix_len(struct span text, unsigned max, unsigned *len)
{
    *len = 0;
    if (text.len == 0 || text.len > 3 || (text.len > 1 && text.base[0] == '0'))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.base[i] < '0' || text.base[i] > '9')
            return false;
        *len = *len * 10 + text.base[i] - '0';
    }
    return *len <= max;
}

/* Sets *bits to how long a prefix of such an address can be. */
static bool parse_address(struct span text, bool must_be_v6, uint8_t address[16], unsigned *bits)
{
    char copy[INET6_ADDRSTRLEN];
    if (text.len == 0 || text.len >= sizeof(copy) || memchr(text.base, '\0', text.len) != NULL)
        return false;
    memcpy(copy, text.base, text.len);
    copy[text.len] = '\0';
    *bits = 128;
    if (inet_pton(AF_INET6, copy, address) == 1)
        return true;
    *bits = 32;
    memcpy(address, mapped, MAPPED_LEN);
    return !must_be_v6 && inet_pton(AF_INET, copy, address + MAPPED_LEN) == 1;
}

/* Takes one pair of brackets off: around everything, or around the address alone. */
static bool take_brackets(struct span *address, struct span *prefix, bool has_prefix)
{
    struct span *last = has_prefix ? prefix : address;
    if (address->len == 0 || address->base[0] != '[')
        return false;
    if (address->base[address->len - 1] == ']')
        last = address;
    if (last->len == 0 || last->base[last->len - 1] != ']')
        return false;
    last->len--;
    *address = span_slice(*address, 1, address->len - 1);
    return true;
}

bool address_range_parse(struct span text, struct address_range *range)
{
    const uint8_t *slash = text.len > 0 ? memchr(text.base, '/', text.len) : NULL;
    size_t len = slash != NULL ? (size_t)(slash - text.base) : text.len;
    struct span address = span_slice(text, 0, len);
    struct span prefix = slash != NULL ? span_slice(text, len + 1, text.len - len - 1) : text;
    bool has_brackets = take_brackets(&address, &prefix, slash != NULL);
    unsigned bits;
    if (!parse_address(address, has_brackets, range->address, &bits))
        return false;
    range->prefix_len = bits;
    if (slash != NULL && !parse_prefix_len(prefix, bits, &range->prefix_len))
        return false;
    range->prefix_len += 128 - bits;
    return true;
}

bool address_range_contains(const struct address_range *range, const struct address_range *inner)
{
    size_t bytes = range->prefix_len / 8;
    unsigned bits = range->prefix_len % 8;
    if (inner->prefix_len < range->prefix_len || is_v4(range) != is_v4(inner) ||
        memcmp(range->address, inner->address, bytes) != 0)
        return false;
    return bits == 0 || (range->address[bytes] ^ inner->address[bytes]) >> (8 - bits) == 0;
}
