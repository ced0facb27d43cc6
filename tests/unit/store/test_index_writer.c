#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "index_fixture.h"

static enum status finish(struct index_writer *writer, struct byte_buffer *out, struct fault *fault)
{
    enum status status = index_writer_finish(writer, out, fault);
    index_writer_free(writer);
    return status;
}

static void an_index_of_nothing_is_valid(void **state)
{
    (void)state;
    struct byte_buffer out = {0};
    struct index index;
    struct index_file file;
    assert_int_equal(finish(index_writer_new(span_of_string("t"), 0), &out, NULL), STATUS_OK);
    assert_int_equal(out.len, 169);
    assert_int_equal(index_open(byte_buffer_span(&out), &index, NULL), STATUS_OK);
    assert_int_equal(index.file_count, 0);
    assert_false(index_find_file(&index, span_of_string("a"), &file));
    byte_buffer_dispose(&out);
}

static void same_input_gives_the_same_bytes(void **state)
{
    (void)state;
    struct byte_buffer a = {0};
    struct byte_buffer b = {0};
    fixture_index(&a);
    fixture_index(&b);
    assert_true(span_equal(byte_buffer_span(&a), byte_buffer_span(&b)));
    byte_buffer_dispose(&a);
    byte_buffer_dispose(&b);
}

static void appends_to_what_is_there(void **state)
{
    (void)state;
    struct byte_buffer out = {0};
    struct index index;
    byte_buffer_put(&out, span_of_string("before"));
    fixture_index(&out);
    assert_memory_equal(out.base, "before", 6);
    assert_int_equal(index_open(span_of(out.base + 6, out.len - 6), &index, NULL), STATUS_OK);
    byte_buffer_dispose(&out);
}

static void records_outlive_what_they_were_copied_from(void **state)
{
    (void)state;
    struct byte_buffer out = {0};
    struct index index;
    char text[] = "one";
    struct index_writer *writer = index_writer_new(span_of_string(text), 0);
    index_writer_add_file(writer, span_of_string(text), span_of_string(text));
    memset(text, 0, sizeof(text));
    assert_int_equal(finish(writer, &out, NULL), STATUS_OK);
    assert_int_equal(index_open(byte_buffer_span(&out), &index, NULL), STATUS_OK);
    assert_true(span_is(index.title, "one"));
    assert_true(span_is(index_file(&index, 0).name, "one"));
    assert_true(span_is(index_file(&index, 0).content_type, "one"));
    byte_buffer_dispose(&out);
}

static void an_object_added_twice_keeps_its_number(void **state)
{
    (void)state;
    struct byte_buffer out = {0};
    struct index index;
    struct index_writer *writer = index_writer_new(span_of_string("t"), 0);
    for (unsigned round = 0; round < 2; round++)
        for (uint8_t i = 0; i < 200; i++) {
            struct index_object object = fixture_object(i, 1);
            assert_int_equal(index_writer_add_object(writer, &object), i);
        }
    assert_int_equal(finish(writer, &out, NULL), STATUS_OK);
    assert_int_equal(index_open(byte_buffer_span(&out), &index, NULL), STATUS_OK);
    assert_int_equal(index.object_count, 200);
    byte_buffer_dispose(&out);
}

static void doubled_file_names_are_refused(void **state)
{
    (void)state;
    struct byte_buffer out = {0};
    struct fault fault = {0};
    struct index_writer *writer = fixture_writer(0);
    index_writer_add_file(writer, span_of_string("empty.txt"), span_of_string("text/html"));
    assert_int_equal(finish(writer, &out, &fault), STATUS_INVALID);
    assert_string_equal(fault.text, "index: the file empty.txt is there twice");
    assert_int_equal(out.len, 0);
    byte_buffer_dispose(&out);
}

