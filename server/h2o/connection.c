#include "server/h2o/connection.h"

#include <arpa/inet.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "server/h2o/access_log.h"
#include "server/h2o/loop.h"

/* More is no quicker: it does not fit the processor's cache. */
#define MAX_WINDOW_BYTES (256u * 1024u)

static void on_close(void *data)
{
    struct connection *connection = data;
    struct loop *loop = connection->loop;
    h2o_linklist_unlink(&connection->link);
    if (!connection->is_admin) {
        loop->connection_count--;
        metrics_count_gone(loop->metrics, connection->protocol);
    }
    target_memory_dispose(&connection->targets);
    if (connection->is_closed != NULL)
        *connection->is_closed = true;
    free(connection->guard);
    free(connection);
    for (size_t i = 0; i < loop->listener_count; i++)
        listener_resume(&loop->listeners[i]);
}

/* An IPv4 client of a listener for every address comes as ::ffff:192.0.2.1 and is shown as itself.
 */
static void note_client(struct connection *connection)
{
    struct sockaddr_storage address;
    socklen_t len = h2o_socket_getpeername(connection->socket, (struct sockaddr *)&address);
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)&address;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&address;
    const void *bytes = NULL;
    int family = len > 0 ? address.ss_family : AF_UNSPEC;
    if (family == AF_INET) {
        bytes = &v4->sin_addr;
    } else if (family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr)) {
        family = AF_INET;
        bytes = v6->sin6_addr.s6_addr + 12;
    } else if (family == AF_INET6) {
        bytes = &v6->sin6_addr;
    }
    if (bytes == NULL ||
        inet_ntop(family, bytes, connection->client, sizeof(connection->client)) == NULL)
        strcpy(connection->client, "-");
    connection->client_len = strlen(connection->client);
}

void connection_open(struct loop *loop, h2o_socket_t *socket, bool is_admin)
{
    struct connection *connection = h2o_mem_alloc(sizeof(*connection));
    *connection = (struct connection){.loop = loop, .socket = socket, .is_admin = is_admin};
    pace_init(&connection->pace, MAX_WINDOW_BYTES);
    note_client(connection);
    h2o_linklist_insert(&loop->connections, &connection->link);
    if (!is_admin) {
        loop->connection_count++;
        metrics_count_accepted(loop->metrics);
    }
    socket->on_close.cb = on_close;
    socket->on_close.data = connection;
}

void connection_note_protocol(struct connection *connection, bool is_http2)
{
    bool is_tls = connection->socket->ssl != NULL;
    enum metrics_protocol protocol = is_http2 ? (is_tls ? METRICS_HTTP2_TLS : METRICS_HTTP2)
                                              : (is_tls ? METRICS_HTTP1_TLS : METRICS_HTTP1);
    if (protocol == connection->protocol)
        return;
    metrics_change_protocol(connection->loop->metrics, connection->protocol, protocol);
    connection->protocol = protocol;
}

struct connection *connection_of(h2o_req_t *request)
{
    return request->conn->callbacks->get_socket(request->conn)->on_close.data;
}

bool connection_is_idle(const struct connection *connection)
{
    int unsent = 0;
    int fd = h2o_socket_get_fd(connection->socket);
    return connection->requests == 0 && (ioctl(fd, SIOCOUTQ, &unsent) != 0 || unsent == 0);
}

void connection_cut(struct connection *connection)
{
    shutdown(h2o_socket_get_fd(connection->socket), SHUT_RDWR);
}

void connection_refuse(struct connection *connection, enum limit limit)
{
    const struct linger at_once = {.l_onoff = 1};
    struct loop *loop = connection->loop;
    if (connection->is_refused)
        return;
    connection->is_refused = true;
    access_log_limit(loop->service->log, connection_client(connection), limit_name(limit));
    metrics_count_limit(loop->metrics, limit);
    setsockopt(h2o_socket_get_fd(connection->socket), SOL_SOCKET, SO_LINGER, &at_once,
               sizeof(at_once));
    connection_cut(connection);
}
