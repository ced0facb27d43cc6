#include "server/h2o/check_task.h"

#include "base/clock.h"

struct check_task {
    struct loop_task task;
    struct index_object object;
};

static void work(struct loop_task *base)
{
    const struct check_task *task = (struct check_task *)base;
    object_cache_check(base->loop->service->objects, &task->object, clock_monotonic_ns());
}

static void dispose(struct loop_task *base)
{
    free(base);
}

void check_task_submit(struct loop *loop, const struct index_object *object)
{
    struct check_task *task = h2o_mem_alloc(sizeof(*task));
    task->task = (struct loop_task){
        .loop = loop, .pool = loop->service->lookers, .work = work, .dispose = dispose};
    task->object = *object;
    if (!loop_task_submit(&task->task))
        dispose(&task->task);
}
