#include "server/h2o/listener.h"

#include <errno.h>

#include "server/h2o/connection.h"
#include "server/h2o/handshake.h"
#include "server/h2o/loop.h"

/* How many connections are accepted before the loop goes back to those it has. */
#define ACCEPT_BURST 32

static bool has_room(const struct listener *listener)
{
    return listener->is_admin || listener->loop->connection_count < listener->loop->max_connections;
}

/* Without this the socket stays readable while nothing can be accepted, and the loop would spin. */
static void pause_accepting(struct listener *listener)
{
    h2o_socket_read_stop(listener->socket);
    h2o_timeout_link(listener->loop->context.loop, &listener->loop->context.hundred_ms_timeout,
                     &listener->pause);
}

static void end_pause(h2o_timeout_entry_t *entry)
{
    listener_resume(H2O_STRUCT_FROM_MEMBER(struct listener, pause, entry));
}

static bool is_shortage(int error)
{
    return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

/* False when there is nothing to accept, or no way to. */
static bool accept_one(struct listener *listener)
{
    h2o_socket_t *socket = h2o_evloop_socket_accept(listener->socket);
    if (socket == NULL) {
        if (is_shortage(errno))
            pause_accepting(listener);
        return errno == ECONNABORTED || errno == EINTR;
    }
    connection_open(listener->loop, socket, listener->is_admin);
    handshake_start(&listener->accept, socket);
    return true;
}

static void on_readable(h2o_socket_t *socket, const char *error)
{
    struct listener *listener = socket->data;
    if (error != NULL)
        return;
    for (int i = 0; i < ACCEPT_BURST; i++) {
        if (!has_room(listener)) {
            h2o_socket_read_stop(listener->socket);
            return;
        }
        if (!accept_one(listener))
            return;
    }
}

void listener_init(struct listener *listener, struct loop *loop, int fd, struct ssl_ctx_st *ssl,
                   h2o_hostconf_t **hosts, bool is_admin)
{
    *listener = (struct listener){
        .loop = loop,
        .fd = fd,
        .accept = {.ctx = &loop->context, .hosts = hosts, .ssl_ctx = ssl},
        .pause = {.cb = end_pause},
        .is_admin = is_admin,
    };
}

void listener_open(struct listener *listener)
{
    listener->socket = h2o_evloop_socket_create(listener->loop->context.loop, listener->fd,
                                                H2O_SOCKET_FLAG_DONT_READ);
    listener->socket->data = listener;
}

void listener_resume(struct listener *listener)
{
    if (listener->socket != NULL && !h2o_socket_is_reading(listener->socket) &&
        !h2o_timeout_is_linked(&listener->pause) && has_room(listener))
        h2o_socket_read_start(listener->socket, on_readable);
}

void listener_close(struct listener *listener)
{
    if (listener->socket == NULL)
        return;
    /* Clients that the kernel has already shaken hands with would be reset. */
    on_readable(listener->socket, NULL);
    h2o_timeout_unlink(&listener->pause);
    h2o_socket_read_stop(listener->socket);
    h2o_socket_close(listener->socket);
    listener->socket = NULL;
}
