#include "segmenter/movie.h"

#include "segmenter/box.h"
#include "segmenter/chunk_table.h"
#include "segmenter/edit_list.h"
#include "segmenter/moov_header.h"
#include "segmenter/segment_index.h"
#include "segmenter/showing.h"

__extension__ typedef unsigned __int128 wide; /* product of a time and a timescale */

static enum status malformed(struct fault *fault)
{
    return fault_raise(fault, STATUS_INVALID,
                       "the header that libavformat wrote is not as it was expected");
}

/* Ticks of one timescale in another, to the nearest. */
static uint64_t rescale(uint64_t ticks, uint32_t from, uint32_t to)
{
    return (uint64_t)(((wide)ticks * to + from / 2) / from);
}

/* A timescale in which the pause of the track that is shown last can be said exactly. */
static uint32_t movie_timescale(const struct track_record *tracks, unsigned track_count)
{
    uint32_t timescale = tracks[0].media.timescale;
    uint64_t longest_ms = 0;
    for (unsigned i = 0; i < track_count; i++) {
        uint64_t ms = rescale(showing_of(&tracks[i]).pause, tracks[i].media.timescale, 1000);
        if (ms > longest_ms) {
            longest_ms = ms;
            timescale = tracks[i].media.timescale;
        }
    }
    return timescale;
}

/* Copies the boxes in `content` except those of one type. */
static void copy_boxes_but(struct span content, uint32_t type, struct byte_buffer *out)
{
    struct box box;
    while (box_next(&content, &box)) {
        if (box.type != type)
            byte_buffer_put(out, box.whole);
    }
}

/* The major brand, which is the first of the compatible ones: four letters each. */
static void write_ftyp(const char *brands, struct byte_buffer *out)
{
    size_t ftyp = box_begin(out, BOX_TYPE('f', 't', 'y', 'p'));
    byte_buffer_put(out, span_of(brands, 4));
    byte_buffer_put_be32(out, 512);
    byte_buffer_put(out, span_of_string(brands));
    box_end(out, ftyp);
}

/* --- fragmented ------------------------------------------------------------------------------ */

static void write_mvex(struct span content, uint64_t duration, struct byte_buffer *out)
{
    size_t mvex = box_begin(out, BOX_TYPE('m', 'v', 'e', 'x'));
    size_t mehd = box_begin_full(out, BOX_TYPE('m', 'e', 'h', 'd'), 1, 0);
    byte_buffer_put_be64(out, duration);
    box_end(out, mehd);
    copy_boxes_but(content, BOX_TYPE('m', 'e', 'h', 'd'), out);
    box_end(out, mvex);
}

/* The muxer writes no edit list; one is needed where media lies before presentation time 0. */
static void write_fragmented_trak(struct span content, const struct track_record *track,
                                  struct byte_buffer *out)
{
    size_t trak = box_begin(out, BOX_TYPE('t', 'r', 'a', 'k'));
    struct box box;
    while (box_next(&content, &box)) {
        if (box.type == BOX_TYPE('e', 'd', 't', 's'))
            continue;
        byte_buffer_put(out, box.whole);
        if (box.type == BOX_TYPE('t', 'k', 'h', 'd') && track->media.lead_ticks > 0)
            edit_list_write(&(struct edit_list){.media_time = track->media.lead_ticks}, out);
    }
    box_end(out, trak);
}

enum status movie_write_fragmented(struct span header, const struct track_record *track,
                                   struct byte_buffer *out, struct fault *fault)
{
    struct box moov, mvhd, box;
    if (!box_find(header, BOX_TYPE('m', 'o', 'o', 'v'), &moov) ||
        !box_find(moov.content, BOX_TYPE('m', 'v', 'h', 'd'), &mvhd) ||
        moov_timescale(mvhd.content) == 0)
        return malformed(fault);
    struct showing showing = showing_of(track);
    uint64_t duration = rescale(showing.pause + showing.duration, track->media.timescale,
                                moov_timescale(mvhd.content));

