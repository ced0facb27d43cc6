#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "server/hpack_fields.h"

/* Feeds an exact copy of the block in pieces of `step` bytes. */
static struct hpack_fields feed(const char *block, size_t len, size_t step)
{
    struct hpack_fields fields;
    uint8_t *copy = malloc(len);
    assert_non_null(copy);
    memcpy(copy, block, len);
    hpack_fields_init(&fields);
    for (size_t i = 0; i < len; i += step)
        hpack_fields_feed(&fields, span_of(copy + i, len - i < step ? len - i : step));
    free(copy);
    return fields;
}

static void assert_count(const char *block, size_t len, uint32_t expected)
{
    for (size_t step = 1; step <= len; step++) {
        struct hpack_fields fields = feed(block, len, step);
        assert_int_equal(fields.count, expected);
        assert_int_equal(fields.state, HPACK_REPRESENTATION);
    }
}

#define ASSERT_COUNT(block, expected) assert_count(block, sizeof(block) - 1, expected)

/* The examples of RFC 7541, C.2 and C.4.1 */
static void the_standards_examples(void **state)
{
    (void)state;
    ASSERT_COUNT("\x40\x0a"
                 "custom-key"
                 "\x0d"
                 "custom-header",
                 1);
    ASSERT_COUNT("\x04\x0c/sample/path", 1);
    ASSERT_COUNT("\x10\x08password\x06secret", 1);
    ASSERT_COUNT("\x82", 1);
    ASSERT_COUNT("\x82\x86\x84\x41\x8c\xf1\xe3\xc2\xe5\xf2\x3a\x6b\xa0\xab\x90\xf4\xff", 4);
}

static void indexed_fields_are_a_byte_each(void **state)
{
    (void)state;
    char block[1000];
    memset(block, 0xbe, sizeof(block));
    assert_int_equal(feed(block, sizeof(block), 7).count, 1000);
}

static void long_integers_are_skipped(void **state)
{
    (void)state;
    ASSERT_COUNT("\xff\x80\x80\x01\x82", 2); /* an index of several bytes, and one of one */
    ASSERT_COUNT("\x7f\x81\x01\x02"
                 "ab"
                 "\x82",
                 2);                     /* a literal with such a name */
    ASSERT_COUNT("\x3f\xe1\x1f\x82", 2); /* a table size */
}

static void long_strings_are_skipped(void **state)
{
    (void)state;
    char block[4 + 300 + 1];
    memset(block, 0x82, sizeof(block));   /* each would be a field */
    memcpy(block, "\x01\x7f\xad\x01", 4); /* 127 + 45 + 128 */
    assert_count(block, sizeof(block), 2);
}

static void empty_strings_end_at_once(void **state)
{
    (void)state;
    ASSERT_COUNT("\x40\x00\x00\x82", 2);
    ASSERT_COUNT("\x00\x80\x80\x82", 2);
}

/* Nobody sends such a length: what matters is that counting goes on and ends. */
static void a_length_beyond_all_measure_swallows_the_block(void **state)
{
    (void)state;
    static const char block[] =
        "\x01\x7f\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x82\x82\x82";
    struct hpack_fields fields = feed(block, sizeof(block) - 1, 5);
    assert_int_equal(fields.count, 1);
    assert_int_equal(fields.state, HPACK_STRING_BYTES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_standards_examples),
        cmocka_unit_test(indexed_fields_are_a_byte_each),
        cmocka_unit_test(long_integers_are_skipped),
        cmocka_unit_test(long_strings_are_skipped),
        cmocka_unit_test(empty_strings_end_at_once),
        cmocka_unit_test(a_length_beyond_all_measure_swallows_the_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
