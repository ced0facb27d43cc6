#include "server/h2o/guarded_read.h"

#include <h2o/http2.h>

#include "base/clock.h"
#include "server/h2o/connection.h"
#include "server/h2o/loop.h"

/* Of a frame that is not whole the library leaves this much at most (RFC 9113, 4.2). */
#define MAX_UNREAD (9 + 16384)

static const char cut_off[] = "over a limit";

static enum limit judge(struct connection *connection, const h2o_socket_t *socket)
{
    const h2o_buffer_t *input = socket->input;
    struct span fresh =
        span_of(input->bytes + (input->size - socket->bytes_read), socket->bytes_read);
    const struct h2_guard_progress progress = {
        .bytes_written = socket->bytes_written,
        .requests_done = connection->requests_done,
        .requests_open = connection->requests,
    };
    return h2_guard_feed(connection->guard, fresh, &progress, clock_monotonic_ns());
}

/* Whatever was to be sent is lost: the client would go on as long as it is answered. */
static void refuse(struct connection *connection, enum limit limit)
{
    h2o_socket_t *socket = connection->socket;
    connection_refuse(connection, limit);
    h2o_buffer_consume(&socket->input, socket->input->size);
}

static void note_largest(const struct connection *connection)
{
    struct metrics *metrics = connection->loop->metrics;
    const struct h2_guard_largest *largest = &connection->guard->largest;
    metrics_note_largest(metrics, LIMIT_WASTED_STREAMS, largest->wasted_streams);
    metrics_note_largest(metrics, LIMIT_CONTROL_FRAMES, largest->control_frames);
    metrics_note_largest(metrics, LIMIT_HEADER_BYTES, largest->header_bytes);
    metrics_note_largest(metrics, LIMIT_HEADER_FIELDS, largest->header_fields);
    metrics_note_largest(metrics, LIMIT_HEADER_FRAMES, largest->header_frames);
}

/* The library may free the socket and with it the connection, which then says so. */
static void on_read(h2o_socket_t *socket, const char *error)
{
    struct connection *connection = socket->on_close.data;
    bool is_closed = false;
    if (error == NULL && socket->bytes_read > 0) {
        enum limit limit = judge(connection, socket);
        note_largest(connection);
        if (limit != LIMIT_COUNT) {
            refuse(connection, limit);
            error = cut_off;
        }
    }
    connection->has_ended = error != NULL;
    connection->is_closed = &is_closed;
    connection->library_read(socket, error);
    if (is_closed)
        return;
    connection->is_closed = NULL;
    /* The library stops reading when it has half a megabyte of answers that the client does not
     * take, and would go on without us; or it has given the connection up and waits for a last
     * write, and what comes meanwhile piles up. */
    if (error == NULL && (socket->_cb.read != on_read || socket->input->size > MAX_UNREAD))
        refuse(connection, LIMIT_CONTROL_FRAMES);
}

void guarded_read_send(h2o_req_t *req, h2o_iovec_t *bytes, size_t count, h2o_send_state_t state)
{
    struct connection *connection = connection_of(req);
    bool is_guarded = connection->guard != NULL; /* HTTP/1.1 may close, HTTP/2 does not */
    h2o_send(req, bytes, count, state);
    if (is_guarded && connection->is_closed == NULL && !connection->has_ended &&
        !h2o_socket_is_reading(connection->socket))
        connection_refuse(connection, LIMIT_CONTROL_FRAMES);
}

void guarded_read_start(h2o_accept_ctx_t *accept, h2o_socket_t *socket, struct timeval connected_at)
{
    struct connection *connection = socket->on_close.data;
    h2o_buffer_t *input = socket->input;
    connection->guard = h2o_mem_alloc(sizeof(*connection->guard));
    h2_guard_init(connection->guard, connection->loop->service->limits, clock_monotonic_ns());
    /* The library would read what is there at once, and without us. */
    h2o_buffer_init(&socket->input, &h2o_socket_buffer_prototype);
    h2o_http2_accept(accept, socket, connected_at);
    h2o_buffer_dispose(&socket->input);
    socket->input = input;
    connection->library_read = socket->_cb.read;
    socket->_cb.read = on_read;
    if (input->size > 0) {
        socket->bytes_read = input->size;
        on_read(socket, NULL);
    }
}
