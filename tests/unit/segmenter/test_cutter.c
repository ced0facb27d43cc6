#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "fake_media.h"
#include "fake_store.h"
#include "segmenter/cutter.h"

struct scene {
    struct fake_media *media;
    struct fake_store *store;
    struct cut_report report;
    struct fault fault;
    unsigned progress_calls;
    unsigned cancel_at; /* the call of the progress callback that asks to stop; 0: none */
    struct media_progress progress;
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

static bool on_progress(void *context, struct media_progress progress)
{
    struct scene *scene = context;
    scene->progress = progress;
    return ++scene->progress_calls != scene->cancel_at;
}

static enum status cut(struct scene *scene)
{
    struct cut_options options = {
        .title = span_of_string("film"), .segment_ms = 4000, .published_s = 1234567890};
    return cut_title(&scene->media->media, &scene->store->store, &options, on_progress, scene,
                     &scene->report, &scene->fault);
}

/* The staging area was closed, and nobody sees anything of the attempt. */
static void assert_nothing_published(struct scene *scene, enum status status, const char *text)
{
    assert_int_equal(cut(scene), status);
    assert_string_equal(scene->fault.text, text);
    assert_int_equal(scene->store->begun, 1);
    assert_int_equal(scene->store->ended, 1);
    assert_int_equal(scene->store->published.len, 0);
}

/* --- what is cut ----------------------------------------------------------------------------- */

static void segments_begin_where_they_are_planned(void **state)
{
    struct scene *scene = *state;
    /* Key frames every 2 s and a target of 4 s; audio cuts at the packet that reaches it. */
    static const uint64_t video[] = {0, 4000, 8000};
    static const uint64_t audio[] = {0, 188 * 1024, 375 * 1024};
    fake_media_add_film(scene->media, 10);
    assert_int_equal(cut(scene), STATUS_OK);
    struct index index = fake_store_index(scene->store);
    assert_true(span_is(index.title, "film"));
    assert_true(index.published_s == 1234567890);
    assert_int_equal(index.track_count, 2);
    for (uint32_t t = 0; t < 2; t++) {
        struct index_track track = index_track(&index, t);
        assert_int_equal(track.segment_count, 3);
        for (uint32_t i = 0; i < 3; i++) {
            struct index_segment segment = index_segment(&index, track.first_segment + i);
            assert_int_equal(segment.start_ticks, t == 0 ? video[i] : audio[i]);
            if (i < 2)
                assert_int_equal(segment.duration_ticks, t == 0 ? 4000 : audio[i + 1] - audio[i]);
        }
    }
    assert_int_equal(index_segment(&index, 2).duration_ticks, 2000);
    assert_int_equal(index_segment(&index, 5).duration_ticks, (469 - 375) * 1024);
}

static uint32_t count_boxes(struct span bytes, const char *type)
{
    uint32_t count = 0;
    for (size_t at = 0; at + 8 <= bytes.len;) {
        count += memcmp(bytes.base + at + 4, type, 4) == 0;
        at += (size_t)bytes.base[at] << 24 | (size_t)bytes.base[at + 1] << 16 |
              (size_t)bytes.base[at + 2] << 8 | bytes.base[at + 3];
    }
    return count;
}

static void a_segment_holds_a_fragment_a_second(void **state)
{
    struct scene *scene = *state;
    fake_media_add_film(scene->media, 10);
    assert_int_equal(cut(scene), STATUS_OK);
    struct index index = fake_store_index(scene->store);
    static const uint32_t fragments[] = {4, 4, 2, 4, 4, 2};
    for (uint32_t i = 0; i < 6; i++) {
        struct span object = fake_store_object(scene->store, index_segment(&index, i).object);
        assert_int_equal(count_boxes(object, "moof"), fragments[i]);
        assert_int_equal(count_boxes(object, "mdat"), fragments[i]);
    }
}

static void tracks_are_described(void **state)
{
    struct scene *scene = *state;
    fake_media_add_film(scene->media, 10);
    assert_int_equal(cut(scene), STATUS_OK);
    struct index index = fake_store_index(scene->store);
    struct index_track video = index_track(&index, 0), audio = index_track(&index, 1);
    assert_int_equal(video.kind, TRACK_VIDEO);
    assert_true(span_is(video.codec, "h264"));
    assert_true(span_is(video.language, "und"));
    assert_int_equal(video.timescale, 1000);
    assert_int_equal(video.duration_ticks, 10000);
    assert_int_equal(video.width, 320);
    assert_int_equal(video.height, 240);
    assert_int_equal(audio.kind, TRACK_AUDIO);
    assert_true(span_is(audio.codec, "aac"));
    assert_true(span_is(audio.language, "deu"));
    assert_int_equal(audio.duration_ticks, 469 * 1024);
    assert_int_equal(audio.sample_rate, 48000);
    assert_int_equal(audio.channels, 2);
}

static void the_report_has_the_numbers(void **state)
{
    struct scene *scene = *state;
    fake_media_add_film(scene->media, 10);
    assert_int_equal(cut(scene), STATUS_OK);
    uint64_t bytes = 0;
    for (size_t i = 0; i < scene->store->object_count; i++)
        bytes += scene->store->objects[i].len;
    assert_int_equal(scene->report.objects, 9); /* 3 + 3 segments, 3 headers */
    assert_int_equal(scene->report.new_objects, 9);
    assert_int_equal(scene->report.bytes, bytes);
    assert_int_equal(scene->report.segments, 6);
    assert_int_equal(scene->report.duration_ms, 10005);       /* audio: 469 packets */
    assert_int_equal(scene->report.longest_segment_ms, 4010); /* audio: 188 packets */
    assert_false(scene->report.is_unchanged);
}

static void the_longest_track_counts_with_its_pause(void **state)
{
    struct scene *scene = *state;
    for (int64_t i = 0; i < 100; i++)
        fake_media_add(scene->media,
                       (struct fake_packet){{0, 700 + 40 * i, 700 + 40 * i, 40, i == 0}, 9});
    fake_media_add(scene->media, (struct fake_packet){{1, 0, 0, 1024, true}, 9});
    assert_int_equal(cut(scene), STATUS_OK);
    assert_int_equal(scene->report.duration_ms, 4700);
    assert_int_equal(scene->report.longest_segment_ms, 4000);
}

static void cutting_again_finds_every_object_there(void **state)
{
    struct scene *scene = *state;
    fake_media_add_film(scene->media, 10);
    assert_int_equal(cut(scene), STATUS_OK);
    size_t objects = scene->store->object_count;
    struct byte_buffer first = scene->store->published;
    scene->store->published = (struct byte_buffer){0};
    scene->store->is_unchanged = true;
    fake_media_rewind(scene->media);
    assert_int_equal(cut(scene), STATUS_OK);
    assert_int_equal(scene->store->object_count, objects);
    assert_int_equal(scene->report.objects, 9);
    assert_int_equal(scene->report.new_objects, 0);
    assert_true(scene->report.is_unchanged);
    assert_int_equal(scene->store->published.len, first.len);
    assert_memory_equal(scene->store->published.base, first.base, first.len);
    byte_buffer_dispose(&first);
}

static void one_packet_is_a_title(void **state)
{
    struct scene *scene = *state;
    scene->media->media.track_count = 1;
    fake_media_add(scene->media, (struct fake_packet){{0, 0, 0, 40, true}, 5});
    assert_int_equal(cut(scene), STATUS_OK);
    assert_int_equal(scene->report.segments, 1);
    assert_int_equal(scene->report.duration_ms, 40);
    assert_int_equal(scene->report.objects, 3);
}

/* Tracks that are not interleaved at all: memory is bounded by a segment of each. */
static void the_order_of_the_input_does_not_matter(void **state)
{
    struct scene *scene = *state;
    struct fake_media *apart = fake_media_new(2);
    fake_media_add_film(scene->media, 10);
    for (unsigned track = 2; track-- > 0;) {
        for (size_t i = 0; i < scene->media->count; i++) {
            if (scene->media->packets[i].packet.track == track)
                fake_media_add(apart, scene->media->packets[i]);
        }
    }
    assert_int_equal(cut(scene), STATUS_OK);
    struct index index = fake_store_index(scene->store);
    struct index_file file;
    assert_true(index_find_file(&index, span_of_string("video.mp4"), &file));
    uint64_t sizes[30], count = 0;
    for (uint32_t i = 0; i < file.extent_count; i++)
        sizes[count++] = index_extent(&index, file.first_extent + i).length;

    fake_media_free(scene->media);
    scene->media = apart;
    assert_int_equal(cut(scene), STATUS_OK);
    index = fake_store_index(scene->store);
    assert_true(index_find_file(&index, span_of_string("video.mp4"), &file));
    assert_int_equal(file.extent_count, count);
    for (uint32_t i = 0; i < file.extent_count; i++)
        assert_int_equal(index_extent(&index, file.first_extent + i).length, sizes[i]);
}

/* What media learns on the way, such as padding at the end, counts. */
static enum status (*plain_next)(struct media *, struct media_packet *, struct fault *);

static enum status next_learning(struct media *media, struct media_packet *packet,
                                 struct fault *fault)
{
    enum status status = plain_next(media, packet, fault);
    if (status == STATUS_NOT_FOUND)
        media->tracks[1].shown_until = 479000;
    return status;
}

static void what_is_learnt_while_reading_counts(void **state)
{
    struct scene *scene = *state;
    struct media_ops ops = *scene->media->media.ops;
    plain_next = ops.next;
    ops.next = next_learning;
    scene->media->media.ops = &ops;
    fake_media_add_film(scene->media, 10);
    assert_int_equal(cut(scene), STATUS_OK);
    struct index index = fake_store_index(scene->store);
    assert_int_equal(index_track(&index, 1).duration_ticks, 479000);
}

/* --- what fails ------------------------------------------------------------------------------ */

static void a_full_disk_at_any_put_publishes_nothing(void **state)
{
    struct scene *scene = *state;
    fake_media_add_film(scene->media, 10);
    for (size_t n = 1; n <= 9; n++) {
        struct fake_store *store = fake_store_new();
        fake_store_free(scene->store);
        scene->store = store;
        store->fail_put_at = n;
        store->fail_put = STATUS_NO_SPACE;
        scene->fault = (struct fault){0};
        fake_media_rewind(scene->media);
        assert_nothing_published(scene, STATUS_NO_SPACE, "the disk is full");
        assert_int_equal(store->puts, n);
    }
    /* ... and there is no tenth. */
    fake_store_free(scene->store);
    scene->store = fake_store_new();
    scene->store->fail_put_at = 10;
    fake_media_rewind(scene->media);
    assert_int_equal(cut(scene), STATUS_OK);
}

static void a_store_that_cannot_begin_is_not_ended(void **state)
{
    struct scene *scene = *state;
    fake_media_add_film(scene->media, 1);
    scene->store->fail_begin = STATUS_BUSY;
    assert_int_equal(cut(scene), STATUS_BUSY);
    assert_string_equal(scene->fault.text, "no staging area");
    assert_int_equal(scene->store->ended, 0);
    assert_int_equal(scene->media->appends, 0);
}

static void a_failure_to_publish_is_told(void **state)
{
    struct scene *scene = *state;
    fake_media_add_film(scene->media, 1);
    scene->store->fail_publish = STATUS_IO;
    assert_nothing_published(scene, STATUS_IO, "it cannot be published");
}

static void damaged_media_publishes_nothing(void **state)
{
    struct scene *scene = *state;
    fake_media_add_film(scene->media, 10);
    scene->media->end = STATUS_INVALID;
    assert_nothing_published(scene, STATUS_INVALID, "the input broke off");
}

static void a_packet_that_cannot_be_appended_publishes_nothing(void **state)
{
    struct scene *scene = *state;
    fake_media_add_film(scene->media, 10);
    scene->media->fail_append_at = 333;
    assert_nothing_published(scene, STATUS_INVALID, "the packet is bad");
}

static void a_fragment_that_cannot_be_closed_publishes_nothing(void **state)
{
    struct scene *scene = *state;
    fake_media_add_film(scene->media, 10);
    for (size_t n = 1; n <= 20; n++) {
        fake_store_free(scene->store);
        scene->store = fake_store_new();
        scene->fault = (struct fault){0};
        fake_media_rewind(scene->media);
        scene->media->fail_fragment_at = n;
        assert_nothing_published(scene, STATUS_INVALID, "the fragment is bad");
    }
}

/* Memory that is asked for and never touched takes none. */
static enum status end_huge_fragment(struct media *media, unsigned track, struct byte_buffer *bytes,
                                     struct fault *fault)
{
    (void)media, (void)track, (void)fault;
    bytes->capacity = bytes->len = (512u << 20) + 1;
    bytes->base = realloc(bytes->base, bytes->capacity);
    assert_non_null(bytes->base);
    return STATUS_OK;
}

static void a_segment_that_does_not_end_is_refused(void **state)
{
    struct scene *scene = *state;
    struct media_ops ops = *scene->media->media.ops;
    ops.end_fragment = end_huge_fragment;
    scene->media->media.ops = &ops;
    fake_media_add_film(scene->media, 10);
    assert_int_equal(cut(scene), STATUS_LIMIT);
    assert_non_null(
        strstr(scene->fault.text, "segment 1 of the video track has more than 512 MiB"));
    assert_int_equal(scene->store->published.len, 0);
    assert_int_equal(scene->store->ended, 1);
}

static void a_track_without_packets_is_refused(void **state)
{
    struct scene *scene = *state;
    fake_media_add(scene->media, (struct fake_packet){{0, 0, 0, 40, true}, 5});
    assert_nothing_published(scene, STATUS_INVALID,
                             "the audio track has no packet in it; leave the track out first, for "
                             "example: ffmpeg -i INPUT -map 0 -c copy -an OUTPUT.mkv");
}

static void media_without_any_packet_is_refused(void **state)
{
    struct scene *scene = *state;
    assert_nothing_published(scene, STATUS_INVALID,
                             "the video track has no packet in it; leave the track out first, for "
                             "example: ffmpeg -i INPUT -map 0 -c copy -vn OUTPUT.mkv");
}

static void a_title_that_is_no_name_is_refused(void **state)
{
    struct scene *scene = *state;
    struct cut_options options = {.title = span_of_string("../film"), .segment_ms = 4000};
    fake_media_add_film(scene->media, 1);
    assert_int_equal(cut_title(&scene->media->media, &scene->store->store, &options, NULL, NULL,
                               &scene->report, &scene->fault),
                     STATUS_INVALID);
    assert_int_equal(scene->store->published.len, 0);
    assert_int_equal(scene->store->ended, 1);
}

static void whoever_watches_can_stop_it(void **state)
{
    struct scene *scene = *state;
    fake_media_add_film(scene->media, 10);
    scene->cancel_at = 3;
    assert_nothing_published(scene, STATUS_CANCELLED, "interrupted; nothing was published");
    assert_int_equal(scene->progress_calls, 3);
    assert_int_equal(scene->progress.done, scene->media->appends);
    assert_int_equal(scene->progress.total, scene->media->count);
    assert_true(scene->media->appends < 250);
}

static void nobody_need_watch(void **state)
{
    struct scene *scene = *state;
    struct cut_options options = {.title = span_of_string("film"), .segment_ms = 4000};
    fake_media_add_film(scene->media, 10);
    assert_int_equal(cut_title(&scene->media->media, &scene->store->store, &options, NULL, NULL,
                               &scene->report, NULL),
                     STATUS_OK);
}

#define SCENE_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(segments_begin_where_they_are_planned),
        SCENE_TEST(a_segment_holds_a_fragment_a_second),
        SCENE_TEST(tracks_are_described),
        SCENE_TEST(the_report_has_the_numbers),
        SCENE_TEST(the_longest_track_counts_with_its_pause),
        SCENE_TEST(cutting_again_finds_every_object_there),
        SCENE_TEST(one_packet_is_a_title),
        SCENE_TEST(the_order_of_the_input_does_not_matter),
        SCENE_TEST(what_is_learnt_while_reading_counts),
        SCENE_TEST(a_full_disk_at_any_put_publishes_nothing),
        SCENE_TEST(a_store_that_cannot_begin_is_not_ended),
        SCENE_TEST(a_failure_to_publish_is_told),
        SCENE_TEST(damaged_media_publishes_nothing),
        SCENE_TEST(a_packet_that_cannot_be_appended_publishes_nothing),
        SCENE_TEST(a_fragment_that_cannot_be_closed_publishes_nothing),
        SCENE_TEST(a_segment_that_does_not_end_is_refused),
        SCENE_TEST(a_track_without_packets_is_refused),
        SCENE_TEST(media_without_any_packet_is_refused),
        SCENE_TEST(a_title_that_is_no_name_is_refused),
        SCENE_TEST(whoever_watches_can_stop_it),
        SCENE_TEST(nobody_need_watch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
