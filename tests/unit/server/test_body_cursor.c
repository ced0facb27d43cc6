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

static void assert_next(struct body_cursor *cursor, uint64_t max, struct body_slice expected)
{
    assert_false(body_cursor_is_at_end(cursor));
    struct body_slice slice = body_cursor_next(cursor, max);
    assert_int_equal(slice.object, expected.object);
    assert_int_equal(slice.offset, expected.offset);
    assert_int_equal(slice.length, expected.length);
}

static void walks_all_extents_in_order(void **state)
{
    (void)state;
    struct byte_buffer bytes = {0};
    struct index index;
    struct index_file file;
    struct body_cursor cursor;
    make_index(&bytes, &index, &file);
    body_cursor_init(&cursor, &index, &file, (struct byte_range){0, 10});
    assert_next(&cursor, 100, (struct body_slice){0, 5, 3});
    assert_next(&cursor, 100, (struct body_slice){1, 0, 1});
    assert_next(&cursor, 100, (struct body_slice){0, 8, 5});
    assert_next(&cursor, 100, (struct body_slice){1, 19, 1});
    assert_true(body_cursor_is_at_end(&cursor));
    byte_buffer_dispose(&bytes);
}

static void begins_and_ends_inside_extents(void **state)
{
    (void)state;
    struct byte_buffer bytes = {0};
    struct index index;
    struct index_file file;
    struct body_cursor cursor;
    make_index(&bytes, &index, &file);
    body_cursor_init(&cursor, &index, &file, (struct byte_range){2, 4});
    assert_next(&cursor, 100, (struct body_slice){0, 7, 1});
    assert_next(&cursor, 100, (struct body_slice){1, 0, 1});
    assert_next(&cursor, 100, (struct body_slice){0, 8, 2});
    assert_true(body_cursor_is_at_end(&cursor));
    body_cursor_init(&cursor, &index, &file, (struct byte_range){9, 1});
    assert_next(&cursor, 100, (struct body_slice){1, 19, 1});
    assert_true(body_cursor_is_at_end(&cursor));
    byte_buffer_dispose(&bytes);
}

static void stops_where_the_window_ends(void **state)
{
    (void)state;
    struct byte_buffer bytes = {0};
    struct index index;
    struct index_file file;
    struct body_cursor cursor;
    make_index(&bytes, &index, &file);
    body_cursor_init(&cursor, &index, &file, (struct byte_range){4, 6});
    assert_next(&cursor, 2, (struct body_slice){0, 8, 2});
    assert_next(&cursor, 2, (struct body_slice){0, 10, 2});
    assert_next(&cursor, 2, (struct body_slice){0, 12, 1});
    assert_next(&cursor, 2, (struct body_slice){1, 19, 1});
    assert_true(body_cursor_is_at_end(&cursor));
    byte_buffer_dispose(&bytes);
}

static void an_empty_range_is_at_its_end(void **state)
{
    (void)state;
    struct index index = {0};
    struct index_file file = {0};
    struct body_cursor cursor;
    body_cursor_init(&cursor, &index, &file, (struct byte_range){0, 0});
    assert_true(body_cursor_is_at_end(&cursor));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walks_all_extents_in_order),
        cmocka_unit_test(begins_and_ends_inside_extents),
        cmocka_unit_test(stops_where_the_window_ends),
        cmocka_unit_test(an_empty_range_is_at_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
