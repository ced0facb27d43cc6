#ifndef LISTENER_H
#define LISTENER_H

#include <stdbool.h>

#include "server/h2o/libh2o.h"

/* A listening socket of one loop. Accepts until the loop has as many connections as it may, and
 * pauses a little when the process has no file descriptor left. */
struct loop;

struct listener {
    struct loop *loop;
    int fd;
    h2o_socket_t *socket; /* NULL before it is opened and once it is closed */
    h2o_accept_ctx_t accept;
    h2o_timeout_entry_t pause;
    bool is_admin;
};

/* Takes the listening socket `fd`. */
void listener_init(struct listener *listener, struct loop *loop, int fd, struct ssl_ctx_st *ssl,
                   h2o_hostconf_t **hosts, bool is_admin);

/* Hands the socket to the loop, which runs on this thread. */
void listener_open(struct listener *listener);

/* Starts or goes on accepting, if there is room. */
void listener_resume(struct listener *listener);

/* Accepts what has been queued already, and closes. */
void listener_close(struct listener *listener);

#endif
