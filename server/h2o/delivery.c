#include "server/h2o/delivery.h"

#include "base/checked.h"
#include "base/clock.h"
#include "server/h2o/access_log.h"
#include "server/h2o/connection.h"
#include "server/h2o/request.h"
#include "store/residency.h"

/* Plain HTTP/1.1 writes out of the map: a window costs no memory. TLS under HTTP/1.1 encrypts all
 * of it at once into a buffer, and HTTP/2 reads the map only when the client has opened its own
 * window, however late that is: less is less to be evicted in the meantime. */
#define WINDOW_BYTES (1024u * 1024u)
#define WINDOW_BYTES_HELD (256u * 1024u)

struct window {
    struct body_slice slices[DELIVERY_MAX_SLICES];
    struct blob *blobs[DELIVERY_MAX_SLICES]; /* owned; as many as are found */
    size_t count;
    size_t found;
};

/* Brings one window into memory. */
struct window_task {
    struct loop_task task;
    struct object_cache *objects;
    struct publication *publication; /* owned: its index says what the objects are */
    struct window window;
    enum status status;
    uint32_t object; /* the one that was worked on last */
};

static void advance(struct delivery *delivery);

static void release_all(struct blob **blobs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        blob_release(blobs[i]);
}

static uint64_t window_bytes(const struct request *request)
{
    bool is_held = request->connection->socket->ssl != NULL || request->req->version >= 0x200;
    return is_held ? WINDOW_BYTES_HELD : WINDOW_BYTES;
}

/* What comes next, without going there: `cursor` is a copy. */
static void plan_window(struct body_cursor cursor, uint64_t max_bytes, struct window *window)
{
    window->count = 0;
    window->found = 0;
    while (!body_cursor_is_at_end(&cursor) && window->count < DELIVERY_MAX_SLICES &&
           max_bytes > 0) {
        struct body_slice slice = body_cursor_next(&cursor, max_bytes);
        max_bytes -= slice.length;
        window->slices[window->count++] = slice;
    }
}

static struct span slice_bytes(const struct window *window, size_t i)
{
    return span_slice(window->blobs[i]->bytes, window->slices[i].offset, window->slices[i].length);
}

/* Neighbouring slices of one object share a look-up. */
static struct blob *find_blob(const struct request *request, const struct window *window, size_t i)
{
    if (i > 0 && window->slices[i].object == window->slices[i - 1].object)
        return blob_acquire(window->blobs[i - 1]);
    struct index_object object =
        index_object(&request->publication->index, window->slices[i].object);
    return object_cache_find(request->loop->service->objects, &object.name, clock_monotonic_ns());
}

/* Finds as many slices from the start as can be sent without waiting for anything. */
static void find_resident(const struct request *request, struct window *window)
{
    while (window->found < window->count) {
        struct blob *blob = find_blob(request, window, window->found);
        if (blob == NULL)
            return;
        window->blobs[window->found] = blob;
        if (!residency_check(slice_bytes(window, window->found))) {
            blob_release(blob);
            return;
        }
        window->found++;
    }
}

/* The request may be gone when this returns. Takes the window's blobs. */
static void send_window(struct delivery *delivery, struct window *window)
{
    struct request *request = delivery->request;
    h2o_iovec_t bytes[DELIVERY_MAX_SLICES];
    release_all(delivery->held, delivery->held_count);
    for (size_t i = 0; i < window->found; i++) {
        struct span slice = slice_bytes(window, i);
        bytes[i] = h2o_iovec_init(slice.base, slice.len);
        delivery->held[i] = window->blobs[i];
        body_cursor_next(&delivery->cursor, slice.len);
    }
    delivery->held_count = window->found;
    if (!delivery->has_started) {
        delivery->has_started = true;
        request_put_headers(request);
        h2o_start_response(request->req, &delivery->generator);
    }
    bool is_last = body_cursor_is_at_end(&delivery->cursor);
    h2o_send(request->req, bytes, delivery->held_count,
             is_last ? H2O_SEND_STATE_FINAL : H2O_SEND_STATE_IN_PROGRESS);
}

