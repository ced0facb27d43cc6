/*
 * ISO/IEC 14496-12: 8.8.7 tfhd, 8.8.8 trun, 8.8.12 tfdt.
 */
#include "segmenter/fragment.h"

#include "segmenter/box.h"

enum {
    TFHD_BASE_DATA_OFFSET = 0x000001,
    TFHD_DESCRIPTION_INDEX = 0x000002,
    TFHD_DEFAULT_DURATION = 0x000008,
    TFHD_DEFAULT_SIZE = 0x000010,
    TFHD_DEFAULT_FLAGS = 0x000020,
    TRUN_DATA_OFFSET = 0x000001,
    TRUN_FIRST_FLAGS = 0x000004,
    TRUN_DURATION = 0x000100,
    TRUN_SIZE = 0x000200,
    TRUN_FLAGS = 0x000400,
    TRUN_OFFSET = 0x000800,
    SAMPLE_IS_NON_SYNC = 0x00010000,
};

struct defaults {
    uint32_t duration;
    uint32_t size;
    uint32_t flags;
};

static enum status malformed(struct fault *fault, const char *what)
{
    return fault_raise(fault, STATUS_INVALID, "fragment: %s is not as the muxer writes it", what);
}

static bool parse_tfhd(struct span content, struct defaults *defaults)
{
    struct byte_reader reader = byte_reader_init(content);
    uint32_t flags = byte_reader_be32(&reader) & 0xffffff;
    byte_reader_skip(&reader, 4); /* track_ID */
    if (flags & TFHD_DESCRIPTION_INDEX)
        byte_reader_skip(&reader, 4);
    if (flags & TFHD_DEFAULT_DURATION)
        defaults->duration = byte_reader_be32(&reader);
    if (flags & TFHD_DEFAULT_SIZE)
        defaults->size = byte_reader_be32(&reader);
    if (flags & TFHD_DEFAULT_FLAGS)
        defaults->flags = byte_reader_be32(&reader);
    return !reader.failed && !(flags & TFHD_BASE_DATA_OFFSET);
}

static bool parse_tfdt(struct span content, uint64_t *decode_time)
{
    struct byte_reader reader = byte_reader_init(content);
    uint8_t version = byte_reader_u8(&reader);
    byte_reader_skip(&reader, 3);
    *decode_time = version == 1 ? byte_reader_be64(&reader) : byte_reader_be32(&reader);
    return !reader.failed && *decode_time <= INT64_MAX / 2;
}

struct run {
    uint32_t flags;
    uint32_t count;
    uint32_t first_sample_flags;
    bool has_first_sample_flags;
};

static struct sample next_sample(struct byte_reader *reader, const struct run *run, uint32_t i,
                                 const struct defaults *defaults)
{
    struct sample sample = {.duration = defaults->duration, .size = defaults->size};
    uint32_t flags = defaults->flags;
    if (i == 0 && run->has_first_sample_flags)
        flags = run->first_sample_flags;
    if (run->flags & TRUN_DURATION)
        sample.duration = byte_reader_be32(reader);
    if (run->flags & TRUN_SIZE)
        sample.size = byte_reader_be32(reader);
    if (run->flags & TRUN_FLAGS)
        flags = byte_reader_be32(reader);
    if (run->flags & TRUN_OFFSET)
        sample.offset = byte_reader_be32(reader);
    sample.is_sync = !(flags & SAMPLE_IS_NON_SYNC);
    return sample;
}

static void note_sample(struct fragment *fragment, const struct sample *sample)
{
    uint64_t composition = fragment->decode_time + fragment->duration + sample->offset;
    if (fragment->sample_count == 0)
        fragment->first_composition = composition;
    if (fragment->sample_count == 0 || composition < fragment->min_composition)
        fragment->min_composition = composition;
    fragment->duration += sample->duration;
    fragment->sample_count++;
}

static bool parse_trun(struct span content, const struct defaults *defaults,
                       struct sample_table *table, struct fragment *fragment)
{
    struct byte_reader reader = byte_reader_init(content);
    struct run run = {.flags = byte_reader_be32(&reader) & 0xffffff};
    run.count = byte_reader_be32(&reader);
    uint32_t data_offset = run.flags & TRUN_DATA_OFFSET ? byte_reader_be32(&reader) : 0;
    run.has_first_sample_flags = (run.flags & TRUN_FIRST_FLAGS) != 0;
    if (run.has_first_sample_flags)
        run.first_sample_flags = byte_reader_be32(&reader);
    if (data_offset != fragment->payload_offset)
        return false;

    uint64_t payload = 0;
    /* The count is bounded by the payload: a sample has at least one byte. */
    for (uint32_t i = 0; i < run.count; i++) {
        struct sample sample = next_sample(&reader, &run, i, defaults);
        payload += sample.size;
        if (reader.failed || sample.size == 0 || payload > fragment->payload_len ||
            sample.duration > INT32_MAX || sample.offset > INT32_MAX)
            return false;
        note_sample(fragment, &sample);
        sample_table_add(table, &sample);
    }
    return payload == fragment->payload_len && run.count > 0 && reader.rest.len == 0;
}

enum status fragment_parse(struct span bytes, struct sample_table *table, struct fragment *fragment,
                           struct fault *fault)
{
    static const uint32_t tfhd_path[] = {BOX_TYPE('t', 'r', 'a', 'f'),
                                         BOX_TYPE('t', 'f', 'h', 'd')};
    static const uint32_t tfdt_path[] = {BOX_TYPE('t', 'r', 'a', 'f'),
                                         BOX_TYPE('t', 'f', 'd', 't')};
    static const uint32_t trun_path[] = {BOX_TYPE('t', 'r', 'a', 'f'),
                                         BOX_TYPE('t', 'r', 'u', 'n')};
    struct span rest = bytes;
    struct box moof, mdat, tfhd, tfdt, trun;

    *fragment = (struct fragment){0};
    if (!box_next(&rest, &moof) || moof.type != BOX_TYPE('m', 'o', 'o', 'f'))
        return malformed(fault, "its moof");
    if (!box_next(&rest, &mdat) || mdat.type != BOX_TYPE('m', 'd', 'a', 't') || rest.len != 0)
        return malformed(fault, "its mdat");
    if (!box_find_path(moof.content, 2, tfhd_path, &tfhd) ||
        !box_find_path(moof.content, 2, tfdt_path, &tfdt) ||
        !box_find_path(moof.content, 2, trun_path, &trun))
        return malformed(fault, "its traf");

    struct defaults defaults = {0};
    fragment->payload_offset = bytes.len - mdat.content.len;
    fragment->payload_len = mdat.content.len;
    if (!parse_tfhd(tfhd.content, &defaults))
        return malformed(fault, "its tfhd");
    if (!parse_tfdt(tfdt.content, &fragment->decode_time))
        return malformed(fault, "its tfdt");
    if (!parse_trun(trun.content, &defaults, table, fragment))
        return malformed(fault, "its trun");
    return STATUS_OK;
}
