#ifndef SEEN_PAGES_H
#define SEEN_PAGES_H

#include "base/span.h"

/*
 * Which parts of a mapped object were seen in memory a moment ago, so that a loop need not ask the
 * kernel again for every request of a title that everybody watches. Pages that were just sent are
 * the last that it evicts.
 */
struct seen_pages {
    uint64_t parts;    /* a bit for each part of the object, all of which is in memory */
    uint64_t patchy;   /* and for each of which something is missing */
    uint64_t since_ns; /* when the first of them was looked at */
    bool was_whole;    /* all of the object was in memory when that was last forgotten */
};

/* Forgotten after so long. */
#define SEEN_PAGES_FRESH_NS 100000000u

/* Whether bytes [offset, offset + length) of `object` are in memory. They lie inside of it; length
 * > 0. Never blocks. `now_ns` is clock_monotonic_ns(). */
bool seen_pages_check(struct seen_pages *seen, struct span object, uint64_t offset, uint64_t length,
                      uint64_t now_ns);

#endif