    write_ftyp("iso6cmfcmp41", out); /* ISO/IEC 23000-19, 7.2: a CMAF track file */
    size_t begin = box_begin(out, BOX_TYPE('m', 'o', 'o', 'v'));
    while (box_next(&moov.content, &box)) {
        if (box.type == BOX_TYPE('t', 'r', 'a', 'k'))
            write_fragmented_trak(box.content, track, out);
        else if (box.type == BOX_TYPE('m', 'v', 'e', 'x'))
            write_mvex(box.content, duration, out);
        else
            byte_buffer_put(out, box.whole);
    }
    box_end(out, begin);
    return segment_index_write(track, out, fault);
}

/* --- classic --------------------------------------------------------------------------------- */

/* All that the classic header's writers need to know. */
struct classic {
    const struct track_record *tracks;
    const struct interleaving *interleaving;
    uint64_t payload_begin; /* where in the file the payload begins */
    bool is_wide;           /* chunk offsets of 64 bits, and a large mdat */
    uint32_t timescale;     /* of the movie */
};

static uint64_t shown_until(const struct classic *movie, unsigned track)
{
    struct showing showing = showing_of(&movie->tracks[track]);
    return rescale(showing.pause + showing.duration, movie->tracks[track].media.timescale,
                   movie->timescale);
}

static void write_edits(const struct classic *movie, unsigned track, struct byte_buffer *out)
{
    const struct track_record *record = &movie->tracks[track];
    struct showing showing = showing_of(record);
    if (showing.pause == 0 && showing.media_time == 0 && !showing.is_trimmed)
        return;
    struct edit_list list = {
        .pause = rescale(showing.pause, record->media.timescale, movie->timescale),
        .duration = rescale(showing.duration, record->media.timescale, movie->timescale),
        .media_time = showing.media_time,
    };
    edit_list_write(&list, out);
}

static bool is_sample_table(uint32_t type)
{
    switch (type) {
    case BOX_TYPE('s', 't', 't', 's'):
    case BOX_TYPE('c', 't', 't', 's'):
    case BOX_TYPE('s', 't', 's', 's'):
    case BOX_TYPE('s', 't', 's', 'z'):
    case BOX_TYPE('s', 't', 's', 'c'):
    case BOX_TYPE('s', 't', 'c', 'o'):
    case BOX_TYPE('c', 'o', '6', '4'):
        return true;
    default:
        return false;
    }
}

/* The sample description and what else libavformat put there go over; the tables are ours. */
static void write_stbl(const struct classic *movie, unsigned track, struct span content,
                       struct byte_buffer *out)
{
    size_t stbl = box_begin(out, BOX_TYPE('s', 't', 'b', 'l'));
    struct span rest = content;
    struct box box;
    if (box_find(content, BOX_TYPE('s', 't', 's', 'd'), &box))
        byte_buffer_put(out, box.whole);
    sample_table_write(&movie->tracks[track].samples, out);
    chunk_table_write(movie->tracks, track, movie->interleaving, movie->payload_begin,
                      movie->is_wide, out);
    while (box_next(&rest, &box)) {
        if (box.type != BOX_TYPE('s', 't', 's', 'd') && !is_sample_table(box.type))
            byte_buffer_put(out, box.whole);
    }
    box_end(out, stbl);
}

static void write_minf(const struct classic *movie, unsigned track, struct span content,
                       struct byte_buffer *out)
{
    size_t minf = box_begin(out, BOX_TYPE('m', 'i', 'n', 'f'));
    struct box box;
    while (box_next(&content, &box)) {
        if (box.type == BOX_TYPE('s', 't', 'b', 'l'))
            write_stbl(movie, track, box.content, out);
        else
            byte_buffer_put(out, box.whole);
    }
    box_end(out, minf);
}