/* Before the first byte there is a status for it; afterwards only an end that nobody can take for
 * the whole: HTTP/1.1 closes, HTTP/2 resets the stream. The request may be gone when this returns.
 */
static void give_up(struct delivery *delivery)
{
    if (delivery->has_started)
        h2o_send(delivery->request->req, NULL, 0, H2O_SEND_STATE_ERROR);
    else
        request_answer_unavailable(delivery->request);
}

static enum status populate_slice(struct window_task *task, size_t i)
{
    struct window *window = &task->window;
    struct body_slice slice = window->slices[i];
    struct index_object object = index_object(&task->publication->index, slice.object);
    task->object = slice.object;
    enum status status =
        object_cache_load(task->objects, &object, clock_monotonic_ns(), &window->blobs[i], NULL);
    if (status != STATUS_OK)
        return status;
    window->found++;
    struct span bytes = window->blobs[i]->bytes;
    if (!checked_within(slice.offset, slice.length, bytes.len))
        return STATUS_DAMAGED;
    return residency_populate(slice_bytes(window, i));
}

static void populate_on_worker(struct loop_task *base)
{
    struct window_task *task = (struct window_task *)base;
    for (size_t i = 0; i < task->window.count && task->status == STATUS_OK; i++)
        task->status = populate_slice(task, i);
}

static void populate_done(struct loop_task *base, void *owner)
{
    struct window_task *task = (struct window_task *)base;
    struct delivery *delivery = owner;
    delivery->request->task = NULL;
    if (task->status != STATUS_OK) {
        access_log_object_fault(base->loop->service->log, task->publication->index.title,
                                task->object, task->status);
        give_up(delivery);
        return;
    }
    struct window window = task->window;
    task->window.found = 0;
    send_window(delivery, &window);
}

static void populate_dispose(struct loop_task *base)
{
    struct window_task *task = (struct window_task *)base;
    release_all(task->window.blobs, task->window.found);
    publication_release(task->publication);
    free(task);
}

static bool populate_by_worker(struct delivery *delivery, const struct window *window)
{
    struct request *request = delivery->request;
    struct window_task *task = h2o_mem_alloc(sizeof(*task));
    *task = (struct window_task){
        .task = {.owner = delivery,
                 .work = populate_on_worker,
                 .done = populate_done,
                 .dispose = populate_dispose},
        .objects = request->loop->service->objects,
        .publication = publication_acquire(request->publication),
        .window = *window,
    };
    request->task = &task->task;
    if (loop_task_submit(request->loop, &task->task))
        return true;
    request->task = NULL;
    return false;
}

static void on_retry(h2o_timeout_entry_t *entry)
{
    advance(H2O_STRUCT_FROM_MEMBER(struct delivery, retry, entry));
}

/* Sends the next window, or has it brought in. The request may be gone when this returns. Reading
 * ahead while a window is being written has its place here. */
static void advance(struct delivery *delivery)
{
    struct request *request = delivery->request;
    struct window window;
    plan_window(delivery->cursor, window_bytes(request), &window);
    find_resident(request, &window);
    if (window.found > 0)
        send_window(delivery, &window);
    else if (populate_by_worker(delivery, &window))
        return;
    else if (!delivery->has_started)
        request_answer_unavailable(request);
    else /* the workers are busy; a response under way can wait where a new one is refused */
        h2o_timeout_link(request->loop->context.loop, &request->loop->context.hundred_ms_timeout,
                         &delivery->retry);
}

static void on_proceed(h2o_generator_t *generator, h2o_req_t *req)
{
    (void)req;
    advance((struct delivery *)generator);
}

void delivery_start(struct delivery *delivery, struct request *request)
{
    delivery->generator.proceed = on_proceed;
    delivery->request = request;
    delivery->retry.cb = on_retry;
    body_cursor_init(&delivery->cursor, &request->publication->index, &request->file,
                     request->plan.body.ranges[0]);
    advance(delivery);
}

void delivery_dispose(struct delivery *delivery)
{
    h2o_timeout_unlink(&delivery->retry);
    release_all(delivery->held, delivery->held_count);
}