static void what_the_reader_would_refuse_is_invalid(void **state)
{
    (void)state;
    static const struct {
        const char *title, *file, *type, *message;
    } rows[] = {
        {"../t", "a", "b/c", "index: the title is no valid name"},
        {"", "a", "b/c", "index: the title is no valid name"},
        {"t", "a/b", "b/c", "index t: file 0: its name is no valid name"},
        {"t", "", "b/c", "index t: file 0: its name is no valid name"},
        {"t", "a", "", "index t: file a: its content type is no printable text"},
        {"t", "a", "b/c\r\nSet-Cookie: x",
         "index t: file a: its content type is no printable text"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct byte_buffer out = {0};
        struct fault fault = {0};
        struct index_writer *writer = index_writer_new(span_of_string(rows[i].title), 0);
        index_writer_add_file(writer, span_of_string(rows[i].file), span_of_string(rows[i].type));
        byte_buffer_put_u8(&out, 'x');
        assert_int_equal(finish(writer, &out, &fault), STATUS_INVALID);
        assert_string_equal(fault.text, rows[i].message);
        assert_int_equal(out.len, 1);
        byte_buffer_dispose(&out);
    }
}

static void an_extent_beyond_its_object_is_invalid(void **state)
{
    (void)state;
    static const struct {
        uint64_t offset, length;
    } rows[] = {{0, 0}, {0, 1001}, {1000, 1}, {1, UINT64_MAX}, {UINT64_MAX, 2}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct byte_buffer out = {0};
        struct index_writer *writer = fixture_writer(0);
        index_writer_add_file(writer, span_of_string("bad"), span_of_string("x/y"));
        index_writer_add_extent(writer, 0, rows[i].offset, rows[i].length);
        assert_int_equal(finish(writer, &out, NULL), STATUS_INVALID);
        byte_buffer_dispose(&out);
    }
}

static void lengths_that_add_up_beyond_all_numbers_are_invalid(void **state)
{
    (void)state;
    struct byte_buffer out = {0};
    struct index_writer *writer = index_writer_new(span_of_string("t"), 0);
    struct index_object object = fixture_object(0, UINT64_MAX);
    index_writer_add_object(writer, &object);
    index_writer_add_file(writer, span_of_string("a"), span_of_string("x/y"));
    index_writer_add_extent(writer, 0, 0, UINT64_MAX);
    index_writer_add_extent(writer, 0, 0, UINT64_MAX);
    assert_int_equal(finish(writer, &out, NULL), STATUS_INVALID);
    byte_buffer_dispose(&out);
}

static void etag_of(struct index_writer *writer, const char *name, uint8_t etag[INDEX_ETAG_LEN])
{
    struct byte_buffer out = {0};
    struct index index;
    struct index_file file;
    assert_int_equal(finish(writer, &out, NULL), STATUS_OK);
    assert_int_equal(index_open(byte_buffer_span(&out), &index, NULL), STATUS_OK);
    assert_true(index_find_file(&index, span_of_string(name), &file));
    memcpy(etag, file.etag, INDEX_ETAG_LEN);
    byte_buffer_dispose(&out);
}

/* SHA-256 over le64(9) "audio/mp4" and, for the extent, 32 bytes of 2, le64(0), le64(3000). */
static void the_etag_is_what_its_definition_says(void **state)
{
    (void)state;
    uint8_t etag[INDEX_ETAG_LEN];
    struct byte_buffer input = {0};
    struct index_object object = fixture_object(2, 3000);
    byte_buffer_put_le64(&input, 9);
    byte_buffer_put(&input, span_of_string("audio/mp4"));
    byte_buffer_put(&input, span_of(object.sha256.bytes, DIGEST_LEN));
    byte_buffer_put_le64(&input, 0);
    byte_buffer_put_le64(&input, 3000);
    struct digest expected = digest_sha256(byte_buffer_span(&input));
    etag_of(fixture_writer(0), "a0.mp4", etag);
    assert_memory_equal(etag, expected.bytes, INDEX_ETAG_LEN);
    byte_buffer_dispose(&input);
}

static struct index_writer *writer_of(const char *type, uint8_t object_number, uint64_t offset,
                                      uint64_t length)
{
    struct index_writer *writer = index_writer_new(span_of_string("t"), 0);
    struct index_object object = fixture_object(object_number, 100);
    index_writer_add_object(writer, &object);
    index_writer_add_file(writer, span_of_string("f"), span_of_string(type));
    index_writer_add_extent(writer, 0, offset, length);
    return writer;
}

static void the_etag_changes_with_anything_that_is_sent(void **state)
{
    (void)state;
    uint8_t etags[5][INDEX_ETAG_LEN];
    etag_of(writer_of("a/b", 1, 0, 10), "f", etags[0]);
    etag_of(writer_of("a/c", 1, 0, 10), "f", etags[1]);
    etag_of(writer_of("a/b", 2, 0, 10), "f", etags[2]);
    etag_of(writer_of("a/b", 1, 1, 10), "f", etags[3]);
    etag_of(writer_of("a/b", 1, 0, 11), "f", etags[4]);
    for (size_t a = 0; a < 5; a++)
        for (size_t b = a + 1; b < 5; b++)
            assert_memory_not_equal(etags[a], etags[b], INDEX_ETAG_LEN);
}

static void the_etag_does_not_depend_on_object_names(void **state)
{
    (void)state;
    uint8_t here[INDEX_ETAG_LEN];
    uint8_t elsewhere[INDEX_ETAG_LEN];
    struct index_writer *writer = index_writer_new(span_of_string("t"), 99);
    struct index_object object = fixture_object(1, 100);
    memset(object.name.bytes, 0x77, sizeof(object.name.bytes)); /* another store's key */
    index_writer_add_object(writer, &object);
    index_writer_add_file(writer, span_of_string("f"), span_of_string("a/b"));
    index_writer_add_extent(writer, 0, 0, 10);
    etag_of(writer, "f", elsewhere);
    etag_of(writer_of("a/b", 1, 0, 10), "f", here);
    assert_memory_equal(here, elsewhere, INDEX_ETAG_LEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_index_of_nothing_is_valid),
        cmocka_unit_test(same_input_gives_the_same_bytes),
        cmocka_unit_test(appends_to_what_is_there),
        cmocka_unit_test(records_outlive_what_they_were_copied_from),
        cmocka_unit_test(an_object_added_twice_keeps_its_number),
        cmocka_unit_test(doubled_file_names_are_refused),
        cmocka_unit_test(what_the_reader_would_refuse_is_invalid),
        cmocka_unit_test(an_extent_beyond_its_object_is_invalid),
        cmocka_unit_test(lengths_that_add_up_beyond_all_numbers_are_invalid),
        cmocka_unit_test(the_etag_is_what_its_definition_says),
        cmocka_unit_test(the_etag_changes_with_anything_that_is_sent),
        cmocka_unit_test(the_etag_does_not_depend_on_object_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
