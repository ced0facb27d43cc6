#ifndef VERDICT_MEMORY_H
#define VERDICT_MEMORY_H

#include "base/span.h"

/*
 * Remembers which tokens were verified for which URIs, until they expire: a player asks for one URI
 * hundreds of times with one token, and a signature costs far more than a look here. Only what was
 * allowed is remembered. Bounded: a new entry takes the place of the one of its set that expires
 * first. Locked inside.
 *
 * Entries are found by a SHA-256 over token and URI, so nobody can make two of them meet. They hold
 * for the keys and the policy that they were verified under: make a new memory for others; and for
 * every client: nobody adds what holds for one alone.
 */
struct verdict_memory;

/* Room for about `entries` (> 0) pairs of a token and a URI, 32 bytes each. */
struct verdict_memory *verdict_memory_new(size_t entries);
void verdict_memory_free(struct verdict_memory *memory);

/* The seconds since 1970 in which a verdict holds: from <= now < until. */
struct verdict_span {
    int64_t from_s;
    int64_t until_s;
};

/* Whether `token` is known to allow `uri` at `now_s`; if so, *span is for how long. Thread-safe. */
bool verdict_memory_knows(struct verdict_memory *memory, struct span token, struct span uri,
                          int64_t now_s, struct verdict_span *span);

/* Remembers that it does, in `span`. Thread-safe. */
void verdict_memory_add(struct verdict_memory *memory, struct span token, struct span uri,
                        struct verdict_span span);

#endif
