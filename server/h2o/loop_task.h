#ifndef LOOP_TASK_H
#define LOOP_TASK_H

#include "server/h2o/loop.h"

/*
 * Blocking work that a loop hands to a worker and gets back. The task owns its inputs and outputs;
 * the one who asked may be gone by the time it comes back, and says so by detaching. Owner and
 * detaching are touched on the loop's thread alone, so there is nothing to lock: the task always
 * travels to the worker and home again, and is freed there.
 */
struct loop_task {
    struct job job;
    h2o_multithread_message_t message;
    struct loop *loop;
    void *owner;                                       /* NULL once detached */
    void (*work)(struct loop_task *task);              /* on a worker; may block */
    void (*done)(struct loop_task *task, void *owner); /* on the loop, unless detached */
    void (*dispose)(struct loop_task *task);           /* frees it; last, on the loop */
};

/* Takes `task`, whose owner and callbacks are set, and returns true; or, when the workers have too
 * much to do already, disposes of it and returns false. */
bool loop_task_submit(struct loop *loop, struct loop_task *task);

static inline void loop_task_detach(struct loop_task *task)
{
    task->owner = NULL;
}

/* The loop's receiver of finished tasks. */
void loop_task_receive(h2o_multithread_receiver_t *receiver, h2o_linklist_t *messages);

#endif
