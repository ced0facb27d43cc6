#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "bytes_assert.h"
#include "fake_media.h"
#include "fake_store.h"
#include "sample_walk.h"
#include "segmenter/cutter.h"

/* Titles are cut from fake media, and what their files hold is looked at. */
struct scene {
    struct fake_media *media;
    struct fake_store *store;
};

static int set_up(void **state)
{
    struct scene *scene = calloc(1, sizeof(*scene));
    assert_non_null(scene);
    scene->media = fake_media_new(2);
    scene->store = fake_store_new();
    *state = scene;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *scene = *state;
    fake_media_free(scene->media);
    fake_store_free(scene->store);
    free(scene);
    return 0;
}

static void cut(struct scene *scene)
{
    struct cut_options options = {.title = span_of_string("film"), .segment_ms = 4000};
    struct cut_report report;
    struct fault fault = {0};
    if (cut_title(&scene->media->media, &scene->store->store, &options, NULL, NULL, &report,
                  &fault) != STATUS_OK)
        fail_msg("%s", fault.text);
}

/* --- names and types ------------------------------------------------------------------------- */

static void assert_files(const struct scene *scene, const char *const *names, size_t count)
{
    struct index index = fake_store_index(scene->store);
    assert_int_equal(index.file_count, count);
    for (uint32_t i = 0; i < count; i++) {
        struct index_file file = index_file(&index, i);
        if (!span_is(file.name, names[2 * i]) || !span_is(file.content_type, names[2 * i + 1]))
            fail_msg("file %u is %.*s", i, SPAN_PRINT(file.name));
    }
}

static void a_film_has_three_files(void **state)
{
    struct scene *scene = *state;
    static const char *const names[] = {"a0.mp4",    "audio/mp4", "v0.mp4",
                                        "video/mp4", "video.mp4", "video/mp4"};
    fake_media_add_film(scene->media, 3);
    cut(scene);
    assert_files(scene, names, 3);
}

static void silent_video_has_two(void **state)
{
    struct scene *scene = *state;
    static const char *const names[] = {"v0.mp4", "video/mp4", "video.mp4", "video/mp4"};
    scene->media->media.track_count = 1;
    fake_media_add_film(scene->media, 3);
    cut(scene);
    assert_files(scene, names, 2);
}

static void sound_alone_is_an_audio_file(void **state)
{
    struct scene *scene = *state;
    static const char *const names[] = {"a0.mp4", "audio/mp4", "audio.mp4", "audio/mp4"};
    scene->media->media.track_count = 1;
    scene->media->media.tracks[0] = scene->media->media.tracks[1];
    for (int64_t i = 0; i < 100; i++)
        fake_media_add(scene->media, (struct fake_packet){{0, i * 1024, i * 1024, 1024, true}, 20});
    cut(scene);
    assert_files(scene, names, 2);
}

/* --- bytes ----------------------------------------------------------------------------------- */

/* The media is in the objects once: a fragmented file is its header, which ends with a sidx, and
 * its track's objects from end to end. */
static void a_fragmented_file_is_its_header_and_the_whole_objects(void **state)
{
    struct scene *scene = *state;
    fake_media_add_film(scene->media, 10);
    cut(scene);
    struct index index = fake_store_index(scene->store);
    for (uint32_t t = 0; t < 2; t++) {
        struct index_track track = index_track(&index, t);
        struct index_file file;
        assert_true(index_find_file(&index, span_of_string(t == 0 ? "v0.mp4" : "a0.mp4"), &file));
        assert_int_equal(file.extent_count, 1 + track.segment_count);
        struct span header =
            fake_store_object(scene->store, index_extent(&index, file.first_extent).object);
        struct span sidx = box_at(header, "sidx");
        assert_ptr_equal(sidx.base + sidx.len, header.base + header.len);
        assert_int_equal(number_at(sidx, 30, 2), track.segment_count);
        for (uint32_t i = 0; i < track.segment_count; i++) {
            struct index_segment segment = index_segment(&index, track.first_segment + i);
            struct index_extent extent = index_extent(&index, file.first_extent + 1 + i);
            assert_int_equal(extent.object, segment.object);
            assert_int_equal(extent.object_offset, 0);
            assert_int_equal(extent.length, index_object(&index, segment.object).size);
            assert_int_equal(number_at(sidx, 32 + 12 * i, 4), extent.length);
            assert_int_equal(number_at(sidx, 36 + 12 * i, 4), segment.duration_ticks);
        }
    }
}

/* Where in the fragmented file each sample lies, by its own words. */
static size_t walk_fragments(struct span file, struct walked_sample *samples, size_t capacity)
{
    size_t count = 0;
    for (size_t at = 0; at < file.len; at += (size_t)number_at(file, at, 4)) {
        struct span rest = span_slice(file, at, file.len - at);
        if (memcmp(file.base + at + 4, "moof", 4) != 0)
            continue;
        struct span trun = box_at(rest, "moof/traf/trun");
        uint64_t time = number_at(box_at(rest, "moof/traf/tfdt"), 4, 8);
        uint64_t offset = at + number_at(trun, 8, 4);
        for (size_t i = 0; i < number_at(trun, 4, 4); i++) {
            size_t entry = 12 + 16 * i;
            assert_true(count < capacity);
            samples[count++] = (struct walked_sample){
                .offset = offset,
                .size = (uint32_t)number_at(trun, entry + 4, 4),
                .decode_time = time,
                .composition_offset = (uint32_t)number_at(trun, entry + 12, 4),
                .is_sync = (number_at(trun, entry + 8, 4) & 0x10000) == 0,
            };
            offset += samples[count - 1].size;
            time += number_at(trun, entry, 4);
        }
    }
    return count;
}

