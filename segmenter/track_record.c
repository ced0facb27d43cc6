#include "segmenter/track_record.h"

#include <assert.h>
#include <stdlib.h>

/* Room for one more item; returns where it goes, zeroed. */
static void *grow(void **items, size_t *count, size_t *capacity, size_t item_len)
{
    if (*count == *capacity) {
        size_t larger = *capacity + *capacity / 2 + 16;
        void *moved = realloc(*items, larger * item_len);
        if (moved == NULL)
            abort();
        *items = moved;
        *capacity = larger;
    }
    uint8_t *item = (uint8_t *)*items + *count * item_len;
    (*count)++;
    memset(item, 0, item_len);
    return item;
}

void track_record_dispose(struct track_record *track)
{
    sample_table_dispose(&track->samples);
    free(track->fragments);
    free(track->segments);
    *track = (struct track_record){0};
}

void track_record_begin_segment(struct track_record *track)
{
    void *items = track->segments;
    struct segment_record *segment =
        grow(&items, &track->segment_count, &track->segment_capacity, sizeof(*segment));
    track->segments = items;
    segment->first_fragment = track->fragment_count;
}

static void note_in_segment(struct segment_record *segment, const struct fragment *fragment,
                            bool is_first)
{
    if (is_first) {
        segment->decode_time = fragment->decode_time;
        segment->min_composition = fragment->min_composition;
        segment->begins_with_first = fragment->first_composition == fragment->min_composition;
    } else if (fragment->min_composition < segment->min_composition) {
        segment->min_composition = fragment->min_composition;
        segment->begins_with_first = false;
    }
    segment->duration += fragment->duration;
}

enum status track_record_add_fragment(struct track_record *track, struct span bytes,
                                      uint64_t offset, struct fault *fault)
{
    assert(track->segment_count > 0);
    struct segment_record *segment = &track->segments[track->segment_count - 1];
    /* The classic file's tables know durations only: a gap would be lost there. */
    uint64_t expected = track_record_first_decode_time(track) + track->samples.duration;
    struct fragment fragment;
    enum status status = fragment_parse(bytes, &track->samples, &fragment, fault);
    if (status != STATUS_OK)
        return status;
    if (track->fragment_count > 0 && fragment.decode_time != expected)
        return fault_raise(fault, STATUS_INVALID,
                           "fragment %zu is decoded at %llu, and the one before it ends at %llu",
                           track->fragment_count + 1, (unsigned long long)fragment.decode_time,
                           (unsigned long long)expected);
    note_in_segment(segment, &fragment, segment->first_fragment == track->fragment_count);

    void *items = track->fragments;
    struct fragment_record *record =
        grow(&items, &track->fragment_count, &track->fragment_capacity, sizeof(*record));
    track->fragments = items;
    record->begin = (int64_t)fragment.decode_time - (int64_t)track->media.lead_ticks;
    record->sample_count = fragment.sample_count;
    record->payload_offset = offset + fragment.payload_offset;
    record->payload_len = fragment.payload_len;
    return STATUS_OK;
}

void track_record_end_segment(struct track_record *track, uint32_t object, uint64_t size)
{
    assert(track->segment_count > 0);
    struct segment_record *segment = &track->segments[track->segment_count - 1];
    segment->object = object;
    segment->size = size;
    for (size_t i = segment->first_fragment; i < track->fragment_count; i++)
        track->fragments[i].object = object;
}

uint64_t track_record_first_decode_time(const struct track_record *track)
{
    return track->segment_count > 0 ? track->segments[0].decode_time : 0;
}
