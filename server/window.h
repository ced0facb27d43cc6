#ifndef WINDOW_H
#define WINDOW_H

#include "base/fault.h"
#include "server/body_cursor.h"
#include "server/object_shelf.h"

/*
 * The stretch of a body that is sent at once: a few slices, and once they are found the objects
 * that they lie in.
 */

/* A classic file alternates between its tracks about every second, so 1 MiB is rarely more. */
#define WINDOW_MAX_SLICES 32

struct window {
    size_t count;
    size_t found;         /* how many slices from the start can be sent without waiting */
    uint64_t found_bytes; /* their bytes */
    struct body_slice slices[WINDOW_MAX_SLICES];
    struct blob *blobs[WINDOW_MAX_SLICES]; /* owned; NULL under a text, and where not found */
};

/* Takes what comes next off the cursor, at most `max_bytes` (> 0). Nothing is found yet. */
void window_plan(struct window *window, struct body_cursor *cursor, uint64_t max_bytes);

/* Looks for as many slices from the start as are in memory, with the objects that are on the shelf;
 * those found before are looked at again. Never blocks. *to_check is the number of an object of
 * `index` that the caller is to have checked, or UINT32_MAX. */
void window_find_resident(struct window *window, const struct index *index,
                          struct object_shelf *shelf, uint64_t now_ns, uint32_t *to_check);

/* Brings all slices into memory. On failure *object is the number of the one that was at fault.
 * *was_warm says whether all of it was in memory already. May block. */
MUST_CHECK enum status window_load(struct window *window, const struct index *index,
                                   struct object_cache *cache, uint64_t now_ns, uint32_t *object,
                                   bool *was_warm);

/* The bytes of slice i, which is found. */
struct span window_bytes(const struct window *window, size_t i);

/* Gives the references back. */
void window_release(struct window *window);

#endif
