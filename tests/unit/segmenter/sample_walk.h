#ifndef SAMPLE_WALK_H
#define SAMPLE_WALK_H

#include "base/span.h"

/*
 * A reader of classic MP4 files, small and written apart from the code it checks: finds where the
 * tables say that each sample lies.
 */
struct walked_sample {
    uint64_t offset; /* in the file */
    uint32_t size;
    uint64_t decode_time;
    uint32_t composition_offset;
    bool is_sync;
};

/* The samples of track number `track` (from 0) of the file that begins with `header`; returns how
 * many there are and fills at most `capacity`. Fails the test when the tables do not hold together.
 */
size_t sample_walk(struct span header, unsigned track, struct walked_sample *samples,
                   size_t capacity);

/* The content of the box at a path such as "moov/trak/tkhd"; "trak:1" is the second one. Fails the
 * test when there is none; sample_walk_has asks. */
struct span box_at(struct span file, const char *path);
bool has_box(struct span file, const char *path);

uint64_t number_at(struct span bytes, size_t at, unsigned len);

#endif
