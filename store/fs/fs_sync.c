#include "store/fs/fs_sync.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

#include "store/fs/fs_file.h"

/* Beyond a handful there is little to gain: flushes of a disk that wait together become one. */
#define MAX_THREADS 8
/* A thread for fewer is not worth its start. */
#define ENTRIES_PER_THREAD 8

struct batch {
    int dir;
    size_t count;
    fs_sync_path path;
    const void *context;
    atomic_size_t next;
    atomic_int error; /* one of them */
};

static void *work(void *context)
{
    struct batch *batch = context;
    char path[FS_SYNC_PATH_SIZE];
    for (;;) {
        size_t i = atomic_fetch_add(&batch->next, 1);
        if (i >= batch->count || atomic_load(&batch->error) != 0)
            return NULL;
        batch->path(batch->context, i, path);
        int error = fs_file_sync(batch->dir, path);
        if (error != 0)
            atomic_store(&batch->error, error);
    }
}

/* Starts up to `count` threads without signals, which are the caller's; returns how many. */
static size_t start(struct batch *batch, pthread_t *threads, size_t count)
{
    sigset_t all, before;
    size_t started = 0;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (started < count && pthread_create(&threads[started], NULL, work, batch) == 0)
        started++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

int fs_sync_all(int dir, size_t count, fs_sync_path path, const void *context)
{
    struct batch batch = {.dir = dir, .count = count, .path = path, .context = context};
    pthread_t threads[MAX_THREADS - 1];
    size_t helpers = count / ENTRIES_PER_THREAD;
    if (helpers > MAX_THREADS - 1)
        helpers = MAX_THREADS - 1;
    helpers = start(&batch, threads, helpers);
    work(&batch); /* where no thread can be started, alone */
    for (size_t i = 0; i < helpers; i++)
        pthread_join(threads[i], NULL);
    return atomic_load(&batch.error);
}
