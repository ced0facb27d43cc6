#include "server/h2o/loop.h"

#include <unistd.h>

#include "base/clock.h"
#include "server/h2o/connection.h"
#include "server/h2o/loop_task.h"
#include "server/h2o/patrol.h"

/* How often a draining loop looks for connections that have become idle. */
#define DRAIN_TICK_MS 50

/* The wake-up itself is the message: it ends h2o_evloop_run. */
static void on_wake_up(h2o_multithread_receiver_t *receiver, h2o_linklist_t *messages)
{
    (void)receiver;
    (void)messages;
}

static void on_tick(h2o_timeout_entry_t *entry)
{
    struct loop *loop = H2O_STRUCT_FROM_MEMBER(struct loop, tick, entry);
    uint64_t now_ns = clock_monotonic_ns();
    object_shelf_sweep(&loop->shelf, now_ns);
    patrol_run(loop, now_ns);
    h2o_timeout_link(loop->context.loop, &loop->context.one_sec_timeout, &loop->tick);
}

void loop_init(struct loop *loop, const struct service *service, size_t number,
               h2o_globalconf_t *config, size_t max_connections)
{
    *loop = (struct loop){.service = service,
                          .metrics = &service->metrics[number],
                          .config = config,
                          .max_connections = max_connections};
    loop->tick.cb = on_tick;
    object_shelf_init(&loop->shelf, service->objects);
    h2o_linklist_init_anchor(&loop->connections);
    sem_init(&loop->is_ready, 0, 0);
    sem_init(&loop->is_parked, 0, 0);
}

void loop_add_listener(struct loop *loop, int fd, struct ssl_ctx_st *ssl, h2o_hostconf_t **hosts,
                       bool is_admin)
{
    listener_init(&loop->listeners[loop->listener_count++], loop, fd, ssl, hosts, is_admin);
}

/* On the loop's own thread: libh2o takes each socket's buffers from the thread that made it. */
static void set_up(struct loop *loop)
{
    h2o_context_init(&loop->context, h2o_evloop_create(), loop->config);
    h2o_multithread_register_receiver(loop->context.queue, &loop->tasks, loop_task_receive);
    h2o_multithread_register_receiver(loop->context.queue, &loop->wake_ups, on_wake_up);
    on_tick(&loop->tick);
    for (size_t i = 0; i < loop->listener_count; i++) {
        listener_open(&loop->listeners[i]);
        listener_resume(&loop->listeners[i]);
    }
    sem_post(&loop->is_ready);
}

static void serve(struct loop *loop)
{
    while (loop_get_phase(loop) == LOOP_SERVING)
        h2o_evloop_run(loop->context.loop, INT32_MAX);
}

static void begin_drain(struct loop *loop)
{
    for (size_t i = 0; i < loop->listener_count; i++) {
        if (!loop->listeners[i].is_admin)
            listener_close(&loop->listeners[i]);
    }
    h2o_context_request_shutdown(&loop->context);
    /* That has queued a GOAWAY for each HTTP/2 connection. A second later libh2o would send another
     * and then close each as soon as its last response is written to a buffer of its own, though
     * the socket may not have taken all of it. We close when it has. */
    h2o_timeout_unlink(&loop->context.http2._graceful_shutdown_timeout);
}

static void cut_connections(struct loop *loop, bool only_idle)
{
    h2o_linklist_t *next;
    for (h2o_linklist_t *link = loop->connections.next; link != &loop->connections; link = next) {
        struct connection *connection = H2O_STRUCT_FROM_MEMBER(struct connection, link, link);
        next = link->next;
        if (!connection->is_admin && (!only_idle || connection_is_idle(connection)))
            connection_cut(connection);
    }
}

static void drain(struct loop *loop)
{
    begin_drain(loop);
    do {
        h2o_evloop_run(loop->context.loop, DRAIN_TICK_MS);
        cut_connections(loop, loop_get_phase(loop) == LOOP_DRAINING);
    } while (loop->connection_count > 0 || loop->tasks_in_flight > 0);
}

static void *run(void *context)
{
    struct loop *loop = context;
    set_up(loop);
    serve(loop);
    drain(loop);
    __atomic_store_n(&loop->is_drained, true, __ATOMIC_RELEASE);
    /* Other loops may still be busy: the admin listener goes on saying so. */
    while (loop_get_phase(loop) != LOOP_PARKED)
        h2o_evloop_run(loop->context.loop, INT32_MAX);
    h2o_timeout_unlink(&loop->tick);
    object_shelf_clear(&loop->shelf);
    sem_post(&loop->is_parked);
    for (;;)
        pause();
    return NULL;
}

static void await(sem_t *semaphore)
{
    while (sem_wait(semaphore) != 0)
        ; /* interrupted */
}

void loop_start(struct loop *loop)
{
    h2o_multithread_create_thread(&loop->thread, NULL, run, loop);
    await(&loop->is_ready);
}

void loop_set_phase(struct loop *loop, enum loop_phase phase)
{
    __atomic_store_n(&loop->phase, phase, __ATOMIC_RELEASE);
    h2o_multithread_send_message(&loop->wake_ups, NULL);
}

enum loop_phase loop_get_phase(const struct loop *loop)
{
    return __atomic_load_n(&loop->phase, __ATOMIC_ACQUIRE);
}

bool loop_is_drained(const struct loop *loop)
{
    return __atomic_load_n(&loop->is_drained, __ATOMIC_ACQUIRE);
}

void loop_park(struct loop *loop)
{
    loop_set_phase(loop, LOOP_PARKED);
    await(&loop->is_parked);
}
