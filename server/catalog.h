#ifndef CATALOG_H
#define CATALOG_H

#include "server/publication.h"

/*
 * The titles that were asked for lately, opened. Shared by all loops and locked inside; bounded,
 * the one unused for longest goes first. It remembers for half a second that a title is as it was,
 * or that there is none, so a title published or removed is seen within a second, and a loop never
 * touches the store: what is not known is asked by a worker thread.
 *
 * Times are clock_monotonic_ns().
 */
#define CATALOG_FRESH_NS 500000000u

/* While one worker looks again, the others may go on with what was true this long ago. */
#define CATALOG_STALE_NS 900000000u

struct catalog;

/* `store` is borrowed. Remembers `max_titles` publications and as many titles that do not exist. */
struct catalog *catalog_new(struct store *store, size_t max_titles);
void catalog_free(struct catalog *catalog);

enum catalog_answer {
    CATALOG_FOUND,  /* *publication is a reference owned by the caller */
    CATALOG_ABSENT, /* there was no such title, just now */
    CATALOG_BROKEN, /* the store could not give it, just now */
    CATALOG_ASK,    /* call catalog_refresh on a thread that may block */
};

/* Never blocks on the store. */
enum catalog_answer catalog_find(struct catalog *catalog, struct span title, uint64_t now_ns,
                                 struct publication **publication);

/* Asks the store and remembers the answer. `now_ns` is the time at which the caller began: what
 * another thread has learnt since `asked_ns` (when catalog_find said to ask) is used as it is.
 * *publication is owned by the caller on STATUS_OK; STATUS_NOT_FOUND; otherwise what the store says
 * (with the same status, but no fault, when another thread asked). May block. */
MUST_CHECK enum status catalog_refresh(struct catalog *catalog, struct span title,
                                       uint64_t asked_ns, uint64_t now_ns,
                                       struct publication **publication, struct fault *fault);

#endif
