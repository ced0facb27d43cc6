#include "index_fixture.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct index_object fixture_object(uint8_t number, uint64_t size)
{
    struct index_object object = {.size = size};
    memset(object.name.bytes, number, sizeof(object.name.bytes));
    memset(object.sha256.bytes, number, sizeof(object.sha256.bytes));
    return object;
}

static void add_tracks(struct index_writer *writer)
{
    const struct index_track video = {.kind = TRACK_VIDEO,
                                      .codec = span_of_string("h264"),
                                      .language = span_of_string("und"),
                                      .timescale = 12800,
                                      .duration_ticks = 25600,
                                      .width = 1280,
                                      .height = 720};
    const struct index_track audio = {.kind = TRACK_AUDIO,
                                      .codec = span_of_string("aac"),
                                      .language = span_of_string("eng"),
                                      .timescale = 48000,
                                      .duration_ticks = 96256,
                                      .sample_rate = 48000,
                                      .channels = 2};
    index_writer_add_track(writer, &video);
    index_writer_add_segment(
        writer, &(struct index_segment){.start_ticks = 1024, .duration_ticks = 12800, .object = 0});
    index_writer_add_segment(
        writer,
        &(struct index_segment){.start_ticks = 13824, .duration_ticks = 12800, .object = 1});
    index_writer_add_track(writer, &audio);
    index_writer_add_segment(
        writer, &(struct index_segment){.start_ticks = 0, .duration_ticks = 96256, .object = 2});
}

struct index_writer *fixture_writer(int64_t published_s)
{
    struct index_writer *writer = index_writer_new(span_of_string(FIXTURE_TITLE), published_s);
    for (uint8_t i = 0; i < 3; i++) {
        struct index_object object = fixture_object(i, 1000 * (i + UINT64_C(1)));
        assert_int_equal(index_writer_add_object(writer, &object), i);
    }
    add_tracks(writer);
    index_writer_add_file(writer, span_of_string("video.mp4"), span_of_string("video/mp4"));
    index_writer_add_extent(writer, 0, 100, 900);
    index_writer_add_extent(writer, 2, 0, 500);
    index_writer_add_extent(writer, 1, 8, 1992);
    index_writer_add_file(writer, span_of_string("empty.txt"), span_of_string("text/plain"));
    index_writer_add_file(writer, span_of_string("a0.mp4"), span_of_string("audio/mp4"));
    index_writer_add_extent(writer, 2, 0, 3000);
    return writer;
}

void fixture_index(struct byte_buffer *out)
{
    struct fault fault = {0};
    struct index_writer *writer = fixture_writer(FIXTURE_PUBLISHED_S);
    enum status status = index_writer_finish(writer, out, &fault);
    assert_string_equal(fault.text, "");
    assert_int_equal(status, STATUS_OK);
    index_writer_free(writer);
}
