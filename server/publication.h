#ifndef PUBLICATION_H
#define PUBLICATION_H

#include "store/store.h"

/*
 * One publication of a title, opened: its index and the bytes under it, counted. A response holds a
 * reference from its start to its end, so it finishes with the publication it began with, whatever
 * is published or removed meanwhile.
 */
struct publication {
    struct index index;
    struct publication_stamp stamp;
    struct blob *blob;
    unsigned references; /* touched by acquire and release alone */
};

/* Takes the reference to `blob`, from which `index` borrows. Returns the first reference. */
struct publication *publication_new(struct blob *blob, const struct index *index,
                                    const struct publication_stamp *stamp);

/* Another reference to `publication`, which is returned. Thread-safe. */
struct publication *publication_acquire(struct publication *publication);

/* NULL is allowed. Thread-safe. */
void publication_release(struct publication *publication);

#endif
