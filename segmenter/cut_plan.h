#ifndef CUT_PLAN_H
#define CUT_PLAN_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Where to cut one track. A segment begins at a key frame: the first at or after each multiple of
 * the target duration, so that odd GOPs do not add up and the average stays at the target. Within
 * a segment a new fragment begins about every second. Pure: packets in, decisions out.
 */
struct cut_plan {
    uint64_t segment_ticks;  /* target duration of a segment */
    uint64_t fragment_ticks; /* of a fragment */
    int64_t origin;          /* presentation time of the first packet */
    uint64_t next_multiple;  /* the next segment begins at or after this many targets */
    int64_t fragment_start;  /* decode time of the open fragment's first packet */
    bool is_started;
};

enum cut {
    CUT_NONE,     /* the packet goes on with the open fragment */
    CUT_FRAGMENT, /* a new fragment begins with it */
    CUT_SEGMENT,  /* a new segment, and so a new fragment */
};

/* `segment_ms` and `fragment_ms` must be above 0, `timescale` in ticks per second. */
struct cut_plan cut_plan_init(uint32_t timescale, uint32_t segment_ms, uint32_t fragment_ms);

/* What begins with the packet that comes next. The first packet begins a segment. */
enum cut cut_plan_next(struct cut_plan *plan, int64_t pts, int64_t dts, bool is_key);

#endif
