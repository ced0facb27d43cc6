/*
 * The pieces form a ring: the caller fills the one at `filled`, the thread empties the one at
 * `emptied`. Only the counts are shared, and `error`; a piece belongs to one side at a time.
 */
#include "store/fs/fs_writer.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/fs/fs_file.h"

#define PIECE_COUNT 4
#define PIECE_SIZE ((size_t)4 << 20) /* one write of that size keeps a disk busy */
#define NAME_SIZE 64

/* What is larger is copied piece by piece, lest the ring hold much. */
#define TAKEN_MAX_LEN ((size_t)12 << 20)

/* Of memory, offset and length in direct writing; no disk asks for more. */
#define ALIGNMENT BYTE_BUFFER_ALIGNMENT

struct piece {
    struct byte_buffer bytes;
    char name[NAME_SIZE]; /* of the file that begins with it; else empty */
    bool is_last;
};

struct fs_writer {
    int dir;
    pthread_t thread;
    struct piece pieces[PIECE_COUNT];
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t changed;
    uint64_t filled; /* pieces ever */
    uint64_t emptied;
    int error; /* the first */
    bool is_ending;
};

/* ---- The thread ---- */

/* The file that is being written: the thread's own. */
struct output {
    int fd; /* -1: none */
    bool is_direct;
};

/* Not with open: where the file system cannot do it, that may fail and leave a file behind. */
static void set_direct(struct output *output, bool is_direct)
{
    int flags = is_direct ? O_DIRECT : 0;
    output->is_direct = fcntl(output->fd, F_SETFL, flags) == 0 && is_direct;
}

static int begin_file(const struct fs_writer *writer, const struct piece *piece,
                      struct output *output)
{
    int error = fs_file_begin(writer->dir, piece->name, &output->fd);
    if (error == 0)
        set_direct(output, true);
    return error;
}

/* Writes what can go directly, and leaves the rest in `content`: the end of a file, or all of it
 * where the file system turns out not to want it so. */
static int write_direct(struct output *output, struct span *content)
{
    struct span whole = span_slice(*content, 0, content->len & ~(ALIGNMENT - 1));
    int error = fs_file_write(output->fd, &whole);
    size_t done = (content->len & ~(ALIGNMENT - 1)) - whole.len;
    *content = span_slice(*content, done, content->len - done);
    if (content->len > 0)
        set_direct(output, false);
    return error == EINVAL ? 0 : error;
}

static int write_piece(const struct fs_writer *writer, const struct piece *piece,
                       struct output *output)
{
    struct span content = byte_buffer_span(&piece->bytes);
    int error = piece->name[0] != '\0' ? begin_file(writer, piece, output) : 0;
    if (error == 0 && output->is_direct)
        error = write_direct(output, &content);
    if (error == 0)
        error = fs_file_write(output->fd, &content);
    if (error != 0 || !piece->is_last)
        return error;
    error = fs_file_end(output->fd);
    output->fd = -1;
    return error;
}

/* The next piece, or NULL when there will be none. */
static const struct piece *await_piece(struct fs_writer *writer)
{
    pthread_mutex_lock(&writer->lock);
    while (writer->emptied == writer->filled && !writer->is_ending)
        pthread_cond_wait(&writer->changed, &writer->lock);
    const struct piece *piece =
        writer->is_ending ? NULL : &writer->pieces[writer->emptied % PIECE_COUNT];
    pthread_mutex_unlock(&writer->lock);
    return piece;
}

static void give_back(struct fs_writer *writer, int error)
{
    pthread_mutex_lock(&writer->lock);
    writer->emptied++;
    if (writer->error == 0)
        writer->error = error;
    pthread_cond_signal(&writer->changed);
    pthread_mutex_unlock(&writer->lock);
}

