#ifndef HANDSHAKE_H
#define HANDSHAKE_H

#include "server/h2o/libh2o.h"

/*
 * From an accepted socket to the protocol that it speaks: by ALPN over TLS; in the clear HTTP/2 is
 * what begins with its preface (RFC 9113, 3.3). It does what h2o_accept does, so that the HTTP/2
 * guard can stand in front of the library from the first byte on.
 */

/* Takes over `socket`, which connection_open was called for. `accept` is borrowed. */
void handshake_start(h2o_accept_ctx_t *accept, h2o_socket_t *socket);

#endif
