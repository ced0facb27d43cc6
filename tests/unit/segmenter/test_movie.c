#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "bytes_assert.h"
#include "made_fragment.h"
#include "made_header.h"
#include "sample_walk.h"
#include "segmenter/movie.h"

/*
 * Two tracks: video of 90 kHz with 25 frames a second, B-frames two frames late; audio of 48 kHz.
 * Every payload byte names its track and fragment, so that offsets can be followed.
 */
#define FRAME 3600
#define VIDEO 0
#define AUDIO 1

struct scene {
    struct track_record tracks[2];
    struct byte_buffer headers[2];
    struct span header_spans[2];
    struct interleaving interleaving;
    struct byte_buffer payload;
};

static uint8_t fill_of(unsigned track, size_t fragment)
{
    return (uint8_t)(0x80 * track + fragment + 1);
}

static void add_fragment(struct track_record *track, const struct made_fragment *made)
{
    struct byte_buffer bytes = {0};
    make_fragment(made, &bytes);
    assert_int_equal(track_record_add_fragment(track, byte_buffer_span(&bytes), 0, NULL),
                     STATUS_OK);
    byte_buffer_dispose(&bytes);
}

static void add_video(struct scene *scene, uint64_t begin)
{
    struct track_record *track = &scene->tracks[VIDEO];
    for (size_t i = 0; i < 3; i++) {
        struct made_sample samples[25];
        for (uint32_t k = 0; k < 25; k++)
            samples[k] = (struct made_sample){10 + k, FRAME, k % 2 == 0 ? 2 * FRAME : 3 * FRAME,
                                              k == 0 ? MADE_SYNC : MADE_NON_SYNC};
        track_record_begin_segment(track);
        add_fragment(track, &(struct made_fragment){
                                MADE_EXPLICIT, .decode_time = begin, .samples = samples,
                                .sample_count = (uint32_t)(25 - i), .fill = fill_of(VIDEO, i)});
        track_record_end_segment(track, (uint32_t)i, 5000);
        begin += (25 - i) * FRAME; /* the later fragments are shorter */
    }
}

static void add_audio(struct scene *scene, uint64_t begin)
{
    struct track_record *track = &scene->tracks[AUDIO];
    for (size_t i = 0; i < 2; i++) {
        track_record_begin_segment(track);
        add_fragment(track, &(struct made_fragment){.tfhd_flags = 0x38,
                                                    .tfdt_version = 1,
                                                    .defaults = {7, 1024, 0, MADE_SYNC},
                                                    .decode_time = begin + i * 47 * 1024,
                                                    .samples = NULL,
                                                    .sample_count = 47,
                                                    .fill = fill_of(AUDIO, i)});
        track_record_end_segment(track, (uint32_t)(3 + i), 600);
    }
}

/* What the file holds behind its header. */
static void gather_payload(struct scene *scene)
{
    scene->interleaving = interleave(scene->tracks, 2);
    for (size_t i = 0; i < scene->interleaving.count; i++) {
        const struct chunk *chunk = &scene->interleaving.chunks[i];
        uint64_t len = scene->tracks[chunk->track].fragments[chunk->fragment].payload_len;
        for (uint64_t k = 0; k < len; k++)
            byte_buffer_put_u8(&scene->payload, fill_of(chunk->track, chunk->fragment));
    }
}

static int set_up(void **state)
{
    struct scene *scene = calloc(1, sizeof(*scene));
    assert_non_null(scene);
    scene->tracks[VIDEO].media = (struct media_track){
        .kind = TRACK_VIDEO, .timescale = 90000, .shown_until = INT64_MAX, .lead_ticks = 2 * FRAME};
    scene->tracks[AUDIO].media =
        (struct media_track){.kind = TRACK_AUDIO, .timescale = 48000, .shown_until = INT64_MAX};
    add_video(scene, 0);
    add_audio(scene, 0);
    make_header(&(struct made_header){1000, 90000, "video description", true}, &scene->headers[0]);
    make_header(&(struct made_header){1000, 48000, "audio description", false}, &scene->headers[1]);
    for (int i = 0; i < 2; i++)
        scene->header_spans[i] = byte_buffer_span(&scene->headers[i]);
    gather_payload(scene);
    *state = scene;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *scene = *state;
    for (int i = 0; i < 2; i++) {
        track_record_dispose(&scene->tracks[i]);
        byte_buffer_dispose(&scene->headers[i]);
    }
    interleaving_dispose(&scene->interleaving);
    byte_buffer_dispose(&scene->payload);
    free(scene);
    return 0;
}

