#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "index_fixture.h"

struct opened {
    struct byte_buffer bytes;
    struct index index;
};

static int open_fixture(void **state)
{
    static struct opened opened;
    struct fault fault = {0};
    opened = (struct opened){0};
    fixture_index(&opened.bytes);
    assert_int_equal(index_open(byte_buffer_span(&opened.bytes), &opened.index, &fault), STATUS_OK);
    *state = &opened;
    return 0;
}

static int close_fixture(void **state)
{
    struct opened *opened = *state;
    byte_buffer_dispose(&opened->bytes);
    return 0;
}

static const struct index *index_of(void **state)
{
    const struct opened *opened = *state;
    return &opened->index;
}

static void tells_title_time_and_counts(void **state)
{
    const struct index *index = index_of(state);
    assert_true(span_is(index->title, "bunny"));
    assert_true(index->published_s == FIXTURE_PUBLISHED_S);
    assert_int_equal(index->track_count, 2);
    assert_int_equal(index->segment_count, 3);
    assert_int_equal(index->file_count, 3);
    assert_int_equal(index->extent_count, 4);
    assert_int_equal(index->object_count, 3);
}

static void tells_a_video_track(void **state)
{
    struct index_track track = index_track(index_of(state), 0);
    assert_int_equal(track.kind, TRACK_VIDEO);
    assert_true(span_is(track.codec, "h264"));
    assert_true(span_is(track.language, "und"));
    assert_int_equal(track.timescale, 12800);
    assert_int_equal(track.duration_ticks, 25600);
    assert_int_equal(track.width, 1280);
    assert_int_equal(track.height, 720);
    assert_int_equal(track.sample_rate, 0);
    assert_int_equal(track.channels, 0);
    assert_int_equal(track.first_segment, 0);
    assert_int_equal(track.segment_count, 2);
}

static void tells_an_audio_track(void **state)
{
    struct index_track track = index_track(index_of(state), 1);
    assert_int_equal(track.kind, TRACK_AUDIO);
    assert_true(span_is(track.codec, "aac"));
    assert_true(span_is(track.language, "eng"));
    assert_int_equal(track.sample_rate, 48000);
    assert_int_equal(track.channels, 2);
    assert_int_equal(track.width, 0);
    assert_int_equal(track.first_segment, 2);
    assert_int_equal(track.segment_count, 1);
}

static void tells_segments(void **state)
{
    struct index_segment segment = index_segment(index_of(state), 1);
    assert_int_equal(segment.start_ticks, 13824);
    assert_int_equal(segment.duration_ticks, 12800);
    assert_int_equal(segment.object, 1);
}

static void files_are_sorted_whatever_the_order_they_came_in(void **state)
{
    const struct index *index = index_of(state);
    assert_true(span_is(index_file(index, 0).name, "a0.mp4"));
    assert_true(span_is(index_file(index, 1).name, "empty.txt"));
    assert_true(span_is(index_file(index, 2).name, "video.mp4"));
}

static void tells_a_file_and_its_extents(void **state)
{
    const struct index *index = index_of(state);
    static const struct index_extent expected[] = {
        {0, 100, 900, 0}, {900, 0, 500, 2}, {1400, 8, 1992, 1}};
    struct index_file file = index_file(index, 2);
    assert_true(span_is(file.content_type, "video/mp4"));
    assert_int_equal(file.length, 3392);
    assert_int_equal(file.first_extent, 1);
    assert_int_equal(file.extent_count, 3);
    for (uint32_t i = 0; i < 3; i++) {
        struct index_extent extent = index_extent(index, file.first_extent + i);
        assert_int_equal(extent.file_offset, expected[i].file_offset);
        assert_int_equal(extent.object_offset, expected[i].object_offset);
        assert_int_equal(extent.length, expected[i].length);
        assert_int_equal(extent.object, expected[i].object);
    }
}

static void an_empty_file_has_no_extent(void **state)
{
    struct index_file file = index_file(index_of(state), 1);
    assert_int_equal(file.length, 0);
    assert_int_equal(file.extent_count, 0);
}

static void tells_an_object(void **state)
{
    struct index_object object = index_object(index_of(state), 1);
    struct index_object expected = fixture_object(1, 2000);
    assert_int_equal(object.size, 2000);
    assert_memory_equal(object.name.bytes, expected.name.bytes, OBJECT_NAME_LEN);
    assert_memory_equal(object.sha256.bytes, expected.sha256.bytes, DIGEST_LEN);
}

