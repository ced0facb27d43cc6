#include "base/log.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/byte_buffer.h"

#define DRAIN_LIMIT_S 2

/* How often the writer looks when there is much to say: waking it costs far more than a line does,
 * and on a busy machine it takes the core from whoever has the next line. */
#define PAUSE_NS 50000000

struct log {
    int fd;
    size_t capacity;
    pthread_t writer;
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t is_work;
    struct byte_buffer waiting;
    uint64_t dropped; /* since a batch last said so */
    uint64_t dropped_ever;
    bool is_idle; /* the writer waits for a first line, however long */
    bool is_ending;
};

static void write_all(int fd, struct span bytes)
{
    while (bytes.len > 0) {
        ssize_t count = write(fd, bytes.base, bytes.len);
        if (count < 0 && errno == EAGAIN) {
            struct pollfd writable = {.fd = fd, .events = POLLOUT};
            poll(&writable, 1, -1);
        } else if (count < 0 && errno != EINTR) {
            return; /* nobody reads: there is no one to tell */
        } else if (count > 0) {
            bytes = span_slice(bytes, (size_t)count, bytes.len - (size_t)count);
        }
    }
}

/* Takes what waits in exchange for the memory of the batch before; false when the log ends and
 * nothing is left. */
static bool take(struct log *log, struct byte_buffer *batch, uint64_t *dropped)
{
    byte_buffer_clear(batch);
    pthread_mutex_lock(&log->lock);
    log->is_idle = log->waiting.len == 0;
    while (log->waiting.len == 0 && !log->is_ending)
        pthread_cond_wait(&log->is_work, &log->lock);
    log->is_idle = false;
    struct byte_buffer empty = *batch;
    *batch = log->waiting;
    log->waiting = empty;
    *dropped = log->dropped;
    log->dropped = 0;
    pthread_mutex_unlock(&log->lock);
    return batch->len > 0;
}

static bool is_half_full(const struct log *log)
{
    return log->waiting.len >= log->capacity / 2;
}

/* Lets lines gather, but not until they fill the room that they have. */
static void pause_writing(struct log *log)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += PAUSE_NS;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    int error = 0;
    pthread_mutex_lock(&log->lock);
    while (error == 0 && !log->is_ending && !is_half_full(log))
        error = pthread_cond_timedwait(&log->is_work, &log->lock, &until);
    pthread_mutex_unlock(&log->lock);
}

static void *write_batches(void *context)
{
    struct log *log = context;
    struct byte_buffer batch = {0};
    uint64_t dropped;
    while (take(log, &batch, &dropped)) {
        if (dropped > 0)
            byte_buffer_printf(&batch, "log: %" PRIu64 " lines dropped\n", dropped);
        write_all(log->fd, byte_buffer_span(&batch));
        pause_writing(log);
    }
    byte_buffer_dispose(&batch);
    return NULL;
}

/* Times out by the clock that nobody sets. */
static void init_condition(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(condition, &attributes);
    pthread_condattr_destroy(&attributes);
}

struct log *log_new(int fd, size_t capacity)
{
    struct log *log = calloc(1, sizeof(*log));
    if (log == NULL)
        abort();
    log->fd = fd;
    log->capacity = capacity;
    pthread_mutex_init(&log->lock, NULL);
    init_condition(&log->is_work);
    if (pthread_create(&log->writer, NULL, write_batches, log) != 0)
        abort();
    return log;
}

void log_free(struct log *log)
{
    if (log == NULL)
        return;
    pthread_mutex_lock(&log->lock);
    log->is_ending = true;
    pthread_cond_signal(&log->is_work);
    pthread_mutex_unlock(&log->lock);
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += DRAIN_LIMIT_S;
    /* A writer that is stuck keeps the log; the process is about to end anyway. */
    if (pthread_timedjoin_np(log->writer, NULL, &until) != 0)
        return;
    byte_buffer_dispose(&log->waiting);
    pthread_cond_destroy(&log->is_work);
    pthread_mutex_destroy(&log->lock);
    free(log);
}

void log_line(struct log *log, struct span line)
{
    pthread_mutex_lock(&log->lock);
    if (log->waiting.len + line.len + 1 <= log->capacity) {
        bool was_half_full = is_half_full(log);
        byte_buffer_put(&log->waiting, line);
        byte_buffer_put_u8(&log->waiting, '\n');
        if (log->is_idle || (!was_half_full && is_half_full(log)))
            pthread_cond_signal(&log->is_work);
        log->is_idle = false;
    } else {
        log->dropped++;
        log->dropped_ever++;
    }
    pthread_mutex_unlock(&log->lock);
}

uint64_t log_dropped(struct log *log)
{
    pthread_mutex_lock(&log->lock);
    uint64_t dropped = log->dropped_ever;
    pthread_mutex_unlock(&log->lock);
    return dropped;
}

void log_printf(struct log *log, const char *format, ...)
{
    char line[1024];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    if (len < 0)
        return;
    size_t used = (size_t)len < sizeof(line) ? (size_t)len : sizeof(line) - 1;
    log_line(log, span_of(line, used));
}
