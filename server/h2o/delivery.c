#include "server/h2o/delivery.h"

#include "base/clock.h"
#include "server/h2o/access_log.h"
#include "server/h2o/check_task.h"
#include "server/h2o/connection.h"
#include "server/h2o/guarded_read.h"
#include "server/h2o/request.h"
#include "server/h2o/window_task.h"
#include "server/multipart.h"

/* Plain HTTP/1.1 writes out of the map: a window costs no memory. */
#define WINDOW_BYTES_PLAIN (1024u * 1024u)

/* HTTP/2 reads the map only when the client has opened its own window, however late that is: less
 * is less to be evicted in the meantime. Four times what libh2o puts into one write, so that none
 * is nearly empty. */
#define WINDOW_BYTES_HTTP2 (4u * 81884u)

/* What comes from the disk comes in small windows: who waits for the first has nothing yet, and
 * later most of what may be ahead is on order while one of them is sent. */
#define WINDOW_BYTES_COLD (256u * 1024u)

/* A plain response that is longer than this has its body sent by sendfile. Below, one write that
 * copies costs less than two calls. */
#define COPIED_WHOLE_BYTES (128u * 1024u)

/* The header is not sent in a packet of its own: this much of the body goes with it. */
#define WINDOW_BYTES_FIRST (4u * 1024u)

/* After so long in the queue a window's pages are looked at again. */
#define LOADED_FRESH_NS 100000000u

/* So many windows in a row that were in memory already: this response is not cold any more. The
 * disk is read 2 MiB at a time, which are eight windows. */
#define WARM_LIMIT 16

static void advance(struct delivery *delivery);

static bool is_plain(const struct request *request)
{
    return request->connection->socket->ssl == NULL && request->req->version < 0x200;
}

/* TLS under HTTP/1.1 encrypts all that it is given into a buffer: that is what the pace bounds. */
static bool is_encrypted_at_once(const struct request *request)
{
    return request->connection->socket->ssl != NULL && request->req->version < 0x200;
}

static uint64_t window_bytes_now(const struct delivery *delivery)
{
    const struct request *request = delivery->request;
    if (request->req->version >= 0x200)
        return WINDOW_BYTES_HTTP2;
    if (is_encrypted_at_once(request))
        return request->connection->pace.window_bytes;
    if (delivery->reads_ahead)
        return WINDOW_BYTES_COLD;
    return delivery->has_started || delivery->cursor.left <= COPIED_WHOLE_BYTES
               ? WINDOW_BYTES_PLAIN
               : WINDOW_BYTES_FIRST;
}

/* Before the first byte there is a status for it; afterwards only an end that nobody can take for
 * the whole: HTTP/1.1 closes, HTTP/2 resets the stream. The request may be gone when this returns.
 */
static void give_up(struct delivery *delivery)
{
    if (delivery->has_started)
        guarded_read_send(delivery->request->req, NULL, 0, H2O_SEND_STATE_ERROR);
    else
        request_answer_unavailable(delivery->request);
}

/* ---- Reading ahead ---- */

static void on_loaded(struct loop_task *task, void *owner);

/* How much more may be ordered. The window that is being written counts as ahead, too; and no more
 * is ahead than the client has taken before it: whoever leaves soon has cost little. */
static uint64_t room_ahead(const struct delivery *delivery)
{
    uint64_t ahead = delivery->window.found_bytes + delivery->queued_bytes;
    uint64_t taken = delivery->request->plan.content_length - delivery->cursor.left - ahead;
    uint64_t limit = delivery->window.found_bytes + taken;
    if (limit > DELIVERY_AHEAD_BYTES)
        limit = DELIVERY_AHEAD_BYTES;
    return limit > ahead ? limit - ahead : 0;
}

/* Whoever waits for a window goes before those who only will: they leave half of the queue. */
static bool may_order(const struct delivery *delivery)
{
    return !body_cursor_is_at_end(&delivery->cursor) && delivery->queued < DELIVERY_MAX_AHEAD &&
           !worker_pool_is_busy(delivery->request->loop->service->readers);
}

static bool order_window(struct delivery *delivery, uint64_t max_bytes)
{
    struct request *request = delivery->request;
    struct window_task *task = window_task_submit(
        request->loop, request->publication, &delivery->cursor, max_bytes, delivery, on_loaded);
    if (task == NULL)
        return false;
    delivery->queue[delivery->queued++] = task;
    delivery->queued_bytes += task->bytes;
    return true;
}

static void read_ahead(struct delivery *delivery)
{
    while (delivery->reads_ahead && may_order(delivery)) {
        uint64_t room = room_ahead(delivery);
        uint64_t max_bytes = window_bytes_now(delivery);
        if (room == 0 || !order_window(delivery, max_bytes < room ? max_bytes : room))
            return;
    }
}

