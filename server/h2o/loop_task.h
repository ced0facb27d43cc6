#ifndef LOOP_TASK_H
#define LOOP_TASK_H

#include "server/h2o/loop.h"

/*
 * Blocking work that a loop hands to a worker and gets back. The task owns its inputs and outputs;
 * the one who asked may be gone by the time it comes back, and says so by detaching. Owner and
 * detaching are touched on the loop's thread alone, so there is nothing to lock: the task always
 * travels to the worker and home again. There it is its owner's again, or freed if it has none.
 */
struct loop_task {
    struct job job;
    h2o_multithread_message_t message;
    struct loop *loop;                    /* borrowed */
    struct worker_pool *pool;             /* borrowed */
    void *owner;                          /* NULL once detached, or from the start */
    bool is_skipped_when_detached;        /* nobody else has a use for the work */
    bool is_detached;                     /* atomic: for the worker */
    void (*work)(struct loop_task *task); /* on a worker; may block */
    void (*done)(struct loop_task *task,
                 void *owner);               /* on the loop, unless detached; the owner
                                                disposes of the task or submits it again */
    void (*dispose)(struct loop_task *task); /* frees it */
};

/* Sends `task`, whose members above from `loop` on are set, on its way. False, and the caller still
 * has it, when the workers of the pool have too much to do already. */
bool loop_task_submit(struct loop_task *task);

/* The same without work: `task`, all zeros but for the members said, is under way until somebody
 * calls loop_task_return, on any thread. They may have done so already: it is received on the
 * loop's thread, which is the caller's. */
void loop_task_await(struct loop_task *task);
void loop_task_return(struct loop_task *task);

/* The owner goes while the task is under way. */
void loop_task_detach(struct loop_task *task);

/* The loop's receiver of finished tasks. */
void loop_task_receive(h2o_multithread_receiver_t *receiver, h2o_linklist_t *messages);

#endif