static void both_views_hold_the_same_samples(void **state)
{
    struct scene *scene = *state;
    static struct walked_sample classic[2000], fragmented[2000];
    fake_media_add_film(scene->media, 30);
    cut(scene);
    struct byte_buffer video = fake_store_file(scene->store, "video.mp4");
    for (unsigned track = 0; track < 2; track++) {
        struct byte_buffer own = fake_store_file(scene->store, track == 0 ? "v0.mp4" : "a0.mp4");
        size_t count = sample_walk(byte_buffer_span(&video), track, classic, 2000);
        assert_int_equal(walk_fragments(byte_buffer_span(&own), fragmented, 2000), count);
        assert_int_equal(count, track == 0 ? 750 : 1407);
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(classic[i].size, fragmented[i].size);
            assert_int_equal(classic[i].decode_time, fragmented[i].decode_time);
            assert_int_equal(classic[i].composition_offset, fragmented[i].composition_offset);
            assert_int_equal(classic[i].is_sync, fragmented[i].is_sync);
            assert_true(classic[i].offset + classic[i].size <= video.len);
            assert_memory_equal(video.base + classic[i].offset, own.base + fragmented[i].offset,
                                classic[i].size);
        }
        byte_buffer_dispose(&own);
    }
    byte_buffer_dispose(&video);
}

static void the_classic_file_takes_payloads_alone(void **state)
{
    struct scene *scene = *state;
    fake_media_add_film(scene->media, 10);
    cut(scene);
    struct index index = fake_store_index(scene->store);
    struct index_file file;
    assert_true(index_find_file(&index, span_of_string("video.mp4"), &file));
    assert_int_equal(file.extent_count, 1 + 10 + 10); /* a fragment a second of each track */
    uint64_t payload = 0;
    for (uint32_t i = 1; i < file.extent_count; i++) {
        struct index_extent extent = index_extent(&index, file.first_extent + i);
        struct span object = fake_store_object(scene->store, extent.object);
        struct span mdat = span_slice(object, extent.object_offset - 8, 8);
        assert_int_equal(number_at(mdat, 0, 4), extent.length + 8);
        assert_true(span_is(span_slice(mdat, 4, 4), "mdat"));
        payload += extent.length;
    }
    struct byte_buffer video = fake_store_file(scene->store, "video.mp4");
    assert_int_equal(box_at(byte_buffer_span(&video), "mdat").len, payload);
    byte_buffer_dispose(&video);
}

/* --- times ----------------------------------------------------------------------------------- */

static void a_track_that_leads_starts_at_zero_for_players(void **state)
{
    struct scene *scene = *state;
    scene->media->media.track_count = 1;
    scene->media->media.tracks[0].lead_ticks = 80;
    for (int64_t i = 0; i < 200; i++)
        fake_media_add(scene->media,
                       (struct fake_packet){{0, 40 * i - 80, 40 * i, 40, i % 50 == 0}, 9});
    cut(scene);
    struct index index = fake_store_index(scene->store);
    assert_int_equal(index_segment(&index, 0).start_ticks, 0);
    assert_int_equal(index_segment(&index, 1).start_ticks, 4000);
    assert_int_equal(index_track(&index, 0).duration_ticks, 8000);
    struct byte_buffer video = fake_store_file(scene->store, "video.mp4");
    assert_bytes(box_at(byte_buffer_span(&video), "moov/trak/edts"),
                 "0000001c 656c7374 00000000 00000001 00001f40 00000050 00010000");
    byte_buffer_dispose(&video);
}

static void a_track_that_begins_late_counts_its_pause(void **state)
{
    struct scene *scene = *state;
    scene->media->media.track_count = 1;
    for (int64_t i = 0; i < 200; i++)
        fake_media_add(scene->media,
                       (struct fake_packet){{0, 700 + 40 * i, 700 + 40 * i, 40, i % 50 == 0}, 9});
    cut(scene);
    struct index index = fake_store_index(scene->store);
    assert_int_equal(index_segment(&index, 0).start_ticks, 700);
    assert_int_equal(index_segment(&index, 1).start_ticks, 4700);
    assert_int_equal(index_track(&index, 0).duration_ticks, 8700);
    struct byte_buffer video = fake_store_file(scene->store, "video.mp4");
    assert_bytes(box_at(byte_buffer_span(&video), "moov/trak/edts"),
                 "00000028 656c7374 00000000 00000002"
                 "  000002bc ffffffff 00010000  00001f40 00000000 00010000");
    byte_buffer_dispose(&video);
}

#define SCENE_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(a_film_has_three_files),
        SCENE_TEST(silent_video_has_two),
        SCENE_TEST(sound_alone_is_an_audio_file),
        SCENE_TEST(a_fragmented_file_is_its_header_and_the_whole_objects),
        SCENE_TEST(both_views_hold_the_same_samples),
        SCENE_TEST(the_classic_file_takes_payloads_alone),
        SCENE_TEST(a_track_that_leads_starts_at_zero_for_players),
        SCENE_TEST(a_track_that_begins_late_counts_its_pause),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
