#include "segmenter/timeline.h"

/* A decode time for a packet that has none. */
static int64_t guess_dts(const struct timeline *timeline, const struct timeline_stamp *stamp)
{
    if (!timeline->is_started)
        return stamp->pts != TIMELINE_NONE ? stamp->pts : 0;
    int64_t step = timeline->last_step > 0 ? timeline->last_step : 1;
    int64_t next = timeline->last_dts + step;
    /* Never later than it is shown, where the order allows it. */
    if (stamp->pts != TIMELINE_NONE && next > stamp->pts && stamp->pts > timeline->last_dts)
        return stamp->pts;
    return next;
}

void timeline_mend(struct timeline *timeline, struct timeline_stamp *stamp)
{
    if (stamp->dts == TIMELINE_NONE) {
        stamp->dts = guess_dts(timeline, stamp);
        timeline->was_mended = true;
    }
    if (timeline->is_started && stamp->dts <= timeline->last_dts) {
        stamp->dts = timeline->last_dts + 1;
        timeline->was_mended = true;
    }
    if (stamp->pts == TIMELINE_NONE) {
        stamp->pts = stamp->dts;
        timeline->was_mended = true;
    }
    if (timeline->is_started)
        timeline->last_step = stamp->dts - timeline->last_dts;
    timeline->last_dts = stamp->dts;
    timeline->is_started = true;
}
