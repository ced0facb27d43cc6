#include "made_fragment.h"

#include "segmenter/box.h"

static void put_if(struct byte_buffer *out, bool is_there, uint32_t value)
{
    if (is_there)
        byte_buffer_put_be32(out, value);
}

static void put_tfhd(const struct made_fragment *fragment, struct byte_buffer *out)
{
    uint32_t flags = fragment->tfhd_flags;
    size_t tfhd = box_begin_full(out, BOX_TYPE('t', 'f', 'h', 'd'), 0, flags | 0x020000);
    byte_buffer_put_be32(out, 1);
    if (flags & 0x01)
        byte_buffer_put_be64(out, 0);
    put_if(out, flags & 0x02, 1);
    put_if(out, flags & 0x08, fragment->defaults.duration);
    put_if(out, flags & 0x10, fragment->defaults.size);
    put_if(out, flags & 0x20, fragment->defaults.flags);
    box_end(out, tfhd);
}

static void put_tfdt(const struct made_fragment *fragment, struct byte_buffer *out)
{
    size_t tfdt = box_begin_full(out, BOX_TYPE('t', 'f', 'd', 't'), fragment->tfdt_version, 0);
    if (fragment->tfdt_version == 1)
        byte_buffer_put_be64(out, fragment->decode_time);
    else
        byte_buffer_put_be32(out, (uint32_t)fragment->decode_time);
    box_end(out, tfdt);
}

/* Returns where the data offset has to go. */
static size_t put_trun(const struct made_fragment *fragment, struct byte_buffer *out)
{
    uint32_t flags = fragment->trun_flags | 0x001;
    size_t trun = box_begin_full(out, BOX_TYPE('t', 'r', 'u', 'n'), 0, flags);
    byte_buffer_put_be32(out, fragment->sample_count);
    size_t data_offset = out->len;
    byte_buffer_put_be32(out, 0);
    put_if(out, flags & 0x004, fragment->first_flags);
    for (uint32_t i = 0; i < fragment->sample_count; i++) {
        const struct made_sample *sample =
            fragment->samples != NULL ? &fragment->samples[i] : &fragment->defaults;
        put_if(out, flags & 0x100, sample->duration);
        put_if(out, flags & 0x200, sample->size);
        put_if(out, flags & 0x400, sample->flags);
        put_if(out, flags & 0x800, sample->offset);
    }
    box_end(out, trun);
    return data_offset;
}

void make_fragment(const struct made_fragment *fragment, struct byte_buffer *out)
{
    size_t moof = box_begin(out, BOX_TYPE('m', 'o', 'o', 'f'));
    size_t mfhd = box_begin_full(out, BOX_TYPE('m', 'f', 'h', 'd'), 0, 0);
    byte_buffer_put_be32(out, 1);
    box_end(out, mfhd);
    size_t traf = box_begin(out, BOX_TYPE('t', 'r', 'a', 'f'));
    put_tfhd(fragment, out);
    put_tfdt(fragment, out);
    size_t data_offset = put_trun(fragment, out);
    box_end(out, traf);
    box_end(out, moof);
    byte_buffer_set_be32(out, data_offset, (uint32_t)(out->len - moof) + 8);

    size_t mdat = box_begin(out, BOX_TYPE('m', 'd', 'a', 't'));
    for (uint32_t i = 0; i < fragment->sample_count; i++) {
        bool is_explicit = fragment->trun_flags & 0x200;
        uint32_t size = is_explicit ? fragment->samples[i].size : fragment->defaults.size;
        for (uint32_t k = 0; k < size; k++)
            byte_buffer_put_u8(out, fragment->fill);
    }
    box_end(out, mdat);
}
