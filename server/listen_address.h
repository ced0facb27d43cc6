#ifndef LISTEN_ADDRESS_H
#define LISTEN_ADDRESS_H

#include "base/span.h"

/* Where to listen: "127.0.0.1:8080", "[::1]:8443", ":8080" for every address. */
#define LISTEN_HOST_MAX 64

struct listen_address {
    char host[LISTEN_HOST_MAX]; /* without brackets; empty: every address */
    uint16_t port;              /* 0: any free one */
};

/* False for anything else; an IPv6 address needs its brackets. Pure. */
bool listen_address_parse(const char *text, struct listen_address *address);

/* Whether `authority` is a Host that may be copied into a page: a name of letters, digits, dots and
 * hyphens or an address in brackets, with or without a port. Sets *host to it without the port,
 * brackets kept. Pure. */
bool listen_address_split_host(struct span authority, struct span *host);

/* Whether `host`, as listen_address_split_host gives it, is an address or "localhost": something
 * that no name server had a say in. Pure. */
bool listen_address_needs_no_dns(struct span host);

#endif
