#ifndef TIMELINE_H
#define TIMELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Puts the time stamps of one track in order. MP4 stores durations between decode times and
 * presentation times as offsets from them: decode times must rise strictly, and a frame cannot be
 * shown before it is decoded. What is missing or breaks that is mended by as little as possible;
 * presentation times, which are all that a viewer sees, only when nothing else helps. Pure; ticks
 * of any time base.
 */
#define TIMELINE_NONE INT64_MIN /* a missing time */

struct timeline_stamp {
    int64_t dts;
    int64_t pts;
};

struct timeline {
    int64_t last_dts;
    int64_t last_step; /* between the last two decode times; 0 when unknown */
    bool is_started;
    bool was_mended; /* a stamp was missing or out of order */
};

/* Gives the first stamps of a track the decode times that they lack (containers without decode
 * times leave the first few of a reordered stream open), leading up to the first known one: as far
 * apart as the first two known ones or, when there is but one, `step`. `stamps` are in the order of
 * decoding. */
void timeline_backfill(struct timeline_stamp *stamps, size_t count, int64_t step);

/* Mends one stamp; they come in the order of decoding. */
void timeline_mend(struct timeline *timeline, struct timeline_stamp *stamp);

#endif
