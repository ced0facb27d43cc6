#include "segmenter/moov_header.h"

#include "segmenter/box.h"

/* What mvhd, tkhd and mdhd have in common, in either version. */
struct header {
    uint32_t flags;
    uint32_t number; /* timescale, or track_ID in tkhd */
    struct span rest;
};

static bool parse(struct span content, bool is_tkhd, struct header *header)
{
    struct byte_reader reader = byte_reader_init(content);
    bool is_wide = byte_reader_u8(&reader) == 1;
    header->flags = byte_reader_be24(&reader);
    byte_reader_skip(&reader, is_wide ? 16 : 8); /* creation and modification time */
    header->number = byte_reader_be32(&reader);
    byte_reader_skip(&reader, is_tkhd ? 4 : 0);
    byte_reader_skip(&reader, is_wide ? 8 : 4); /* duration */
    header->rest = reader.rest;
    return !reader.failed;
}

/* Appends the box up to its duration. The times of creation stay 0: the same film always makes the
 * same bytes. */
static size_t begin(struct byte_buffer *out, uint32_t type, uint32_t flags, uint32_t number,
                    uint64_t duration)
{
    bool is_wide = duration >= UINT32_MAX; /* all ones would mean unknown */
    size_t box = box_begin_full(out, type, is_wide ? 1 : 0, flags);
    byte_buffer_put_zeros(out, is_wide ? 16 : 8);
    byte_buffer_put_be32(out, number);
    if (type == BOX_TYPE('t', 'k', 'h', 'd'))
        byte_buffer_put_zeros(out, 4);
    if (is_wide)
        byte_buffer_put_be64(out, duration);
    else
        byte_buffer_put_be32(out, (uint32_t)duration);
    return box;
}

bool moov_write_mvhd(struct span content, uint32_t timescale, uint64_t duration,
                     uint32_t next_track_id, struct byte_buffer *out)
{
    struct header header;
    if (!parse(content, false, &header) || header.rest.len < 4)
        return false;
    size_t box = begin(out, BOX_TYPE('m', 'v', 'h', 'd'), header.flags, timescale, duration);
    byte_buffer_put(out, span_slice(header.rest, 0, header.rest.len - 4));
    byte_buffer_put_be32(out, next_track_id);
    box_end(out, box);
    return true;
}

bool moov_write_tkhd(struct span content, uint32_t track_id, uint64_t duration,
                     struct byte_buffer *out)
{
    struct header header;
    if (!parse(content, true, &header))
        return false;
    size_t box = begin(out, BOX_TYPE('t', 'k', 'h', 'd'), header.flags, track_id, duration);
    byte_buffer_put(out, header.rest);
    box_end(out, box);
    return true;
}

bool moov_write_mdhd(struct span content, uint64_t duration, struct byte_buffer *out)
{
    struct header header;
    if (!parse(content, false, &header))
        return false;
    size_t box = begin(out, BOX_TYPE('m', 'd', 'h', 'd'), header.flags, header.number, duration);
    byte_buffer_put(out, header.rest);
    box_end(out, box);
    return true;
}

uint32_t moov_timescale(struct span content)
{
    struct header header;
    return parse(content, false, &header) ? header.number : 0;
}
