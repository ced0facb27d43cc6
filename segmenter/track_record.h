#ifndef TRACK_RECORD_H
#define TRACK_RECORD_H

#include "segmenter/fragment.h"
#include "segmenter/media.h"

/*
 * What is remembered of a track while it is cut: its samples, where each fragment's payload lies,
 * and its segments. Everything that makes files of the objects works from this. Starts out empty
 * but for `media` ({.media = ...}).
 */
struct fragment_record {
    int64_t begin;   /* decode time of its first sample, presentation time 0 being 0; ticks */
    uint32_t object; /* number of the object in the index */
    uint32_t sample_count;
    uint64_t payload_offset; /* in the object, bytes */
    uint64_t payload_len;
};

struct segment_record {
    uint64_t decode_time;     /* media time, ticks */
    uint64_t duration;        /* ticks */
    uint64_t min_composition; /* media time */
    bool begins_with_first;   /* no sample is shown before the first one, a sync sample */
    uint32_t object;
    uint64_t size; /* bytes */
    size_t first_fragment;
};

struct track_record {
    struct media_track media;
    struct sample_table samples;
    struct fragment_record *fragments;
    size_t fragment_count;
    size_t fragment_capacity;
    struct segment_record *segments;
    size_t segment_count;
    size_t segment_capacity;
};

void track_record_dispose(struct track_record *track);

/* Opens a segment; fragments and the object are added to it next. */
void track_record_begin_segment(struct track_record *track);

/* Parses the fragment at `bytes`, which begins at `offset` in its segment, and notes it.
 * STATUS_INVALID when it is none, or is not decoded right after the one before it. */
MUST_CHECK enum status track_record_add_fragment(struct track_record *track, struct span bytes,
                                                 uint64_t offset, struct fault *fault);

/* Says which object holds the open segment whole. */
void track_record_end_segment(struct track_record *track, uint32_t object, uint64_t size);

/* The media time of the first sample's decoding; 0 when there is none. */
uint64_t track_record_first_decode_time(const struct track_record *track);

#endif
