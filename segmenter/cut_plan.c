#include "segmenter/cut_plan.h"

#include <assert.h>

static uint64_t ticks_of(uint32_t timescale, uint32_t ms)
{
    uint64_t ticks = (uint64_t)timescale * ms / 1000;
    return ticks > 0 ? ticks : 1;
}

struct cut_plan cut_plan_init(uint32_t timescale, uint32_t segment_ms, uint32_t fragment_ms)
{
    assert(timescale > 0 && segment_ms > 0 && fragment_ms > 0);
    return (struct cut_plan){
        .segment_ticks = ticks_of(timescale, segment_ms),
        .fragment_ticks = ticks_of(timescale, fragment_ms),
    };
}

/* How many whole targets have passed when a segment begins `elapsed` ticks after the first. */
static uint64_t multiple_after(const struct cut_plan *plan, uint64_t elapsed)
{
    return elapsed / plan->segment_ticks + 1;
}

enum cut cut_plan_next(struct cut_plan *plan, int64_t pts, int64_t dts, bool is_key)
{
    if (!plan->is_started) {
        plan->is_started = true;
        plan->origin = pts;
        plan->next_multiple = 1;
        plan->fragment_start = dts;
        return CUT_SEGMENT;
    }
    uint64_t elapsed = pts > plan->origin ? (uint64_t)pts - (uint64_t)plan->origin : 0;
    if (is_key && elapsed / plan->segment_ticks >= plan->next_multiple) {
        plan->next_multiple = multiple_after(plan, elapsed);
        plan->fragment_start = dts;
        return CUT_SEGMENT;
    }
    if (dts > plan->fragment_start &&
        (uint64_t)dts - (uint64_t)plan->fragment_start >= plan->fragment_ticks) {
        plan->fragment_start = dts;
        return CUT_FRAGMENT;
    }
    return CUT_NONE;
}
