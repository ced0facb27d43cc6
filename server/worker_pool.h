#ifndef WORKER_POOL_H
#define WORKER_POOL_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A bounded number of threads for whatever may block: opening, mapping and reading. A job owns its
 * inputs and outputs. When it has run it is handed back through `finish`; how it gets to the loop
 * that asked is the business of whoever made the job. Nobody waits: a full queue refuses at once.
 */
struct job {
    void (*run)(struct job *job);    /* on a worker; may block */
    void (*finish)(struct job *job); /* on the same worker right after; must not block. The job is
                                        not touched after it. */
    struct job *next;                /* the queue's */
};

struct worker_pool;

/* Starts `threads` (> 0) threads. `queue_limit` is how many jobs may wait. */
struct worker_pool *worker_pool_new(size_t threads, size_t queue_limit);

/* Runs what is queued, and ends the threads. NULL is allowed. */
void worker_pool_free(struct worker_pool *pool);

/* Takes `job` on success; false when the queue is full. Thread-safe. */
bool worker_pool_submit(struct worker_pool *pool, struct job *job);

/* How many jobs wait. Thread-safe. */
size_t worker_pool_waiting(struct worker_pool *pool);

/* Whether half of the queue is taken: what can wait should not be submitted. Thread-safe. */
bool worker_pool_is_busy(struct worker_pool *pool);

#endif
