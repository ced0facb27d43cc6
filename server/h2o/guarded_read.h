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

/* h2o_send, for a response that may be given when nothing was read, as when a worker is done. That
 * may make the library stop reading, and it would go on without the guard: the connection is cut
 * instead. The request may be gone when this returns. */
void guarded_read_send(h2o_req_t *req, h2o_iovec_t *bytes, size_t count, h2o_send_state_t state);

#endif
