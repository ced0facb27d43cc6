#ifndef TIMELINE_H
#define TIMELINE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Puts the time stamps of one track in order: decode times that are missing or do not rise are
 * mended by as little as possible, presentation times are left as they are (unless missing).
 * MP4 stores durations between decode times, so they must rise strictly; players only go by
 * presentation times. Pure; ticks of any time base.
 */
#define TIMELINE_NONE INT64_MIN /* a missing time */

struct timeline {
    int64_t last_dts;
    int64_t last_step; /* between the last two decode times; 0 when unknown */
    bool is_started;
    bool was_mended; /* some time stamp was missing or out of order */
};

struct timeline_stamp {
    int64_t dts;
    int64_t pts;
    int64_t duration; /* 0 when unknown */
};

/* Mends one stamp, in the order of decoding. */
void timeline_mend(struct timeline *timeline, struct timeline_stamp *stamp);

#endif
