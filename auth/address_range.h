#ifndef ADDRESS_RANGE_H
#define ADDRESS_RANGE_H

#include "base/span.h"

/*
 * IP addresses that begin alike (CIDR, RFC 4632 3.1 and RFC 4291 2.3); a single one is a range of
 * itself. IPv4 is kept as IPv6 has it (::ffff:0:0/96, RFC 4291 2.5.5.2), so that 192.0.2.1 and
 * ::ffff:192.0.2.1 are the same address.
 */
struct address_range {
    uint8_t address[16]; /* in network order; the bits behind the prefix mean nothing */
    unsigned prefix_len; /* 0 to 128 */
};

/* Reads an address with perhaps a slash and the length of a prefix. An IPv6 address may be in
 * brackets, and so may it with its prefix, and an address may have bits behind its prefix: RFC 9246
 * has "[2001:db8::1/32]" (A.2). False for anything else; zones (RFC 4007 11) are. */
bool address_range_parse(struct span text, struct address_range *range);

/* Whether every address of `inner` is in `range`. An IPv6 prefix holds no IPv4 address, not even
 * "::/0". */
bool address_range_contains(const struct address_range *range, const struct address_range *inner);

#endif