static struct byte_buffer classic(struct scene *scene)
{
    struct byte_buffer out = {0};
    assert_int_equal(movie_write_classic(scene->header_spans, scene->tracks, 2,
                                         &scene->interleaving, &out, NULL),
                     STATUS_OK);
    return out;
}

static struct byte_buffer fragmented(struct scene *scene, unsigned track)
{
    struct byte_buffer out = {0};
    assert_int_equal(
        movie_write_fragmented(scene->header_spans[track], &scene->tracks[track], &out, NULL),
        STATUS_OK);
    return out;
}

/* --- fragmented ------------------------------------------------------------------------------ */

static void a_fragmented_header_says_how_long_the_film_is(void **state)
{
    struct scene *scene = *state;
    struct byte_buffer out = fragmented(scene, VIDEO);
    struct span file = byte_buffer_span(&out);
    assert_bytes(span_slice(file, 0, 28), "0000001c 66747970 69736f36 00000200"
                                          "69736f36 636d6663 6d703431");
    /* 25 + 24 + 23 frames of 40 ms */
    assert_bytes(box_at(file, "moov/mvex/mehd"), "01000000 0000000000000b40");
    assert_false(has_box(file, "moov/mvex/mehd:1"));
    assert_true(span_is(box_at(file, "moov/mvex/trex"), "defaults"));
    assert_true(span_is(box_at(file, "moov/udta"), "of the movie"));
    assert_int_equal(box_at(file, "moov/trak/tkhd").len, 84);
    assert_true(span_is(box_at(file, "moov/trak/mdia/minf/stbl/stsd"), "video description"));
    assert_true(span_is(box_at(file, "moov/trak/udta"), "of the track"));
    byte_buffer_dispose(&out);
}

static void the_sidx_ends_the_fragmented_header(void **state)
{
    struct byte_buffer out = fragmented(*state, VIDEO);
    struct span file = byte_buffer_span(&out);
    struct span sidx = box_at(file, "sidx");
    assert_ptr_equal(sidx.base + sidx.len, file.base + file.len);
    assert_bytes(sidx, "01000000 00000001 00015f90 0000000000000000 0000000000000000 0000 0003"
                       "00001388 00015f90 90000000"
                       "00001388 00015180 90000000"
                       "00001388 00014370 90000000");
    byte_buffer_dispose(&out);
}

static void a_track_that_leads_has_one_edit_and_another_none(void **state)
{
    struct scene *scene = *state;
    struct byte_buffer out = fragmented(scene, VIDEO);
    struct span file = byte_buffer_span(&out);
    assert_bytes(box_at(file, "moov/trak/edts"),
                 "0000001c 656c7374 00000000 00000001 00000000 00001c20 00010000");
    assert_false(has_box(file, "moov/trak/edts:1"));
    byte_buffer_dispose(&out);
    scene->tracks[VIDEO].media.lead_ticks = 0;
    out = fragmented(scene, VIDEO);
    assert_false(has_box(byte_buffer_span(&out), "moov/trak/edts"));
    byte_buffer_dispose(&out);
}

static void a_fragmented_file_too_long_for_a_sidx_is_refused(void **state)
{
    struct scene *scene = *state;
    struct byte_buffer out = {0};
    scene->tracks[VIDEO].segments[1].size = UINT64_C(1) << 31;
    assert_int_equal(
        movie_write_fragmented(scene->header_spans[VIDEO], &scene->tracks[VIDEO], &out, NULL),
        STATUS_LIMIT);
    byte_buffer_dispose(&out);
}

/* --- classic --------------------------------------------------------------------------------- */

