#ifndef CONNECTION_H
#define CONNECTION_H

#include <stdbool.h>

#include <netinet/in.h>

#include "base/span.h"
#include "server/h2_guard.h"
#include "server/h2o/libh2o.h"
#include "server/metrics.h"
#include "server/pace.h"
#include "server/send_watch.h"
#include "server/target_memory.h"

/*
 * What we keep of an accepted connection beside what libh2o keeps: how many requests it has under
 * way, so that a draining loop knows which connections are idle, and the client's address, which
 * the kernel forgets when the client leaves and the log still wants. It lives as long as the
 * socket. Limits on what one connection may do have their place here.
 */
struct delivery;
struct loop;

struct connection {
    h2o_linklist_t link; /* in loop->connections */
    struct loop *loop;
    h2o_socket_t *socket;       /* libh2o's */
    size_t requests;            /* under way */
    uint64_t requests_done;     /* whose whole response was written */
    struct pace pace;           /* of TLS under HTTP/1.1 */
    struct delivery *writer;    /* that waits until the socket takes more; NULL: none */
    struct h2_guard *guard;     /* owned; NULL: no HTTP/2 */
    h2o_socket_cb library_read; /* behind the guard */
    bool *is_closed;            /* set when the socket is freed; NULL: nobody asks */
    struct send_watch send_watch;
    struct {               /* bytes of a request that is not whole */
        uint64_t since_ns; /* 0: none */
        uint64_t requests_done;
    } unfinished;
    uint64_t given_ns; /* when it was last given something to send */
    bool has_ended;    /* the client has, or was made to: the library reads no more */
    bool is_refused;
    bool is_admin;
    enum metrics_protocol protocol;
    struct target_memory targets;
    size_t client_len; /* of the client's address, below */
    char client[INET6_ADDRSTRLEN];
};

/* The client's numeric address, or "-". */
static inline struct span connection_client(const struct connection *connection)
{
    return span_of(connection->client, connection->client_len);
}

/* Attaches one to a socket that was just accepted; it frees itself when the socket is closed. */
void connection_open(struct loop *loop, h2o_socket_t *socket, bool is_admin);

/* Counts it by the protocol of a request that begins. */
void connection_note_protocol(struct connection *connection, bool is_http2);

/* The connection that `request` came over. */
struct connection *connection_of(h2o_req_t *request);

/* Whether no request is under way and the client has all that was sent. */
bool connection_is_idle(const struct connection *connection);

/* Ends both directions, so that libh2o finds it closed and tidies up in its own way. */
void connection_cut(struct connection *connection);

/* Cuts it for having gone beyond a limit: says so in the log, counts it once, and drops at once
 * what the kernel still holds for a client that does not take it. */
void connection_refuse(struct connection *connection, enum limit limit);

#endif
