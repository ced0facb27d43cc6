#ifndef TITLE_SUMMARY_H
#define TITLE_SUMMARY_H

#include "base/name.h"
#include "store/index.h"

/* What a person asks first about a title, computed from its index. */
struct title_summary {
    char title[NAME_MAX_LEN + 1];
    int64_t published_s;
    uint64_t duration_ms; /* of its longest track */
    uint64_t stored_bytes;
    uint32_t file_count;
    uint32_t object_count;
};

struct title_summary title_summary_of(const struct index *index);

/* The smallest, the lower middle and the largest of some values; zeros for none. */
struct spread {
    uint64_t least;
    uint64_t median;
    uint64_t most;
};

/* Durations of a track's segments, in milliseconds. */
struct spread title_segment_spread(const struct index *index, const struct index_track *track);

/* Sizes of a title's objects, in bytes. */
struct spread title_object_spread(const struct index *index);

#endif