static void *work(void *context)
{
    struct fs_writer *writer = context;
    struct output output = {.fd = -1};
    int error = 0;
    for (const struct piece *piece; (piece = await_piece(writer)) != NULL;) {
        if (error == 0)
            error = write_piece(writer, piece, &output);
        give_back(writer, error);
    }
    if (output.fd >= 0)
        close(output.fd);
    return NULL;
}

/* ---- The caller ---- */

/* Signals are the caller's; a write cut short by one would only be repeated. */
static int start(struct fs_writer *writer)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&writer->thread, NULL, work, writer);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}

int fs_writer_new(int dir, struct fs_writer **writer)
{
    struct fs_writer *new_one = calloc(1, sizeof(*new_one));
    if (new_one == NULL)
        abort();
    new_one->dir = dir;
    pthread_mutex_init(&new_one->lock, NULL);
    pthread_cond_init(&new_one->changed, NULL);
    int error = start(new_one);
    if (error == 0)
        *writer = new_one;
    else
        free(new_one);
    return error;
}

/* Waits until no more than `count` pieces are to be written, or one of them has failed. */
static int await_at_most(struct fs_writer *writer, uint64_t count)
{
    pthread_mutex_lock(&writer->lock);
    while (writer->filled - writer->emptied > count && writer->error == 0)
        pthread_cond_wait(&writer->changed, &writer->lock);
    int error = writer->error;
    pthread_mutex_unlock(&writer->lock);
    return error;
}

/* Waits for a piece that can be filled. */
static int next_piece(struct fs_writer *writer, struct piece **piece)
{
    *piece = &writer->pieces[writer->filled % PIECE_COUNT];
    return await_at_most(writer, PIECE_COUNT - 1);
}

static void hand_over(struct fs_writer *writer, const char *name, bool is_last)
{
    struct piece *piece = &writer->pieces[writer->filled % PIECE_COUNT];
    assert(strlen(name) < NAME_SIZE);
    snprintf(piece->name, sizeof(piece->name), "%s", name);
    piece->is_last = is_last;
    pthread_mutex_lock(&writer->lock);
    writer->filled++;
    pthread_cond_signal(&writer->changed);
    pthread_mutex_unlock(&writer->lock);
}

int fs_writer_put(struct fs_writer *writer, const char *name, struct span content)
{
    assert(content.len > 0);
    for (size_t at = 0; at < content.len; at += PIECE_SIZE) {
        size_t len = content.len - at < PIECE_SIZE ? content.len - at : PIECE_SIZE;
        struct piece *piece;
        int error = next_piece(writer, &piece);
        if (error != 0)
            return error;
        byte_buffer_clear(&piece->bytes);
        byte_buffer_put(&piece->bytes, span_slice(content, at, len));
        hand_over(writer, at == 0 ? name : "", at + len == content.len);
    }
    return 0;
}

int fs_writer_put_buffer(struct fs_writer *writer, const char *name, struct byte_buffer *content)
{
    struct piece *piece;
    int error;
    if (content->capacity > TAKEN_MAX_LEN) {
        error = fs_writer_put(writer, name, byte_buffer_span(content));
    } else if ((error = next_piece(writer, &piece)) == 0) {
        assert(content->len > 0);
        struct byte_buffer written = piece->bytes;
        piece->bytes = *content;
        *content = written;
        hand_over(writer, name, true);
    }
    byte_buffer_clear(content);
    return error;
}

int fs_writer_finish(struct fs_writer *writer)
{
    return await_at_most(writer, 0);
}

void fs_writer_free(struct fs_writer *writer)
{
    if (writer == NULL)
        return;
    pthread_mutex_lock(&writer->lock);
    writer->is_ending = true;
    pthread_cond_signal(&writer->changed);
    pthread_mutex_unlock(&writer->lock);
    pthread_join(writer->thread, NULL);
    pthread_cond_destroy(&writer->changed);
    pthread_mutex_destroy(&writer->lock);
    for (size_t i = 0; i < PIECE_COUNT; i++)
        byte_buffer_dispose(&writer->pieces[i].bytes);
    free(writer);
}
