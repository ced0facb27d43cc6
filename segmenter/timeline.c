#include "segmenter/timeline.h"

void timeline_backfill(struct timeline_stamp *stamps, size_t count, int64_t step)
{
    size_t known = 0;
    while (known < count && stamps[known].dts == TIMELINE_NONE)
        known++;
    if (known == 0 || known == count)
        return;
    if (known + 1 < count && stamps[known + 1].dts > stamps[known].dts)
        step = stamps[known + 1].dts - stamps[known].dts;
    if (step <= 0)
        return;
    for (size_t i = known; i > 0; i--)
        stamps[i - 1].dts = stamps[i].dts - step;
}

/* A decode time for a packet that has none: a step after the last, but not later than it is shown
 * where the order allows that. */
static int64_t guess_dts(const struct timeline *timeline, const struct timeline_stamp *stamp)
{
    if (!timeline->is_started)
        return stamp->pts != TIMELINE_NONE ? stamp->pts : 0;
    int64_t next = timeline->last_dts + (timeline->last_step > 0 ? timeline->last_step : 1);
    if (stamp->pts != TIMELINE_NONE && next > stamp->pts && stamp->pts > timeline->last_dts)
        return stamp->pts;
    return next;
}

static void mend(struct timeline *timeline, int64_t *time, int64_t value)
{
    *time = value;
    timeline->was_mended = true;
}

void timeline_mend(struct timeline *timeline, struct timeline_stamp *stamp)
{
    if (stamp->dts == TIMELINE_NONE)
        mend(timeline, &stamp->dts, guess_dts(timeline, stamp));
    if (timeline->is_started && stamp->dts <= timeline->last_dts)
        mend(timeline, &stamp->dts, timeline->last_dts + 1);
    if (stamp->pts == TIMELINE_NONE)
        mend(timeline, &stamp->pts, stamp->dts);
    if (stamp->pts < stamp->dts && (!timeline->is_started || stamp->pts > timeline->last_dts))
        mend(timeline, &stamp->dts, stamp->pts);
    if (stamp->pts < stamp->dts)
        mend(timeline, &stamp->pts, stamp->dts);
    if (timeline->is_started)
        timeline->last_step = stamp->dts - timeline->last_dts;
    timeline->last_dts = stamp->dts;
    timeline->is_started = true;
}
