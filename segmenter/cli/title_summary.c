#include "segmenter/cli/title_summary.h"

#include <stdio.h>
#include <stdlib.h>

#include "segmenter/cli/quantity.h"

struct title_summary title_summary_of(const struct index *index)
{
    struct title_summary summary = {
        .published_s = index->published_s,
        .file_count = index->file_count,
        .object_count = index->object_count,
    };
    snprintf(summary.title, sizeof(summary.title), "%.*s", SPAN_PRINT(index->title));
    for (uint32_t i = 0; i < index->track_count; i++) {
        struct index_track track = index_track(index, i);
        uint64_t duration_ms = quantity_ticks_to_ms(track.duration_ticks, track.timescale);
        if (duration_ms > summary.duration_ms)
            summary.duration_ms = duration_ms;
    }
    for (uint32_t i = 0; i < index->object_count; i++)
        summary.stored_bytes += index_object(index, i).size;
    return summary;
}

static int order_values(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Sorts `values` and frees them. */
static struct spread spread_of(uint64_t *values, uint32_t count)
{
    struct spread spread = {0};
    if (count > 0) {
        qsort(values, count, sizeof(*values), order_values);
        spread = (struct spread){values[0], values[(count - 1) / 2], values[count - 1]};
    }
    free(values);
    return spread;
}

static uint64_t *new_values(uint32_t count)
{
    uint64_t *values = calloc((size_t)count + 1, sizeof(*values));
    if (values == NULL)
        abort();
    return values;
}

struct spread title_segment_spread(const struct index *index, const struct index_track *track)
{
    uint64_t *values = new_values(track->segment_count);
    for (uint32_t i = 0; i < track->segment_count; i++) {
        struct index_segment segment = index_segment(index, track->first_segment + i);
        values[i] = quantity_ticks_to_ms(segment.duration_ticks, track->timescale);
    }
    return spread_of(values, track->segment_count);
}

struct spread title_object_spread(const struct index *index)
{
    uint64_t *values = new_values(index->object_count);
    for (uint32_t i = 0; i < index->object_count; i++)
        values[i] = index_object(index, i).size;
    return spread_of(values, index->object_count);
}
