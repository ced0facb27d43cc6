#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server/body_cursor.h"

/* A file of 10 bytes in four extents, of which two lie in one object: 0-2, 3-3, 4-8, 9-9. */
static void make_index(struct byte_buffer *bytes, struct index *index, struct index_file *file)
{
    struct index_writer *writer = index_writer_new(span_of_string("title"), 0);
    struct index_object object = {.size = 20};
    uint32_t a = index_writer_add_object(writer, &object);
    object.name.bytes[0] = 1;
    object.sha256.bytes[0] = 1;
    uint32_t b = index_writer_add_object(writer, &object);
    index_writer_add_file(writer, span_of_string("video.mp4"), span_of_string("video/mp4"));
    index_writer_add_extent(writer, a, 5, 3);
    index_writer_add_extent(writer, b, 0, 1);
    index_writer_add_extent(writer, a, 8, 5);
    index_writer_add_extent(writer, b, 19, 1);
    assert_int_equal(index_writer_finish(writer, bytes, NULL), STATUS_OK);
    index_writer_free(writer);
    assert_int_equal(index_open(byte_buffer_span(bytes), index, NULL), STATUS_OK);
    assert_true(index_find_file(index, span_of_string("video.mp4"), file));
}

static void assert_next(struct body_cursor *cursor, uint64_t max, uint32_t object, uint64_t offset,
                        uint64_t length)
{
    assert_false(body_cursor_is_at_end(cursor));
    struct body_slice slice = body_cursor_next(cursor, max);
    assert_null(slice.text);
    assert_int_equal(slice.object, object);
    assert_int_equal(slice.offset, offset);
    assert_int_equal(slice.length, length);
}

static void assert_text(struct body_cursor *cursor, uint64_t max, const char *text)
{
    assert_false(body_cursor_is_at_end(cursor));
    struct body_slice slice = body_cursor_next(cursor, max);
    assert_non_null(slice.text);
    assert_int_equal(slice.length, strlen(text));
    assert_memory_equal(slice.text, text, strlen(text));
}

struct fixture {
    struct byte_buffer bytes;
    struct index index;
    struct index_file file;
    struct byte_range_set ranges;
    struct body body;
    struct body_cursor cursor;
};

static void start(struct fixture *fixture, const struct byte_range *ranges, size_t count,
                  const struct span *texts)
{
    if (fixture->bytes.len == 0)
        make_index(&fixture->bytes, &fixture->index, &fixture->file);
    fixture->ranges.count = count;
    for (size_t i = 0; i < count; i++)
        fixture->ranges.ranges[i] = ranges[i];
    fixture->body = (struct body){&fixture->index, &fixture->file, &fixture->ranges, texts};
    body_cursor_init(&fixture->cursor, &fixture->body);
}

static void start_range(struct fixture *fixture, uint64_t offset, uint64_t length)
{
    const struct byte_range range = {offset, length};
    start(fixture, &range, 1, NULL);
}

static void walks_all_extents_in_order(void **state)
{
    (void)state;
    struct fixture fixture = {0};
    start_range(&fixture, 0, 10);
    assert_next(&fixture.cursor, 100, 0, 5, 3);
    assert_next(&fixture.cursor, 100, 1, 0, 1);
    assert_next(&fixture.cursor, 100, 0, 8, 5);
    assert_next(&fixture.cursor, 100, 1, 19, 1);
    assert_true(body_cursor_is_at_end(&fixture.cursor));
    byte_buffer_dispose(&fixture.bytes);
}

static void begins_and_ends_inside_extents(void **state)
{
    (void)state;
    struct fixture fixture = {0};
    start_range(&fixture, 2, 4);
    assert_next(&fixture.cursor, 100, 0, 7, 1);
    assert_next(&fixture.cursor, 100, 1, 0, 1);
    assert_next(&fixture.cursor, 100, 0, 8, 2);
    assert_true(body_cursor_is_at_end(&fixture.cursor));
    start_range(&fixture, 9, 1);
    assert_next(&fixture.cursor, 100, 1, 19, 1);
    assert_true(body_cursor_is_at_end(&fixture.cursor));
    byte_buffer_dispose(&fixture.bytes);
}

static void stops_where_the_window_ends(void **state)
{
    (void)state;
    struct fixture fixture = {0};
    start_range(&fixture, 4, 6);
    assert_next(&fixture.cursor, 2, 0, 8, 2);
    assert_next(&fixture.cursor, 2, 0, 10, 2);
    assert_next(&fixture.cursor, 2, 0, 12, 1);
    assert_next(&fixture.cursor, 2, 1, 19, 1);
    assert_true(body_cursor_is_at_end(&fixture.cursor));
    byte_buffer_dispose(&fixture.bytes);
}

static void texts_stand_before_each_range_and_at_the_end(void **state)
{
    (void)state;
    const struct byte_range ranges[] = {{8, 2}, {0, 1}};
    const struct span texts[] = {span_of_string("first"), span_of_string("second"),
                                 span_of_string("end")};
    struct fixture fixture = {0};
    start(&fixture, ranges, 2, texts);
    assert_int_equal(fixture.cursor.left, 5 + 2 + 6 + 1 + 3);
    assert_text(&fixture.cursor, 100, "first");
    assert_next(&fixture.cursor, 100, 0, 12, 1);
    assert_next(&fixture.cursor, 100, 1, 19, 1);
    assert_text(&fixture.cursor, 4, "seco");
    assert_text(&fixture.cursor, 4, "nd");
    assert_next(&fixture.cursor, 100, 0, 5, 1);
    assert_text(&fixture.cursor, 100, "end");
    assert_true(body_cursor_is_at_end(&fixture.cursor));
    byte_buffer_dispose(&fixture.bytes);
}

static void no_range_is_at_its_end(void **state)
{
    (void)state;
    struct fixture fixture = {0};
    start(&fixture, NULL, 0, NULL);
    assert_true(body_cursor_is_at_end(&fixture.cursor));
    byte_buffer_dispose(&fixture.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walks_all_extents_in_order),
        cmocka_unit_test(begins_and_ends_inside_extents),
        cmocka_unit_test(stops_where_the_window_ends),
        cmocka_unit_test(texts_stand_before_each_range_and_at_the_end),
        cmocka_unit_test(no_range_is_at_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
