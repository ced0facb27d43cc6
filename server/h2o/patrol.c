#include "server/h2o/patrol.h"

#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "server/h2o/connection.h"
#include "server/h2o/loop.h"

#define NS_PER_S UINT64_C(1000000000)

/* Asking the kernel costs a microsecond, and there may be thousands to ask for. */
#define MAX_ROUND_S 5

/* An answer to PING in a TLS 1.2 record of its own. A client that only pings takes nothing. */
#define ANSWER_BYTES_TLS 46
#define ANSWER_BYTES 17

/* What the client has acknowledged of what we wanted to send. False when the kernel cannot say. */
static bool measure_taken(const struct connection *connection, uint64_t *taken_bytes)
{
    struct tcp_info info = {0};
    socklen_t len = sizeof(info);
    int fd = h2o_socket_get_fd(connection->socket);
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) != 0 ||
        len < offsetof(struct tcp_info, tcpi_bytes_acked) + sizeof(info.tcpi_bytes_acked))
        return false;
    uint64_t answers = connection->guard != NULL ? connection->guard->largest.answers : 0;
    uint64_t answer_bytes =
        answers * (connection->socket->ssl != NULL ? ANSWER_BYTES_TLS : ANSWER_BYTES);
    *taken_bytes = info.tcpi_bytes_acked > answer_bytes ? info.tcpi_bytes_acked - answer_bytes : 0;
    return true;
}

/* Over HTTP/1.1 whatever there is to send is in the kernel or will be in a moment. Over HTTP/2 the
 * client may have all that its windows let us send. */
static bool is_owed_to(const struct connection *connection)
{
    int unsent = 0;
    return connection->guard != NULL ||
           (ioctl(h2o_socket_get_fd(connection->socket), SIOCOUTQ, &unsent) == 0 && unsent > 0);
}

/* A disk that is slow is not the client's fault: we have given it something since. */
static bool was_given_nothing_since(const struct connection *connection, uint64_t now_ns,
                                    uint64_t timeout_ns)
{
    return connection->given_ns + timeout_ns <= now_ns;
}

static void watch_sending(struct connection *connection, uint64_t now_ns)
{
    uint64_t timeout_ns = connection->loop->service->limits->values[LIMIT_SEND_TIMEOUT] * NS_PER_S;
    uint64_t taken_bytes;
    if (connection->requests == 0 || !measure_taken(connection, &taken_bytes))
        connection->send_watch = (struct send_watch){0};
    else if (send_watch_is_late(&connection->send_watch, taken_bytes, now_ns, timeout_ns) &&
             was_given_nothing_since(connection, now_ns, timeout_ns) && is_owed_to(connection))
        connection_refuse(connection, LIMIT_SEND_TIMEOUT);
}

/* One after the other would look like one that takes long, so what was answered counts, too. Over
 * HTTP/2 it is a frame that is not whole. libh2o has one timeout for this and for idle connections
 * together, from the end of the response before. */
static void watch_head(struct connection *connection, uint64_t now_ns)
{
    uint64_t timeout_ns = connection->loop->service->limits->values[LIMIT_HEAD_TIMEOUT] * NS_PER_S;
    bool is_unfinished = connection->requests == 0 && connection->socket->input->size > 0;
    bool is_same = connection->unfinished.since_ns != 0 &&
                   connection->unfinished.requests_done == connection->requests_done;
    if (is_unfinished && is_same && now_ns - connection->unfinished.since_ns >= timeout_ns) {
        connection_refuse(connection, LIMIT_HEAD_TIMEOUT);
    } else if (!is_unfinished) {
        connection->unfinished.since_ns = 0;
    } else if (!is_same) {
        connection->unfinished.since_ns = now_ns;
        connection->unfinished.requests_done = connection->requests_done;
    }
}

/* libh2o takes heads of 400 kB before it looks at them. */
static void bound_head(struct connection *connection)
{
    const struct limits *limits = connection->loop->service->limits;
    if (connection->guard == NULL && connection->requests == 0 &&
        connection->socket->input->size > limits->values[LIMIT_HEADER_BYTES])
        connection_refuse(connection, LIMIT_HEADER_BYTES);
}

/* Every so many seconds, so that a client is found soon after its time is over. */
static uint64_t round_s(const struct limits *limits)
{
    uint64_t shorter_s = limits->values[LIMIT_SEND_TIMEOUT] < limits->values[LIMIT_HEAD_TIMEOUT]
                             ? limits->values[LIMIT_SEND_TIMEOUT]
                             : limits->values[LIMIT_HEAD_TIMEOUT];
    uint64_t seconds = shorter_s / 4;
    if (seconds < 1)
        return 1;
    return seconds < MAX_ROUND_S ? seconds : MAX_ROUND_S;
}

void patrol_run(struct loop *loop, uint64_t now_ns)
{
    bool is_round = loop->patrolled_ns + round_s(loop->service->limits) * NS_PER_S <= now_ns;
    if (is_round)
        loop->patrolled_ns = now_ns;
    for (h2o_linklist_t *link = loop->connections.next; link != &loop->connections;
         link = link->next) {
        struct connection *connection = H2O_STRUCT_FROM_MEMBER(struct connection, link, link);
        if (connection->is_admin)
            continue;
        bound_head(connection);
        if (is_round) {
            watch_sending(connection, now_ns);
            watch_head(connection, now_ns);
        }
    }
}
