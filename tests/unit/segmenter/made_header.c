#include "made_header.h"

#include "segmenter/box.h"

#define TYPE(name) BOX_TYPE(name[0], name[1], name[2], name[3])

static void put_text(const char *type, const char *text, struct byte_buffer *out)
{
    size_t box = box_begin(out, TYPE(type));
    byte_buffer_put(out, span_of_string(text));
    box_end(out, box);
}

/* Version 0, a creation time, and durations of 0 as in a file whose samples come in fragments. */
static void put_mvhd(uint32_t timescale, struct byte_buffer *out)
{
    size_t box = box_begin_full(out, TYPE("mvhd"), 0, 0);
    byte_buffer_put_be64(out, UINT64_C(0x1122334455667788));
    byte_buffer_put_be32(out, timescale);
    byte_buffer_put_be32(out, 0);
    byte_buffer_put_be32(out, 0x00010000);
    byte_buffer_put_be16(out, 0x0100);
    byte_buffer_put_zeros(out, 10 + 36 + 24);
    byte_buffer_put_be32(out, 2); /* next track */
    box_end(out, box);
}

static void put_tkhd(struct byte_buffer *out)
{
    size_t box = box_begin_full(out, TYPE("tkhd"), 0, 3);
    byte_buffer_put_be64(out, UINT64_C(0x1122334455667788));
    byte_buffer_put_be32(out, 1);
    byte_buffer_put_be32(out, 0);
    byte_buffer_put_be32(out, 0); /* duration */
    byte_buffer_put_zeros(out, 16);
    byte_buffer_put(out, span_of_string("a rotation of 36 bytes, as it stands"));
    byte_buffer_put_be64(out, UINT64_C(0x0500000002d00000));
    box_end(out, box);
}

static void put_edit_list(struct byte_buffer *out)
{
    size_t edts = box_begin(out, TYPE("edts"));
    put_text("elst", "an edit of the muxer's", out);
    box_end(out, edts);
}

static void put_stbl(const char *description, struct byte_buffer *out)
{
    static const char *const empty[] = {"stts", "stsc", "stsz", "stco", "stss"};
    size_t stbl = box_begin(out, TYPE("stbl"));
    put_text("stsd", description, out);
    for (size_t i = 0; i < sizeof(empty) / sizeof(empty[0]); i++)
        put_text(empty[i], "an empty table", out);
    put_text("sgpd", "roll", out);
    box_end(out, stbl);
}

static void put_mdia(const struct made_header *header, struct byte_buffer *out)
{
    size_t mdia = box_begin(out, TYPE("mdia"));
    size_t mdhd = box_begin_full(out, TYPE("mdhd"), 0, 0);
    byte_buffer_put_be64(out, UINT64_C(0x1122334455667788));
    byte_buffer_put_be32(out, header->track_timescale);
    byte_buffer_put_be32(out, 0);
    byte_buffer_put_be32(out, 0x15c70000);
    box_end(out, mdhd);
    put_text("hdlr", "a handler", out);
    size_t minf = box_begin(out, TYPE("minf"));
    put_text("vmhd", "media header", out);
    put_text("dinf", "data information", out);
    put_stbl(header->description, out);
    box_end(out, minf);
    box_end(out, mdia);
}

void make_header(const struct made_header *header, struct byte_buffer *out)
{
    put_text("ftyp", "iso5aaaabbbbcccc", out);
    size_t moov = box_begin(out, TYPE("moov"));
    put_mvhd(header->movie_timescale, out);
    size_t trak = box_begin(out, TYPE("trak"));
    put_tkhd(out);
    if (header->has_edit_list)
        put_edit_list(out);
    put_mdia(header, out);
    put_text("udta", "of the track", out);
    box_end(out, trak);
    size_t mvex = box_begin(out, TYPE("mvex"));
    put_text("mehd", "of the muxer", out);
    put_text("trex", "defaults", out);
    box_end(out, mvex);
    put_text("udta", "of the movie", out);
    box_end(out, moov);
}
