#ifndef LISTEN_SOCKET_H
#define LISTEN_SOCKET_H

#include "base/fault.h"
#include "server/listen_address.h"

/*
 * Listening sockets, one per loop on the same address (SO_REUSEPORT), so that the kernel spreads
 * the connections and no two loops wait at one queue.
 */

/* Opens `count` sockets at `address` and writes them to `fds`; on failure none is left open. When
 * the port is 0 a free one is taken and written to address->port. STATUS_BUSY when the address is
 * taken. */
MUST_CHECK enum status listen_socket_open(struct listen_address *address, int *fds, size_t count,
                                          struct fault *fault);

#define LISTEN_URL_MAX (LISTEN_HOST_MAX + 24)

/* Writes "http://127.0.0.1:8080", with brackets around an IPv6 address. */
void listen_socket_print_url(const struct listen_address *address, bool is_tls,
                             char url[LISTEN_URL_MAX]);

#endif
