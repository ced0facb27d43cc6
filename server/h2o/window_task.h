#ifndef WINDOW_TASK_H
#define WINDOW_TASK_H

#include "server/h2o/loop_task.h"
#include "server/publication.h"
#include "server/window.h"

/* Brings one window into memory, on a worker. */
struct window_task {
    struct loop_task task;
    struct publication *publication; /* owned: its index says what the objects are */
    struct window window;
    uint64_t bytes; /* of all its slices */
    bool is_loading;
    bool was_warm; /* nothing had to be waited for */
    enum status status;
    uint32_t object; /* the one that was worked on last */
    uint64_t loaded_ns;
};

/* Takes what comes next off `cursor`, at most `max_bytes`, and has it loaded; `done` is called with
 * `owner` when it is. NULL, with the cursor where it was, when the workers have too much to do
 * already. The owner disposes of it, or detaches it while it is loading. */
struct window_task *window_task_submit(struct loop *loop, struct publication *publication,
                                       struct body_cursor *cursor, uint64_t max_bytes, void *owner,
                                       void (*done)(struct loop_task *task, void *owner));

/* Has it loaded again: its pages were evicted while it waited. False, with `task` as it was, when
 * the workers have too much to do. */
bool window_task_resubmit(struct window_task *task);

/* Gives it up, loading or loaded. NULL is allowed. */
void window_task_abandon(struct window_task *task);

#endif
