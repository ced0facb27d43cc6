#ifndef DELIVERY_H
#define DELIVERY_H

#include "server/body_cursor.h"
#include "server/h2o/libh2o.h"
#include "store/blob.h"

/*
 * Sends the bytes of a file: slices of mapped objects, one window at a time, each when the one
 * before it is written. The loop touches no page that it has not seen resident; a window that is
 * not goes to a worker first, which maps its objects and reads them in.
 *
 * Pages may be evicted again between the look and the write, and with HTTP/2 the client decides how
 * long that is. Then the loop waits for the disk, as everybody does. If the disk fails just then,
 * or somebody has truncated the object, which the store never does, the process ends with SIGBUS.
 */
struct request;

/* A classic file alternates between its tracks about every second, so 1 MiB is rarely more. */
#define DELIVERY_MAX_SLICES 32

struct delivery {
    h2o_generator_t generator; /* first: libh2o gives it back to us */
    struct request *request;   /* NULL: not started */
    struct body_cursor cursor;
    struct blob *held[DELIVERY_MAX_SLICES]; /* under the bytes that are being written */
    size_t held_count;
    bool has_started; /* the status line is sent, or on its way */
    h2o_timeout_entry_t retry;
};

/* Sends request->plan.body of request->file, after request_put_headers; or 503 when its first bytes
 * cannot be had. The request may be gone when this returns. */
void delivery_start(struct delivery *delivery, struct request *request);

void delivery_dispose(struct delivery *delivery);

#endif