static void every_sample_lies_where_the_tables_say(void **state)
{
    struct scene *scene = *state;
    struct byte_buffer out = classic(scene);
    size_t header_len = out.len;
    byte_buffer_put(&out, byte_buffer_span(&scene->payload));
    struct span file = byte_buffer_span(&out);
    static const size_t counts[2][3] = {{25, 24, 23}, {47, 47, 0}};
    for (unsigned track = 0; track < 2; track++) {
        struct walked_sample samples[100];
        size_t n = 0, fragment = 0, in_fragment = 0;
        size_t count = sample_walk(span_slice(file, 0, header_len), track, samples, 100);
        assert_int_equal(count, track == VIDEO ? 72 : 94);
        for (; n < count; n++, in_fragment++) {
            if (in_fragment == counts[track][fragment]) {
                in_fragment = 0;
                fragment++;
            }
            const struct walked_sample *sample = &samples[n];
            bool is_video = track == VIDEO;
            assert_int_equal(sample->size, is_video ? 10 + in_fragment : 7);
            assert_int_equal(sample->decode_time, n * (is_video ? FRAME : 1024));
            assert_int_equal(sample->composition_offset, !is_video              ? 0
                                                         : in_fragment % 2 == 0 ? 2 * FRAME
                                                                                : 3 * FRAME);
            assert_int_equal(sample->is_sync, !is_video || in_fragment == 0);
            assert_true(sample->offset >= header_len);
            for (uint32_t k = 0; k < sample->size; k++)
                assert_int_equal(file.base[sample->offset + k], fill_of(track, fragment));
        }
    }
    /* mdat holds the payload and ends with the file */
    struct span mdat = box_at(file, "mdat");
    assert_ptr_equal(mdat.base, file.base + header_len);
    assert_int_equal(number_at(file, header_len - 8, 4), scene->payload.len + 8);
    byte_buffer_dispose(&out);
}

static void descriptions_go_over_and_the_muxers_tables_do_not(void **state)
{
    struct byte_buffer out = classic(*state);
    struct span file = byte_buffer_span(&out);
    assert_bytes(span_slice(file, 0, 28), "0000001c 66747970 69736f6d 00000200"
                                          "69736f6d 69736f32 6d703431");
    assert_true(span_is(box_at(file, "moov/trak:0/mdia/minf/stbl/stsd"), "video description"));
    assert_true(span_is(box_at(file, "moov/trak:1/mdia/minf/stbl/stsd"), "audio description"));
    for (int i = 0; i < 2; i++) {
        struct span trak = box_at(file, i == 0 ? "moov/trak:0" : "moov/trak:1");
        assert_true(span_is(box_at(trak, "udta"), "of the track"));
        assert_true(span_is(box_at(trak, "mdia/hdlr"), "a handler"));
        assert_true(span_is(box_at(trak, "mdia/minf/vmhd"), "media header"));
        assert_true(span_is(box_at(trak, "mdia/minf/dinf"), "data information"));
        assert_true(span_is(box_at(trak, "mdia/minf/stbl/sgpd"), "roll"));
        assert_false(has_box(trak, "mdia/minf/stbl/stts:1"));
        assert_false(has_box(trak, "mdia/minf/stbl/stsc:1"));
        assert_false(has_box(trak, "mdia/minf/stbl/stsz:1"));
        assert_false(has_box(trak, "mdia/minf/stbl/stco:1"));
        assert_int_equal(has_box(trak, "mdia/minf/stbl/stss"), i == VIDEO);
        assert_int_equal(has_box(trak, "mdia/minf/stbl/ctts"), i == VIDEO);
    }
    assert_false(has_box(file, "moov/mvex"));
    byte_buffer_dispose(&out);
}