static bool write_mdia(const struct classic *movie, unsigned track, struct span content,
                       struct byte_buffer *out)
{
    size_t mdia = box_begin(out, BOX_TYPE('m', 'd', 'i', 'a'));
    struct box box;
    bool is_good = true;
    while (is_good && box_next(&content, &box)) {
        if (box.type == BOX_TYPE('m', 'd', 'h', 'd'))
            is_good = moov_write_mdhd(box.content, movie->tracks[track].samples.duration, out);
        else if (box.type == BOX_TYPE('m', 'i', 'n', 'f'))
            write_minf(movie, track, box.content, out);
        else
            byte_buffer_put(out, box.whole);
    }
    box_end(out, mdia);
    return is_good;
}

static bool write_trak(const struct classic *movie, unsigned track, struct span content,
                       struct byte_buffer *out)
{
    size_t trak = box_begin(out, BOX_TYPE('t', 'r', 'a', 'k'));
    struct box box;
    bool is_good = true;
    while (is_good && box_next(&content, &box)) {
        if (box.type == BOX_TYPE('t', 'k', 'h', 'd')) {
            is_good = moov_write_tkhd(box.content, track + 1, shown_until(movie, track), out);
            write_edits(movie, track, out);
        } else if (box.type == BOX_TYPE('m', 'd', 'i', 'a')) {
            is_good = write_mdia(movie, track, box.content, out);
        } else if (box.type != BOX_TYPE('e', 'd', 't', 's')) {
            byte_buffer_put(out, box.whole);
        }
    }
    box_end(out, trak);
    return is_good;
}

static bool write_moov(const struct classic *movie, const struct span *headers,
                       unsigned track_count, struct byte_buffer *out)
{
    static const uint32_t mvhd_path[] = {BOX_TYPE('m', 'o', 'o', 'v'),
                                         BOX_TYPE('m', 'v', 'h', 'd')};
    static const uint32_t trak_path[] = {BOX_TYPE('m', 'o', 'o', 'v'),
                                         BOX_TYPE('t', 'r', 'a', 'k')};
    struct box box;
    uint64_t duration = 0;
    for (unsigned i = 0; i < track_count; i++) {
        if (shown_until(movie, i) > duration)
            duration = shown_until(movie, i);
    }
    size_t moov = box_begin(out, BOX_TYPE('m', 'o', 'o', 'v'));
    bool is_good = box_find_path(headers[0], 2, mvhd_path, &box) &&
                   moov_write_mvhd(box.content, movie->timescale, duration, track_count + 1, out);
    for (unsigned i = 0; is_good && i < track_count; i++)
        is_good =
            box_find_path(headers[i], 2, trak_path, &box) && write_trak(movie, i, box.content, out);
    box_end(out, moov);
    return is_good;
}

static void write_mdat_header(const struct classic *movie, struct byte_buffer *out)
{
    uint64_t payload_len = movie->interleaving->payload_len;
    byte_buffer_put_be32(out, movie->is_wide ? 1 : (uint32_t)(payload_len + 8));
    byte_buffer_put(out, span_of_string("mdat"));
    if (movie->is_wide)
        byte_buffer_put_be64(out, payload_len + 16);
}

/* How much room the header may take next to the payload before chunk offsets need 64 bits: more
 * than the tables of any title that fits into 4 GiB. */
#define HEADER_ROOM (UINT64_C(256) << 20)

enum status movie_write_classic(const struct span *headers, const struct track_record *tracks,
                                unsigned track_count, const struct interleaving *interleaving,
                                struct byte_buffer *out, struct fault *fault)
{
    struct classic movie = {
        .tracks = tracks,
        .interleaving = interleaving,
        .is_wide = interleaving->payload_len + HEADER_ROOM > UINT32_MAX,
        .timescale = movie_timescale(tracks, track_count),
    };
    size_t begin = out->len;
    /* The offsets' width is settled, so the header is as long the second time, when they are known,
     * as the first. */
    for (int pass = 0; pass < 2; pass++) {
        out->len = begin;
        write_ftyp("isomiso2mp41", out);
        if (!write_moov(&movie, headers, track_count, out))
            return malformed(fault);
        write_mdat_header(&movie, out);
        movie.payload_begin = out->len - begin;
    }
    return STATUS_OK;
}
