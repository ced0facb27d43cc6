#ifndef GUARDED_READ_H
#define GUARDED_READ_H

#include "server/h2o/libh2o.h"

/*
 * Puts the HTTP/2 guard between a socket and libh2o: the library's read callback is kept and ours
 * is called in its place. What the guard refuses, the library never sees: the connection is cut
 * off and the library told that it was closed.
 */

/* Makes `socket` an HTTP/2 connection of libh2o. What lies in its input already goes through the
 * guard first. */
void guarded_read_start(h2o_accept_ctx_t *accept, h2o_socket_t *socket,
                        struct timeval connected_at);

#endif
