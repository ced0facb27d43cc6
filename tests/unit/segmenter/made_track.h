#ifndef MADE_TRACK_H
#define MADE_TRACK_H

#include "made_fragment.h"
#include "segmenter/track_record.h"

/* Tracks without any media behind them. All are disposed of with track_record_dispose. */

/* A track of `timescale` whose fragments begin at the given times (presentation time 0 being 0) and
 * have a payload of 100 bytes and one sample each. */
struct track_record made_track(uint32_t timescale, const int64_t *begins, size_t count);

/* A track with nothing but segments: each of `size` bytes and `duration` ticks. */
struct track_record made_segments(size_t count, uint64_t size, uint64_t duration);

#endif