static struct window_task *take_first(struct delivery *delivery)
{
    struct window_task *task = delivery->queue[0];
    delivery->queued--;
    delivery->queued_bytes -= task->bytes;
    memmove(delivery->queue, delivery->queue + 1, delivery->queued * sizeof(delivery->queue[0]));
    return task;
}

static void note_warmth(struct delivery *delivery, bool was_warm)
{
    delivery->warm_in_a_row = was_warm ? delivery->warm_in_a_row + 1 : 0;
    if (delivery->warm_in_a_row >= WARM_LIMIT)
        delivery->reads_ahead = false;
}

/* ---- Sending ---- */

static void on_turn(h2o_timeout_entry_t *entry)
{
    advance(H2O_STRUCT_FROM_MEMBER(struct delivery, turn, entry));
}

static void finish(struct delivery *delivery)
{
    guarded_read_send(delivery->request->req, NULL, 0, H2O_SEND_STATE_FINAL);
}

static void on_writable(h2o_socket_t *socket, const char *error);

/* One window a turn: other connections want theirs. The request may be gone when this returns. */
static void send_by_file(struct delivery *delivery)
{
    struct request *request = delivery->request;
    uint64_t sent_bytes;
    enum file_sender_outcome outcome = file_sender_run(&delivery->sender, &sent_bytes);
    request->req->bytes_sent += sent_bytes;
    if (outcome == FILE_SENDER_FAILED) {
        give_up(delivery);
    } else if (outcome == FILE_SENDER_FULL) {
        request->connection->writer = delivery;
        h2o_socket_notify_write(delivery->sender.socket, on_writable);
    } else if (body_cursor_is_at_end(&delivery->cursor) && delivery->queued == 0) {
        finish(delivery);
    } else {
        h2o_timeout_link(request->loop->context.loop, &request->loop->context.zero_timeout,
                         &delivery->turn);
    }
}

static void on_writable(h2o_socket_t *socket, const char *error)
{
    struct connection *connection = socket->on_close.data;
    struct delivery *delivery = connection->writer;
    connection->writer = NULL;
    if (error != NULL)
        give_up(delivery);
    else
        send_by_file(delivery);
}

static void send_by_library(struct delivery *delivery)
{
    struct request *request = delivery->request;
    const struct window *window = &delivery->window;
    h2o_iovec_t bytes[WINDOW_MAX_SLICES];
    for (size_t i = 0; i < window->found; i++) {
        struct span slice = window_bytes(window, i);
        bytes[i] = h2o_iovec_init(slice.base, slice.len);
    }
    if (!delivery->has_started) {
        delivery->has_started = true;
        request_put_headers(request);
        h2o_start_response(request->req, &delivery->generator);
    }
    bool is_last = body_cursor_is_at_end(&delivery->cursor) && delivery->queued == 0;
    guarded_read_send(request->req, bytes, window->found,
                      is_last ? H2O_SEND_STATE_FINAL : H2O_SEND_STATE_IN_PROGRESS);
}

/* Sends delivery->window, of which all is found. The request may be gone when this returns. */
static void send_window(struct delivery *delivery)
{
    struct request *request = delivery->request;
    read_ahead(delivery);
    delivery->given_ns = clock_monotonic_ns();
    request->connection->given_ns = delivery->given_ns;
    if (delivery->has_started && is_plain(request) && delivery->body.texts == NULL) {
        file_sender_init(&delivery->sender, request->connection->socket, &delivery->window);
        send_by_file(delivery);
    } else {
        send_by_library(delivery);
    }
}

/* ---- Where the next window comes from ---- */

static bool look(struct delivery *delivery)
{
    struct request *request = delivery->request;
    uint32_t to_check;
    window_find_resident(&delivery->window, &request->publication->index, &request->loop->shelf,
                         clock_monotonic_ns(), &to_check);
    if (to_check != UINT32_MAX) {
        struct index_object object = index_object(&request->publication->index, to_check);
        check_task_submit(request->loop, &object);
    }
    return delivery->window.found > 0;
}

/* Plans the next window and keeps as much of it as can be sent at once. */
static bool find_next(struct delivery *delivery)
{
    struct body_cursor cursor = delivery->cursor;
    window_plan(&delivery->window, &cursor, window_bytes_now(delivery));
    if (!look(delivery))
        return false;
    if (delivery->window.found == delivery->window.count) {
        delivery->cursor = cursor;
        return true;
    }
    for (size_t i = 0; i < delivery->window.found; i++)
        body_cursor_next(&delivery->cursor, delivery->window.slices[i].length);
    return true;
}

/* A response under way can wait where a new one is refused. */
static void try_again_later(struct delivery *delivery)
{
    struct loop *loop = delivery->request->loop;
    h2o_timeout_link(loop->context.loop, &loop->context.hundred_ms_timeout, &delivery->turn);
}

