#ifndef LOOP_H
#define LOOP_H

#include <pthread.h>
#include <semaphore.h>

#include "server/h2o/libh2o.h"
#include "server/h2o/listener.h"
#include "server/h2o/service.h"
#include "server/object_shelf.h"

/*
 * One thread, one event loop, its listeners and its connections. Nothing here is touched by another
 * thread except `phase`, and what comes through the receivers.
 *
 * A loop ends in two steps. Draining: it accepts no more, tells HTTP/2 clients to go away, closes
 * connections as they become idle, and is drained when none is left. Aborting: every connection is
 * cut off, whatever it was doing. The admin listener answers all the while. A drained thread is not
 * joined but parked until the process ends: libh2o keeps memory per thread that it can never free.
 */
enum loop_phase {
    LOOP_SERVING,
    LOOP_DRAINING,
    LOOP_ABORTING,
    LOOP_PARKED,
};

#define LOOP_MAX_LISTENERS 17 /* CONFIG_MAX_LISTENERS and the admin's */

struct loop {
    const struct service *service; /* borrowed */
    struct metrics *metrics;       /* of the service, written by this loop alone */
    h2o_globalconf_t *config;      /* borrowed */
    h2o_context_t context;
    struct listener listeners[LOOP_MAX_LISTENERS];
    size_t listener_count;
    size_t max_connections;     /* so that files can still be opened when clients are many */
    h2o_linklist_t connections; /* of struct connection */
    size_t connection_count;    /* without the admin's */
    size_t tasks_in_flight;     /* jobs that will come back to this loop */
    struct object_shelf shelf;
    h2o_timeout_entry_t tick; /* every second */
    uint64_t patrolled_ns;
    h2o_multithread_receiver_t tasks;
    h2o_multithread_receiver_t wake_ups;
    pthread_t thread;
    sem_t is_ready;        /* posted when it listens */
    sem_t is_parked;       /* posted when it will never touch anything again */
    enum loop_phase phase; /* atomic; set by loop_set_phase */
    bool is_drained;       /* atomic; read by loop_is_drained */
};

/* Prepares the service's loop `number`; add listeners, then start it. `config` is borrowed. */
void loop_init(struct loop *loop, const struct service *service, size_t number,
               h2o_globalconf_t *config, size_t max_connections);

/* Takes the listening socket `fd`. `ssl` is NULL for plain TCP; `hosts` says who answers. Both are
 * borrowed. */
void loop_add_listener(struct loop *loop, int fd, struct ssl_ctx_st *ssl, h2o_hostconf_t **hosts,
                       bool is_admin);

/* Starts the thread, and waits until it listens. */
void loop_start(struct loop *loop);

/* Any thread. */
void loop_set_phase(struct loop *loop, enum loop_phase phase);
enum loop_phase loop_get_phase(const struct loop *loop);
bool loop_is_drained(const struct loop *loop);

/* Stops a drained loop for good, and waits until it has stopped. */
void loop_park(struct loop *loop);

#endif
