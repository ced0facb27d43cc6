#include "server/h2o/loop_task.h"

static void work(struct job *job)
{
    struct loop_task *task = H2O_STRUCT_FROM_MEMBER(struct loop_task, job, job);
    if (!task->is_skipped_when_detached || !__atomic_load_n(&task->is_detached, __ATOMIC_RELAXED))
        task->work(task);
}

static void send_home(struct job *job)
{
    loop_task_return(H2O_STRUCT_FROM_MEMBER(struct loop_task, job, job));
}

void loop_task_await(struct loop_task *task)
{
    task->loop->tasks_in_flight++;
}

void loop_task_return(struct loop_task *task)
{
    h2o_multithread_send_message(&task->loop->tasks, &task->message);
}

bool loop_task_submit(struct loop_task *task)
{
    task->job = (struct job){.run = work, .finish = send_home};
    task->message.link = (h2o_linklist_t){NULL, NULL};
    task->loop->tasks_in_flight++;
    if (worker_pool_submit(task->pool, &task->job))
        return true;
    task->loop->tasks_in_flight--;
    return false;
}

void loop_task_detach(struct loop_task *task)
{
    task->owner = NULL;
    __atomic_store_n(&task->is_detached, true, __ATOMIC_RELAXED);
}

void loop_task_receive(h2o_multithread_receiver_t *receiver, h2o_linklist_t *messages)
{
    struct loop *loop = H2O_STRUCT_FROM_MEMBER(struct loop, tasks, receiver);
    while (!h2o_linklist_is_empty(messages)) {
        struct loop_task *task =
            H2O_STRUCT_FROM_MEMBER(struct loop_task, message.link, messages->next);
        h2o_linklist_unlink(&task->message.link);
        loop->tasks_in_flight--;
        if (task->owner != NULL)
            task->done(task, task->owner);
        else
            task->dispose(task);
    }
}