static void wait_for_worker(struct delivery *delivery)
{
    delivery->reads_ahead = true;
    delivery->warm_in_a_row = 0;
    if (order_window(delivery, WINDOW_BYTES_COLD)) {
        delivery->is_waiting = true;
        read_ahead(delivery);
    } else if (!delivery->has_started) {
        request_answer_unavailable(delivery->request);
    } else {
        try_again_later(delivery);
    }
}

/* Whether the first of the queue may be sent: it was loaded just now or is still in memory. */
static bool is_sendable(struct delivery *delivery, struct window_task *first)
{
    uint64_t now_ns = clock_monotonic_ns();
    uint32_t to_check;
    if (first->status != STATUS_OK || now_ns - first->loaded_ns < LOADED_FRESH_NS)
        return true;
    window_find_resident(&first->window, &first->publication->index,
                         &delivery->request->loop->shelf, now_ns, &to_check);
    return first->window.found == first->window.count;
}

static void send_first_of_queue(struct delivery *delivery)
{
    struct request *request = delivery->request;
    struct window_task *first = take_first(delivery);
    enum status status = first->status;
    if (status == STATUS_OK) {
        delivery->window = first->window;
        first->window.count = 0; /* its references are ours now */
        note_warmth(delivery, first->was_warm);
    } else {
        access_log_object_fault(request->loop->service->log, request->publication->index.title,
                                first->object, status);
    }
    window_task_abandon(first);
    if (status == STATUS_OK)
        send_window(delivery);
    else
        give_up(delivery);
}

/* Sends the next window, or has it brought in. The request may be gone when this returns. */
static void advance(struct delivery *delivery)
{
    struct window_task *first = delivery->queued > 0 ? delivery->queue[0] : NULL;
    window_release(&delivery->window);
    if (first == NULL && find_next(delivery)) {
        send_window(delivery);
    } else if (first == NULL) {
        window_release(&delivery->window);
        wait_for_worker(delivery);
    } else if (!first->is_loading && is_sendable(delivery, first)) {
        send_first_of_queue(delivery);
    } else if (first->is_loading || window_task_resubmit(first)) {
        delivery->is_waiting = true;
    } else {
        try_again_later(delivery);
    }
}

static void on_loaded(struct loop_task *base, void *owner)
{
    struct window_task *task = (struct window_task *)base;
    struct delivery *delivery = owner;
    task->is_loading = false;
    if (!delivery->is_waiting || delivery->queue[0] != task)
        return;
    delivery->is_waiting = false;
    advance(delivery);
}

static void on_proceed(h2o_generator_t *generator, h2o_req_t *req)
{
    struct delivery *delivery = (struct delivery *)generator;
    (void)req;
    if (is_encrypted_at_once(delivery->request))
        pace_note(&delivery->request->connection->pace, clock_monotonic_ns() - delivery->given_ns);
    advance(delivery);
}

void delivery_init(struct delivery *delivery)
{
    delivery->generator = (h2o_generator_t){.proceed = on_proceed};
    delivery->request = NULL;
    delivery->queued = 0;
    delivery->window.count = 0;
    delivery->turn = (h2o_timeout_entry_t){.cb = on_turn};
}

/* What stands around the parts of a multipart body; NULL when it is none. */
static struct span *print_texts(struct request *request)
{
    const struct byte_range_set *ranges = &request->plan.body;
    h2o_mem_pool_t *pool = &request->req->pool;
    if (ranges->count < 2)
        return NULL;
    struct span *texts = h2o_mem_alloc_pool(pool, (ranges->count + 1) * sizeof(*texts));
    for (size_t i = 0; i < ranges->count; i++) {
        char *text = h2o_mem_alloc_pool(pool, MULTIPART_HEAD_MAX);
        texts[i] = span_of(text, multipart_print_head(&request->file, ranges->ranges[i], text));
    }
    char *end = h2o_mem_alloc_pool(pool, MULTIPART_END_LEN);
    multipart_print_end(&request->file, end);
    texts[ranges->count] = span_of(end, MULTIPART_END_LEN);
    return texts;
}

void delivery_start(struct delivery *delivery, struct request *request)
{
    delivery->request = request;
    delivery->queued_bytes = 0;
    delivery->reads_ahead = false;
    delivery->has_started = false;
    delivery->is_waiting = false;
    delivery->body = (struct body){.index = &request->publication->index,
                                   .file = &request->file,
                                   .ranges = &request->plan.body,
                                   .texts = print_texts(request)};
    body_cursor_init(&delivery->cursor, &delivery->body);
    advance(delivery);
}

void delivery_dispose(struct delivery *delivery)
{
    h2o_timeout_unlink(&delivery->turn);
    for (size_t i = 0; i < delivery->queued; i++)
        window_task_abandon(delivery->queue[i]);
    window_release(&delivery->window);
}
