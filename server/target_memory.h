#ifndef TARGET_MEMORY_H
#define TARGET_MEMORY_H

#include "server/judged_target.h"

/*
 * The targets that one connection was allowed lately, so that asking again costs a comparison and
 * not a signature, a digest or even a parser. Starts out empty ({0}); for the connection's thread
 * alone, and for one policy.
 */

/* A player takes video, audio and perhaps subtitles from three files in turn. */
#define TARGET_MEMORY_ENTRIES 3

struct target_memory {
    struct judged_target *recent[TARGET_MEMORY_ENTRIES]; /* the latest first; NULL: none */
};

/* Judges `sent` at `now_s` seconds since 1970, or remembers how it was judged. Returns a reference
 * owned by the caller, which may outlive the memory. */
struct judged_target *target_memory_judge(struct target_memory *memory, const struct policy *policy,
                                          const struct sent_target *sent, int64_t now_s);

void target_memory_dispose(struct target_memory *memory);

#endif
