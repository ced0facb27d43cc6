#ifndef BLOB_H
#define BLOB_H

#include "base/span.h"

/*
 * Counted, immutable bytes: a mapped object or index. Whoever holds a reference may read the bytes;
 * the last release disposes of them. Counting is atomic, so references may cross threads.
 *
 * A mapped page that is not in memory blocks whoever touches it, and raises SIGBUS when it cannot
 * be read: see store/residency.h.
 */
struct blob {
    struct span bytes;
    int fd; /* a file that holds the same bytes from its start, for sendfile; -1: none */
    unsigned references;                /* touched by blob_acquire and blob_release alone */
    void (*dispose)(struct blob *blob); /* frees the bytes and the blob; called once */
};

/* Another reference to `blob`, which is returned. */
struct blob *blob_acquire(struct blob *blob);

/* Gives one reference back. NULL is allowed. */
void blob_release(struct blob *blob);

#endif
