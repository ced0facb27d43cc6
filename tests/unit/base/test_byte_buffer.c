#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/byte_buffer.h"

static void assert_bytes(const struct byte_buffer *buffer, const char *expected, size_t len)
{
    assert_int_equal(buffer->len, len);
    assert_memory_equal(buffer->base, expected, len);
}

static void numbers_are_laid_out_in_their_byte_order(void **state)
{
    (void)state;
    struct byte_buffer buffer = {0};
    byte_buffer_put_u8(&buffer, 0x01);
    byte_buffer_put_be16(&buffer, 0x0203);
    byte_buffer_put_be24(&buffer, 0x040506);
    byte_buffer_put_be32(&buffer, 0x0708090a);
    byte_buffer_put_be64(&buffer, UINT64_C(0x0b0c0d0e0f101112));
    byte_buffer_put_le32(&buffer, 0x16151413);
    byte_buffer_put_le64(&buffer, UINT64_C(0x1e1d1c1b1a191817));
    assert_int_equal(buffer.len, 30);
    for (uint8_t i = 0; i < 30; i++)
        assert_int_equal(buffer.base[i], i + 1);
    byte_buffer_dispose(&buffer);
}

static void starts_empty_and_is_empty_after_dispose(void **state)
{
    (void)state;
    struct byte_buffer buffer = {0};
    assert_int_equal(byte_buffer_span(&buffer).len, 0);
    byte_buffer_put(&buffer, span_of_string("abc"));
    byte_buffer_dispose(&buffer);
    assert_null(buffer.base);
    assert_int_equal(buffer.len, 0);
}

static void putting_nothing_appends_nothing(void **state)
{
    (void)state;
    struct byte_buffer buffer = {0};
    byte_buffer_put(&buffer, span_of(NULL, 0));
    byte_buffer_put_zeros(&buffer, 0);
    assert_int_equal(buffer.len, 0);
    byte_buffer_dispose(&buffer);
}

static void clear_forgets_bytes_but_keeps_memory(void **state)
{
    (void)state;
    struct byte_buffer buffer = {0};
    byte_buffer_put_zeros(&buffer, 1000);
    const uint8_t *base = buffer.base;
    byte_buffer_clear(&buffer);
    byte_buffer_put(&buffer, span_of_string("xy"));
    assert_ptr_equal(buffer.base, base);
    assert_bytes(&buffer, "xy", 2);
    byte_buffer_dispose(&buffer);
}

static void grows_past_any_capacity_and_keeps_what_was_there(void **state)
{
    (void)state;
    struct byte_buffer buffer = {0};
    for (unsigned i = 0; i < 100000; i++)
        byte_buffer_put_le32(&buffer, i);
    assert_int_equal(buffer.len, 400000);
    for (unsigned i = 0; i < 100000; i++) {
        const uint8_t *at = buffer.base + 4 * (size_t)i;
        assert_int_equal(at[0] | at[1] << 8 | at[2] << 16, i);
    }
    byte_buffer_dispose(&buffer);
}

static void set_be32_overwrites_four_bytes_in_place(void **state)
{
    (void)state;
    struct byte_buffer buffer = {0};
    byte_buffer_put(&buffer, span_of_string("aXXXXb"));
    byte_buffer_set_be32(&buffer, 1, 0x31323334);
    assert_bytes(&buffer, "a1234b", 6);
    byte_buffer_dispose(&buffer);
}

static void set_be32_at_the_very_end_fits(void **state)
{
    (void)state;
    struct byte_buffer buffer = {0};
    byte_buffer_put(&buffer, span_of_string("abcd"));
    byte_buffer_set_be32(&buffer, 0, 1);
    assert_bytes(&buffer, "\0\0\0\1", 4);
    byte_buffer_dispose(&buffer);
}

static void printf_appends_text_without_its_nul(void **state)
{
    (void)state;
    struct byte_buffer buffer = {0};
    byte_buffer_put(&buffer, span_of_string("<"));
    byte_buffer_printf(&buffer, "%d-%s", 42, "end");
    byte_buffer_put(&buffer, span_of_string(">"));
    assert_bytes(&buffer, "<42-end>", 8);
    byte_buffer_dispose(&buffer);
}

static void large_ones_are_aligned_and_keep_what_was_there(void **state)
{
    struct byte_buffer buffer = {0};
    (void)state;
    for (size_t i = 0; i < 300000; i++) {
        byte_buffer_put_u8(&buffer, (uint8_t)(i % 251));
        if (buffer.capacity >= BYTE_BUFFER_ALIGNED_LEN)
            assert_int_equal((uintptr_t)buffer.base % BYTE_BUFFER_ALIGNMENT, 0);
    }
    assert_int_equal(buffer.len, 300000);
    assert_true(buffer.capacity >= BYTE_BUFFER_ALIGNED_LEN);
    for (size_t i = 0; i < 300000; i++)
        assert_int_equal(buffer.base[i], i % 251);
    byte_buffer_dispose(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_laid_out_in_their_byte_order),
        cmocka_unit_test(starts_empty_and_is_empty_after_dispose),
        cmocka_unit_test(putting_nothing_appends_nothing),
        cmocka_unit_test(clear_forgets_bytes_but_keeps_memory),
        cmocka_unit_test(grows_past_any_capacity_and_keeps_what_was_there),
        cmocka_unit_test(large_ones_are_aligned_and_keep_what_was_there),
        cmocka_unit_test(set_be32_overwrites_four_bytes_in_place),
        cmocka_unit_test(set_be32_at_the_very_end_fits),
        cmocka_unit_test(printf_appends_text_without_its_nul),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
