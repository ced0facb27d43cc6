#include "server/h2o/window_task.h"

#include "base/clock.h"

static void work(struct loop_task *base)
{
    struct window_task *task = (struct window_task *)base;
    const struct service *service = base->loop->service;
    task->status = window_load(&task->window, &task->publication->index, service->objects,
                               clock_monotonic_ns(), &task->object, &task->was_warm);
    task->loaded_ns = clock_monotonic_ns();
}

static void dispose(struct loop_task *base)
{
    struct window_task *task = (struct window_task *)base;
    window_release(&task->window);
    publication_release(task->publication);
    free(task);
}

static bool submit(struct window_task *task)
{
    task->is_loading = true;
    return loop_task_submit(&task->task);
}

struct window_task *window_task_submit(struct loop *loop, struct publication *publication,
                                       struct body_cursor *cursor, uint64_t max_bytes, void *owner,
                                       void (*done)(struct loop_task *task, void *owner))
{
    struct body_cursor next = *cursor;
    struct window_task *task = h2o_mem_alloc(sizeof(*task));
    task->task = (struct loop_task){
        .loop = loop,
        .pool = loop->service->readers,
        .is_skipped_when_detached = true,
        .owner = owner,
        .work = work,
        .done = done,
        .dispose = dispose,
    };
    task->publication = publication_acquire(publication);
    window_plan(&task->window, &next, max_bytes);
    task->bytes = cursor->left - next.left;
    if (!submit(task)) {
        dispose(&task->task);
        return NULL;
    }
    *cursor = next;
    return task;
}

bool window_task_resubmit(struct window_task *task)
{
    return submit(task);
}

void window_task_abandon(struct window_task *task)
{
    if (task == NULL)
        return;
    if (task->is_loading)
        loop_task_detach(&task->task);
    else
        dispose(&task->task);
}
