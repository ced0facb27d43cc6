#include "segmenter/chunk_table.h"

#include "segmenter/box.h"

/* Runs of chunks with equally many samples. */
static void write_stsc(const struct track_record *track, struct byte_buffer *out)
{
    size_t box = box_begin_full(out, BOX_TYPE('s', 't', 's', 'c'), 0, 0);
    size_t count_at = out->len;
    uint32_t runs = 0;
    byte_buffer_put_be32(out, 0);
    for (size_t i = 0; i < track->fragment_count; i++) {
        uint32_t samples = track->fragments[i].sample_count;
        if (i > 0 && samples == track->fragments[i - 1].sample_count)
            continue;
        byte_buffer_put_be32(out, (uint32_t)i + 1);
        byte_buffer_put_be32(out, samples);
        byte_buffer_put_be32(out, 1); /* sample description */
        runs++;
    }
    byte_buffer_set_be32(out, count_at, runs);
    box_end(out, box);
}

void chunk_table_write(const struct track_record *tracks, unsigned track,
                       const struct interleaving *interleaving, uint64_t payload_begin,
                       bool is_wide, struct byte_buffer *out)
{
    write_stsc(&tracks[track], out);
    size_t box = box_begin_full(
        out, is_wide ? BOX_TYPE('c', 'o', '6', '4') : BOX_TYPE('s', 't', 'c', 'o'), 0, 0);
    byte_buffer_put_be32(out, (uint32_t)tracks[track].fragment_count);
    for (size_t i = 0; i < interleaving->count; i++) {
        uint64_t offset = payload_begin + interleaving->chunks[i].offset;
        if (interleaving->chunks[i].track != track)
            continue;
        if (is_wide)
            byte_buffer_put_be64(out, offset);
        else
            byte_buffer_put_be32(out, (uint32_t)offset);
    }
    box_end(out, box);
}
