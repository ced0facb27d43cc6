#ifndef INTERLEAVE_H
#define INTERLEAVE_H

#include "segmenter/track_record.h"

/*
 * The order of the fragments' payloads in the classic file: by the time they begin, so that audio
 * and video of the same second lie side by side. It depends on the times alone and not on how the
 * input was interleaved.
 */
struct chunk {
    unsigned track;
    size_t fragment; /* its number in the track */
    uint64_t offset; /* of its payload, from the first payload byte of the file */
};

struct interleaving {
    struct chunk *chunks;
    size_t count;
    uint64_t payload_len; /* the sum */
};

/* Returns it owned, for interleaving_dispose. */
struct interleaving interleave(const struct track_record *tracks, unsigned track_count);

void interleaving_dispose(struct interleaving *interleaving);

#endif
