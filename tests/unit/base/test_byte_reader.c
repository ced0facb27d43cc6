#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/byte_reader.h"

static void numbers_are_read_in_their_byte_order(void **state)
{
    (void)state;
    uint8_t bytes[30];
    for (uint8_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)(i + 1);
    struct byte_reader reader = byte_reader_init(span_of(bytes, sizeof(bytes)));
    assert_int_equal(byte_reader_u8(&reader), 0x01);
    assert_int_equal(byte_reader_be16(&reader), 0x0203);
    assert_int_equal(byte_reader_be24(&reader), 0x040506);
    assert_int_equal(byte_reader_be32(&reader), 0x0708090a);
    assert_true(byte_reader_be64(&reader) == UINT64_C(0x0b0c0d0e0f101112));
    assert_int_equal(byte_reader_le32(&reader), 0x16151413);
    assert_true(byte_reader_le64(&reader) == UINT64_C(0x1e1d1c1b1a191817));
    assert_int_equal(reader.rest.len, 0);
    assert_false(reader.failed);
}

static void large_values_keep_their_top_bit(void **state)
{
    (void)state;
    struct byte_reader reader = byte_reader_init(span_of("\xff\xff\xff\xff\xff\xff\xff\xff", 8));
    assert_true(byte_reader_be64(&reader) == UINT64_MAX);
}

static void every_read_one_byte_short_fails_with_zero(void **state)
{
    (void)state;
    for (size_t width = 1; width <= 8; width++) {
        /* An exact-size copy, so that a sanitizer sees a read beyond it. */
        uint8_t *bytes = malloc(width);
        memset(bytes, 0xff, width);
        struct byte_reader reader = byte_reader_init(span_of(bytes, width - 1));
        uint64_t value = width == 1   ? byte_reader_u8(&reader)
                         : width == 2 ? byte_reader_be16(&reader)
                         : width == 3 ? byte_reader_be24(&reader)
                         : width == 4 ? byte_reader_be32(&reader)
                                      : byte_reader_be64(&reader);
        assert_true(value == 0);
        assert_true(reader.failed);
        free(bytes);
    }
}

static void failure_sticks_although_bytes_are_left(void **state)
{
    (void)state;
    struct byte_reader reader = byte_reader_init(span_of_string("abc"));
    assert_int_equal(byte_reader_be32(&reader), 0);
    assert_int_equal(byte_reader_u8(&reader), 0);
    assert_int_equal(byte_reader_take(&reader, 1).len, 0);
    assert_true(reader.failed);
}

static void take_lends_the_bytes_where_they_lie(void **state)
{
    (void)state;
    struct span bytes = span_of_string("abcdef");
    struct byte_reader reader = byte_reader_init(bytes);
    byte_reader_skip(&reader, 2);
    struct span taken = byte_reader_take(&reader, 3);
    assert_ptr_equal(taken.base, bytes.base + 2);
    assert_true(span_is(taken, "cde"));
    assert_true(span_is(reader.rest, "f"));
    assert_false(reader.failed);
}

static void a_length_beyond_all_memory_fails(void **state)
{
    (void)state;
    struct byte_reader reader = byte_reader_init(span_of_string("abc"));
    byte_reader_skip(&reader, UINT64_MAX);
    assert_true(reader.failed);
}

static void taking_nothing_from_nothing_succeeds(void **state)
{
    (void)state;
    struct byte_reader reader = byte_reader_init(span_of(NULL, 0));
    assert_int_equal(byte_reader_take(&reader, 0).len, 0);
    assert_false(reader.failed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_read_in_their_byte_order),
        cmocka_unit_test(large_values_keep_their_top_bit),
        cmocka_unit_test(every_read_one_byte_short_fails_with_zero),
        cmocka_unit_test(failure_sticks_although_bytes_are_left),
        cmocka_unit_test(take_lends_the_bytes_where_they_lie),
        cmocka_unit_test(a_length_beyond_all_memory_fails),
        cmocka_unit_test(taking_nothing_from_nothing_succeeds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