static void finds_files_by_exact_name(void **state)
{
    const struct index *index = index_of(state);
    struct index_file file;
    assert_true(index_find_file(index, span_of_string("a0.mp4"), &file));
    assert_int_equal(file.length, 3000);
    assert_true(index_find_file(index, span_of_string("empty.txt"), &file));
    assert_true(index_find_file(index, span_of_string("video.mp4"), &file));
    assert_int_equal(file.length, 3392);
    static const char *const others[] = {"",         "a",          "a0.mp",     "a0.mp40",
                                         "A0.mp4",   "video.mp3",  "video.mp5", "zzz",
                                         "empty.tx", "empty.txtx", "../a0.mp4"};
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        assert_false(index_find_file(index, span_of_string(others[i]), &file));
    assert_false(index_find_file(index, span_of("a0.mp4\0", 7), &file));
}

static void finds_the_extent_of_every_offset(void **state)
{
    const struct index *index = index_of(state);
    struct index_file file = index_file(index, 2);
    for (uint64_t offset = 0; offset < file.length; offset++)
        assert_int_equal(index_find_extent(index, &file, offset), offset < 900    ? 1
                                                                  : offset < 1400 ? 2
                                                                                  : 3);
}

static void same_content_does_not_ask_when_it_was_published(void **state)
{
    const struct index *index = index_of(state);
    struct byte_buffer bytes = {0};
    struct index later;
    struct index_writer *writer = fixture_writer(FIXTURE_PUBLISHED_S + 1);
    assert_int_equal(index_writer_finish(writer, &bytes, NULL), STATUS_OK);
    assert_int_equal(index_open(byte_buffer_span(&bytes), &later, NULL), STATUS_OK);
    assert_true(index_same_content(index, &later));
    index_writer_free(writer);
    byte_buffer_dispose(&bytes);
}

static void a_new_date_changes_nothing_else(void **state)
{
    const struct index *index = index_of(state);
    struct byte_buffer bytes = {0};
    struct byte_buffer expected = {0};
    struct index_writer *writer = fixture_writer(FIXTURE_PUBLISHED_S + 77);
    byte_buffer_put(&bytes, span_of_string("before"));
    index_redate(index, FIXTURE_PUBLISHED_S + 77, &bytes);
    assert_int_equal(index_writer_finish(writer, &expected, NULL), STATUS_OK);
    assert_true(span_equal(span_slice(byte_buffer_span(&bytes), 6, bytes.len - 6),
                           byte_buffer_span(&expected)));
    index_writer_free(writer);
    byte_buffer_dispose(&bytes);
    byte_buffer_dispose(&expected);
}

static void another_extent_is_other_content(void **state)
{
    const struct index *index = index_of(state);
    struct byte_buffer bytes = {0};
    struct index other;
    struct index_writer *writer = fixture_writer(FIXTURE_PUBLISHED_S);
    index_writer_add_extent(writer, 0, 0, 1);
    assert_int_equal(index_writer_finish(writer, &bytes, NULL), STATUS_OK);
    assert_int_equal(index_open(byte_buffer_span(&bytes), &other, NULL), STATUS_OK);
    assert_false(index_same_content(index, &other));
    index_writer_free(writer);
    byte_buffer_dispose(&bytes);
}

int main(void)
{
#define ON_FIXTURE(test) cmocka_unit_test_setup_teardown(test, open_fixture, close_fixture)
    const struct CMUnitTest tests[] = {
        ON_FIXTURE(tells_title_time_and_counts),
        ON_FIXTURE(tells_a_video_track),
        ON_FIXTURE(tells_an_audio_track),
        ON_FIXTURE(tells_segments),
        ON_FIXTURE(files_are_sorted_whatever_the_order_they_came_in),
        ON_FIXTURE(tells_a_file_and_its_extents),
        ON_FIXTURE(an_empty_file_has_no_extent),
        ON_FIXTURE(tells_an_object),
        ON_FIXTURE(finds_files_by_exact_name),
        ON_FIXTURE(finds_the_extent_of_every_offset),
        ON_FIXTURE(same_content_does_not_ask_when_it_was_published),
        ON_FIXTURE(a_new_date_changes_nothing_else),
        ON_FIXTURE(another_extent_is_other_content),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
