#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <semaphore.h>

#include "server/worker_pool.h"

#define JOBS 1000

struct counting_job {
    struct job job;
    unsigned runs;
    unsigned finishes;
    sem_t *finished;
};

static void count_run(struct job *job)
{
    ((struct counting_job *)job)->runs++;
}

static void count_finish(struct job *job)
{
    struct counting_job *counting = (struct counting_job *)job;
    sem_t *finished = counting->finished;
    counting->finishes = counting->runs;
    sem_post(finished);
}

static void every_job_runs_once_and_comes_back(void **state)
{
    (void)state;
    static struct counting_job jobs[JOBS];
    sem_t finished;
    sem_init(&finished, 0, 0);
    struct worker_pool *pool = worker_pool_new(4, JOBS);
    for (size_t i = 0; i < JOBS; i++) {
        jobs[i] = (struct counting_job){{count_run, count_finish, NULL}, 0, 0, &finished};
        assert_true(worker_pool_submit(pool, &jobs[i].job));
    }
    for (size_t i = 0; i < JOBS; i++)
        sem_wait(&finished);
    worker_pool_free(pool);
    for (size_t i = 0; i < JOBS; i++) {
        assert_int_equal(jobs[i].runs, 1);
        assert_int_equal(jobs[i].finishes, 1);
    }
    sem_destroy(&finished);
}

struct blocking_job {
    struct job job;
    sem_t *started;
    sem_t *release;
};

static void block(struct job *job)
{
    struct blocking_job *blocking = (struct blocking_job *)job;
    sem_post(blocking->started);
    sem_wait(blocking->release);
}

static void do_nothing(struct job *job)
{
    (void)job;
}

static void a_full_queue_refuses_at_once(void **state)
{
    (void)state;
    sem_t started;
    sem_t release;
    sem_init(&started, 0, 0);
    sem_init(&release, 0, 0);
    struct worker_pool *pool = worker_pool_new(1, 2);
    struct blocking_job running = {{block, do_nothing, NULL}, &started, &release};
    struct job waiting[3] = {{do_nothing, do_nothing, NULL},
                             {do_nothing, do_nothing, NULL},
                             {do_nothing, do_nothing, NULL}};
    assert_true(worker_pool_submit(pool, &running.job));
    sem_wait(&started);
    assert_false(worker_pool_is_busy(pool));
    assert_true(worker_pool_submit(pool, &waiting[0]));
    assert_true(worker_pool_is_busy(pool));
    assert_true(worker_pool_submit(pool, &waiting[1]));
    assert_true(worker_pool_is_busy(pool));
    assert_false(worker_pool_submit(pool, &waiting[2]));
    sem_post(&release);
    worker_pool_free(pool);
    sem_destroy(&started);
    sem_destroy(&release);
}

static void freeing_runs_what_is_queued(void **state)
{
    (void)state;
    sem_t finished;
    sem_init(&finished, 0, 0);
    struct counting_job jobs[8];
    struct worker_pool *pool = worker_pool_new(1, 8);
    for (size_t i = 0; i < 8; i++) {
        jobs[i] = (struct counting_job){{count_run, count_finish, NULL}, 0, 0, &finished};
        assert_true(worker_pool_submit(pool, &jobs[i].job));
    }
    worker_pool_free(pool);
    for (size_t i = 0; i < 8; i++)
        assert_int_equal(jobs[i].finishes, 1);
    sem_destroy(&finished);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_job_runs_once_and_comes_back),
        cmocka_unit_test(a_full_queue_refuses_at_once),
        cmocka_unit_test(freeing_runs_what_is_queued),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
