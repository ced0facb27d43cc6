#ifndef FRAGMENT_H
#define FRAGMENT_H

#include "base/fault.h"
#include "segmenter/sample_table.h"

/*
 * A fragment of one track, as a `moof` and its `mdat`: where its payload lies and what samples it
 * holds. What the fragmented file says of its samples is read back from here, so that the classic
 * file's tables cannot say anything else.
 */
struct fragment {
    uint64_t decode_time;     /* `tfdt`: of the first sample, media time */
    uint64_t duration;        /* ticks, the sum of its samples' */
    uint64_t min_composition; /* smallest presentation time in media time */
    uint64_t first_composition;
    uint32_t sample_count;
    size_t payload_offset; /* of the `mdat`'s content, from the start of the fragment */
    size_t payload_len;
};

/* Reads `bytes`, one `moof` and one `mdat` with default-base-is-moof and one `trun`, appends its
 * samples to `table` and fills `fragment`. STATUS_INVALID for anything else; then `table` may hold
 * part of the samples. */
MUST_CHECK enum status fragment_parse(struct span bytes, struct sample_table *table,
                                      struct fragment *fragment, struct fault *fault);

#endif