static void headers_say_times_and_numbers(void **state)
{
    struct byte_buffer out = classic(*state);
    struct span file = byte_buffer_span(&out);
    struct span mvhd = box_at(file, "moov/mvhd");
    /* no track pauses, so the timescale is the first one's; next track 3 */
    assert_bytes(span_slice(mvhd, 0, 20), "00000000 0000000000000000 00015f90 0003f480");
    assert_int_equal(number_at(mvhd, mvhd.len - 4, 4), 3);
    assert_bytes(span_slice(box_at(file, "moov/trak:0/tkhd"), 0, 24),
                 "00000003 0000000000000000 00000001 00000000 0003f480");
    assert_bytes(span_slice(box_at(file, "moov/trak:1/tkhd"), 0, 24),
                 "00000003 0000000000000000 00000002 00000000 0002c100");
    assert_bytes(box_at(file, "moov/trak:0/mdia/mdhd"),
                 "00000000 0000000000000000 00015f90 0003f480 15c70000");
    assert_bytes(box_at(file, "moov/trak:1/mdia/mdhd"),
                 "00000000 0000000000000000 0000bb80 00017800 15c70000");
    byte_buffer_dispose(&out);
}

static void an_edit_list_is_there_when_it_says_something(void **state)
{
    struct scene *scene = *state;
    struct byte_buffer out = classic(scene);
    struct span file = byte_buffer_span(&out);
    /* 72 frames from the first frame's offset on */
    assert_bytes(box_at(file, "moov/trak:0/edts"),
                 "0000001c 656c7374 00000000 00000001 0003f480 00001c20 00010000");
    assert_false(has_box(file, "moov/trak:0/edts:1"));
    assert_false(has_box(file, "moov/trak:1/edts"));
    byte_buffer_dispose(&out);

    /* padding at the end of the audio */
    scene->tracks[AUDIO].media.shown_until = 96000;
    out = classic(scene);
    assert_bytes(box_at(byte_buffer_span(&out), "moov/trak:1/edts"),
                 "0000001c 656c7374 00000000 00000001 0002bf20 00000000 00010000");
    byte_buffer_dispose(&out);
}

static void the_movies_timescale_says_the_longest_pause_exactly(void **state)
{
    struct scene *scene = *state;
    track_record_dispose(&scene->tracks[AUDIO]);
    interleaving_dispose(&scene->interleaving);
    scene->tracks[AUDIO].media =
        (struct media_track){.kind = TRACK_AUDIO, .timescale = 48000, .shown_until = INT64_MAX};
    add_audio(scene, 33601); /* late by 0.7 s and a tick */
    scene->tracks[VIDEO].media.shown_until = 100001;
    scene->interleaving = interleave(scene->tracks, 2);
    struct byte_buffer out = classic(scene);
    struct span file = byte_buffer_span(&out);
    assert_int_equal(number_at(box_at(file, "moov/mvhd"), 12, 4), 48000);
    assert_bytes(box_at(file, "moov/trak:1/edts"),
                 "00000028 656c7374 00000000 00000002 00008341 ffffffff 00010000"
                 "00017800 00000000 00010000");
    /* the pause is part of the duration, and of the longest track's */
    assert_int_equal(number_at(box_at(file, "moov/trak:1/tkhd"), 20, 4), 33601 + 94 * 1024);
    assert_int_equal(number_at(box_at(file, "moov/mvhd"), 16, 4), 33601 + 94 * 1024);
    /* the other is rounded to the nearest tick: 53333.87 */
    assert_int_equal(number_at(box_at(file, "moov/trak:0/tkhd"), 20, 4), 53334);
    byte_buffer_dispose(&out);
    out = fragmented(scene, AUDIO);
    /* (33601 + 94 * 1024) / 48 ms = 2705.4 */
    assert_bytes(box_at(byte_buffer_span(&out), "moov/mvex/mehd"), "01000000 0000000000000a91");
    byte_buffer_dispose(&out);
}

