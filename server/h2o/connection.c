#include "server/h2o/connection.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "server/h2o/loop.h"

static void on_close(void *data)
{
    struct connection *connection = data;
    struct loop *loop = connection->loop;
    h2o_linklist_unlink(&connection->link);
    if (!connection->is_admin)
        loop->connection_count--;
    free(connection);
    for (size_t i = 0; i < loop->listener_count; i++)
        listener_resume(&loop->listeners[i]);
}

void connection_open(struct loop *loop, h2o_socket_t *socket, bool is_admin)
{
    struct connection *connection = h2o_mem_alloc(sizeof(*connection));
    *connection = (struct connection){.loop = loop, .socket = socket, .is_admin = is_admin};
    h2o_linklist_insert(&loop->connections, &connection->link);
    if (!is_admin)
        loop->connection_count++;
    socket->on_close.cb = on_close;
    socket->on_close.data = connection;
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
