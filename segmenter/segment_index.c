#include "segmenter/segment_index.h"

#include "segmenter/box.h"

#define MAX_REFERENCES 65535          /* reference_count has 16 bits */
#define MAX_REFERENCE_SIZE 0x7fffffff /* referenced_size has 31 bits */

enum stream_access_point {
    CLOSED = 1, /* the first sample is the first to be shown */
    OPEN = 3,   /* some later samples are shown before it */
};

/* One reference to the segments [from, to). */
static enum status write_reference(const struct track_record *track, size_t from, size_t to,
                                   struct byte_buffer *out, struct fault *fault)
{
    uint64_t size = 0, duration = 0;
    for (size_t i = from; i < to; i++) {
        size += track->segments[i].size;
        duration += track->segments[i].duration;
    }
    if (size > MAX_REFERENCE_SIZE || duration > UINT32_MAX)
        return fault_raise(fault, STATUS_LIMIT,
                           "segment %zu has %llu bytes and %llu ticks, and a sidx can hold less "
                           "than 2^31 bytes and 2^32 ticks; cut shorter segments (--segment)",
                           from + 1, (unsigned long long)size, (unsigned long long)duration);
    enum stream_access_point sap = track->segments[from].begins_with_first ? CLOSED : OPEN;
    byte_buffer_put_be32(out, (uint32_t)size); /* reference_type 0: media */
    byte_buffer_put_be32(out, (uint32_t)duration);
    byte_buffer_put_be32(out, 1u << 31 | (uint32_t)sap << 28); /* starts_with_SAP, no SAP delta */
    return STATUS_OK;
}

/* After the edit list, as players see it: a track that leads begins at 0. */
static uint64_t earliest_presentation_time(const struct track_record *track)
{
    uint64_t first = track->segments[0].min_composition, lead = track->media.lead_ticks;
    return first > lead ? first - lead : 0;
}

enum status segment_index_write(const struct track_record *track, struct byte_buffer *out,
                                struct fault *fault)
{
    size_t group = (track->segment_count + MAX_REFERENCES - 1) / MAX_REFERENCES;
    if (group == 0)
        return fault_raise(fault, STATUS_INVALID, "a track without segments has no sidx");
    size_t references = (track->segment_count + group - 1) / group;
    size_t box = box_begin_full(out, BOX_TYPE('s', 'i', 'd', 'x'), 1, 0);
    byte_buffer_put_be32(out, 1); /* reference_ID: the only track */
    byte_buffer_put_be32(out, track->media.timescale);
    byte_buffer_put_be64(out, earliest_presentation_time(track));
    byte_buffer_put_be64(out, 0); /* first_offset: the segments follow at once */
    byte_buffer_put_be16(out, 0);
    byte_buffer_put_be16(out, (uint16_t)references);
    enum status status = STATUS_OK;
    for (size_t from = 0; status == STATUS_OK && from < track->segment_count; from += group) {
        size_t to = from + group < track->segment_count ? from + group : track->segment_count;
        status = write_reference(track, from, to, out, fault);
    }
    box_end(out, box);
    return status;
}
