#include "made_track.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <stdlib.h>

struct track_record made_track(uint32_t timescale, const int64_t *begins, size_t count)
{
    struct track_record track = {.media = {.timescale = timescale, .shown_until = INT64_MAX}};
    track.fragments = calloc(count + 1, sizeof(*track.fragments));
    assert_non_null(track.fragments);
    for (size_t i = 0; i < count; i++)
        track.fragments[i] = (struct fragment_record){
            .begin = begins[i], .sample_count = 1, .payload_offset = 50, .payload_len = 100};
    track.fragment_count = track.fragment_capacity = count;
    return track;
}

struct track_record made_segments(size_t count, uint64_t size, uint64_t duration)
{
    struct track_record track = {.media = {.timescale = 1000, .shown_until = INT64_MAX}};
    track.segments = calloc(count + 1, sizeof(*track.segments));
    assert_non_null(track.segments);
    for (size_t i = 0; i < count; i++)
        track.segments[i] = (struct segment_record){.decode_time = i * duration,
                                                    .min_composition = i * duration,
                                                    .duration = duration,
                                                    .begins_with_first = true,
                                                    .size = size};
    track.segment_count = track.segment_capacity = count;
    return track;
}
