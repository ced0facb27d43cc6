#ifndef DELIVERY_H
#define DELIVERY_H

#include "server/h2o/file_sender.h"
#include "server/window.h"

/*
 * Sends the body of a response: slices of mapped objects, one window at a time, each when the one
 * before it is written. The loop touches no page that it has not seen resident. A window that is
 * not in memory goes to a worker, and from then on the windows that come after it go too, before
 * they are needed: a border between two objects is no stall. When they turn out to be in memory
 * already, that ends.
 *
 * Pages may be evicted again between the look and the write, and with HTTP/2 the client decides how
 * long that is. Then the loop waits for the disk, as everybody does. If the disk fails just then,
 * or somebody has truncated the object, which the store never does, the process ends with SIGBUS.
 */
struct request;
struct window_task;

/* How much of a response may be brought in and not yet be written, in bytes and in windows: this
 * much is read in vain when its client leaves. */
#define DELIVERY_AHEAD_BYTES (2u * 1024u * 1024u)
#define DELIVERY_MAX_AHEAD 8

struct delivery {
    h2o_generator_t generator; /* first: libh2o gives it back to us */
    struct request *request;   /* NULL: not started */
    struct body body;
    struct body_cursor cursor;                     /* behind what is in the queue */
    struct window_task *queue[DELIVERY_MAX_AHEAD]; /* owned; loading or loaded, in order */
    size_t queued;
    uint64_t queued_bytes;
    unsigned warm_in_a_row; /* windows that were read ahead for nothing */
    bool reads_ahead;
    bool has_started;  /* the status line is sent, or on its way */
    bool is_waiting;   /* for the first of the queue */
    uint64_t given_ns; /* when the window was given to libh2o */
    h2o_timeout_entry_t turn;
    struct file_sender sender;
    struct window window; /* that is being written */
};

/* For a new request. */
void delivery_init(struct delivery *delivery);

/* Sends request->plan.body of request->file, after request_put_headers; or 503 when its first bytes
 * cannot be had. The request may be gone when this returns. */
void delivery_start(struct delivery *delivery, struct request *request);

void delivery_dispose(struct delivery *delivery);

#endif
