#ifndef CATALOG_H
#define CATALOG_H

#include "server/publication.h"

/*
 * The titles that were asked for lately, opened. Shared by all loops and locked inside; bounded by
 * count and by bytes, the one unused for longest goes first. It remembers for half a second that a
 * title is as it was, or that there is none, so a title published or removed is seen within a
 * second, and a loop never touches the store: what is not known is asked by a worker thread.
 *
 * Only one asks for a title at a time, whoever else wants to know waits for that answer without a
 * thread: opening the index of a long title takes a while, and a thousand clients that all want it
 * just then must not open it a thousand times.
 *
 * Times are clock_monotonic_ns().
 */
#define CATALOG_FRESH_NS 500000000u

/* While somebody looks again, the others may go on with what was true this long ago. */
#define CATALOG_STALE_NS 900000000u

struct catalog;

struct catalog_limits {
    size_t max_titles;  /* that exist; and as many that do not */
    uint64_t max_bytes; /* of indexes and what is kept beside them; one title alone may have more */
};

/* For the metrics. */
struct catalog_figures {
    uint64_t titles; /* now */
    uint64_t bytes;  /* now, of these */
    uint64_t absent; /* now */
    uint64_t hits;   /* answers of catalog_find */
    uint64_t misses; /* CATALOG_ASK */
};

/* `store` is borrowed. */
struct catalog *catalog_new(struct store *store, const struct catalog_limits *limits);

/* Nobody may wait. */
void catalog_free(struct catalog *catalog);

enum catalog_answer {
    CATALOG_FOUND,  /* *publication is a reference owned by the caller */
    CATALOG_ABSENT, /* there was no such title, just now */
    CATALOG_BROKEN, /* the store could not give it, just now */
    CATALOG_ASK,    /* call catalog_join */
};

/* Never blocks on the store. */
enum catalog_answer catalog_find(struct catalog *catalog, struct span title, uint64_t now_ns,
                                 struct publication **publication);

/* Who waits for what another one asks the store. It must stay where it is until it is woken. */
struct catalog_waiter {
    struct catalog_waiter *next;                 /* the catalog's */
    enum status status;                          /* once woken: as catalog_refresh returns it */
    struct publication *publication;             /* owned by the waiter, on STATUS_OK */
    void (*wake)(struct catalog_waiter *waiter); /* on the thread of the one who asked; must not
                                                    block. The waiter is not touched after it. */
};

/* True when nobody is asking for the title: the caller must, with catalog_refresh on a thread that
 * may block, or give up with catalog_abandon. Otherwise `waiter`, whose `wake` is set, will be
 * woken, perhaps before this returns. Never blocks on the store. */
MUST_CHECK bool catalog_join(struct catalog *catalog, struct span title,
                             struct catalog_waiter *waiter);

/* Asks the store, remembers the answer, and wakes whoever waits for it. `now_ns` is the time at
 * which the caller began. *publication is owned by the caller on STATUS_OK; STATUS_NOT_FOUND;
 * otherwise what the store says. Whoever has waited is given the same status, but no fault. May
 * block. */
MUST_CHECK enum status catalog_refresh(struct catalog *catalog, struct span title, uint64_t now_ns,
                                       struct publication **publication, struct fault *fault);

/* The one who was to ask cannot: whoever waits is woken with STATUS_BUSY. */
void catalog_abandon(struct catalog *catalog, struct span title);

struct catalog_figures catalog_figures(struct catalog *catalog);

#endif