static void a_payload_beyond_32_bits_gets_wide_offsets(void **state)
{
    struct scene *scene = *state;
    struct span header;
    struct walked_sample samples[100];
    scene->tracks[VIDEO].fragments[0].payload_len = UINT64_C(0x100000000);
    interleaving_dispose(&scene->interleaving);
    scene->interleaving = interleave(scene->tracks, 2);
    struct byte_buffer out = classic(scene);
    header = byte_buffer_span(&out);
    assert_true(has_box(header, "moov/trak:0/mdia/minf/stbl/co64"));
    assert_true(has_box(header, "moov/trak:1/mdia/minf/stbl/co64"));
    assert_false(has_box(header, "moov/trak:0/mdia/minf/stbl/stco"));
    assert_bytes(span_slice(header, header.len - 16, 8), "00000001 6d646174");
    assert_true(number_at(header, header.len - 8, 8) == scene->interleaving.payload_len + 16);
    sample_walk(header, VIDEO, samples, 100);
    assert_int_equal(samples[0].offset, header.len);
    assert_true(samples[25].offset == header.len + UINT64_C(0x100000000) + 47 * 7);
    byte_buffer_dispose(&out);
}

static void the_offsets_are_wide_as_soon_as_the_file_might_be(void **state)
{
    struct scene *scene = *state;
    static const struct {
        uint64_t payload_len;
        bool is_wide;
    } cases[] = {{UINT32_MAX - (UINT64_C(256) << 20), false}, {UINT32_MAX, true}};
    for (size_t i = 0; i < 2; i++) {
        scene->interleaving.payload_len = cases[i].payload_len;
        struct byte_buffer out = classic(scene);
        struct span header = byte_buffer_span(&out);
        assert_int_equal(has_box(header, "moov/trak/mdia/minf/stbl/co64"), cases[i].is_wide);
        if (!cases[i].is_wide)
            assert_int_equal(number_at(header, header.len - 8, 4), cases[i].payload_len + 8);
        byte_buffer_dispose(&out);
    }
}

static void the_header_may_follow_other_bytes(void **state)
{
    struct scene *scene = *state;
    struct byte_buffer alone = classic(scene), behind = {0};
    byte_buffer_put(&behind, span_of_string("other bytes"));
    assert_int_equal(movie_write_classic(scene->header_spans, scene->tracks, 2,
                                         &scene->interleaving, &behind, NULL),
                     STATUS_OK);
    assert_int_equal(behind.len, alone.len + 11);
    assert_memory_equal(behind.base + 11, alone.base, alone.len);
    byte_buffer_dispose(&alone);
    byte_buffer_dispose(&behind);
}

/* Nobody but our own muxer writes it; still, no cut of it may be read beyond its end. */
static void a_header_that_is_none_is_refused(void **state)
{
    struct scene *scene = *state;
    struct span whole = scene->header_spans[VIDEO];
    for (size_t len = 0; len < whole.len; len++) {
        struct span part = exact_copy(span_slice(whole, 0, len));
        struct span headers[] = {part, scene->header_spans[AUDIO]};
        struct byte_buffer out = {0};
        assert_int_equal(
            movie_write_classic(headers, scene->tracks, 2, &scene->interleaving, &out, NULL),
            STATUS_INVALID);
        assert_int_equal(movie_write_fragmented(part, &scene->tracks[VIDEO], &out, NULL),
                         STATUS_INVALID);
        byte_buffer_dispose(&out);
        exact_free(part);
    }
}

#define SCENE_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(a_fragmented_header_says_how_long_the_film_is),
        SCENE_TEST(the_sidx_ends_the_fragmented_header),
        SCENE_TEST(a_track_that_leads_has_one_edit_and_another_none),
        SCENE_TEST(a_fragmented_file_too_long_for_a_sidx_is_refused),
        SCENE_TEST(every_sample_lies_where_the_tables_say),
        SCENE_TEST(descriptions_go_over_and_the_muxers_tables_do_not),
        SCENE_TEST(headers_say_times_and_numbers),
        SCENE_TEST(an_edit_list_is_there_when_it_says_something),
        SCENE_TEST(the_movies_timescale_says_the_longest_pause_exactly),
        SCENE_TEST(a_payload_beyond_32_bits_gets_wide_offsets),
        SCENE_TEST(the_offsets_are_wide_as_soon_as_the_file_might_be),
        SCENE_TEST(the_header_may_follow_other_bytes),
        SCENE_TEST(a_header_that_is_none_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
