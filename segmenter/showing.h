#ifndef SHOWING_H
#define SHOWING_H

#include "segmenter/track_record.h"

/*
 * Where a track's media is shown: on the classic file's media timeline, on which the first sample
 * is decoded at 0. In the track's ticks.
 */
struct showing {
    uint64_t pause;      /* from presentation time 0 until the first sample is shown */
    uint64_t media_time; /* of what is shown first */
    uint64_t duration;   /* of what is shown */
    bool is_trimmed;     /* media remains after it */
};

struct showing showing_of(const struct track_record *track);

#endif
