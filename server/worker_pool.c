#include "server/worker_pool.h"

#include <pthread.h>
#include <stdlib.h>

struct worker_pool {
    size_t thread_count;
    size_t queue_limit;
    pthread_t *threads;
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t is_work;
    struct job *first;
    struct job **last_next;
    size_t queued;
    bool is_ending;
};

/* The next job, or NULL when the pool ends and nothing is left. */
static struct job *take(struct worker_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    while (pool->first == NULL && !pool->is_ending)
        pthread_cond_wait(&pool->is_work, &pool->lock);
    struct job *job = pool->first;
    if (job != NULL) {
        pool->first = job->next;
        if (pool->first == NULL)
            pool->last_next = &pool->first;
        pool->queued--;
    }
    pthread_mutex_unlock(&pool->lock);
    return job;
}

static void *work(void *context)
{
    struct worker_pool *pool = context;
    for (struct job *job; (job = take(pool)) != NULL;) {
        job->run(job);
        job->finish(job);
    }
    return NULL;
}

struct worker_pool *worker_pool_new(size_t threads, size_t queue_limit)
{
    struct worker_pool *pool = calloc(1, sizeof(*pool));
    if (pool == NULL)
        abort();
    pool->queue_limit = queue_limit;
    pool->last_next = &pool->first;
    pool->thread_count = threads;
    pool->threads = calloc(threads, sizeof(pool->threads[0]));
    if (pool->threads == NULL)
        abort();
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->is_work, NULL);
    for (size_t i = 0; i < threads; i++) {
        if (pthread_create(&pool->threads[i], NULL, work, pool) != 0)
            abort();
    }
    return pool;
}

void worker_pool_free(struct worker_pool *pool)
{
    if (pool == NULL)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->is_ending = true;
    pthread_cond_broadcast(&pool->is_work);
    pthread_mutex_unlock(&pool->lock);
    for (size_t i = 0; i < pool->thread_count; i++)
        pthread_join(pool->threads[i], NULL);
    pthread_cond_destroy(&pool->is_work);
    pthread_mutex_destroy(&pool->lock);
    free(pool->threads);
    free(pool);
}

bool worker_pool_submit(struct worker_pool *pool, struct job *job)
{
    pthread_mutex_lock(&pool->lock);
    bool has_room = pool->queued < pool->queue_limit;
    if (has_room) {
        job->next = NULL;
        *pool->last_next = job;
        pool->last_next = &job->next;
        pool->queued++;
        pthread_cond_signal(&pool->is_work);
    }
    pthread_mutex_unlock(&pool->lock);
    return has_room;
}

size_t worker_pool_waiting(struct worker_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    size_t waiting = pool->queued;
    pthread_mutex_unlock(&pool->lock);
    return waiting;
}

bool worker_pool_is_busy(struct worker_pool *pool)
{
    return worker_pool_waiting(pool) >= pool->queue_limit / 2;
}
