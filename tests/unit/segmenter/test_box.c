#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bytes_assert.h"
#include "segmenter/box.h"

#define FTYP BOX_TYPE('f', 't', 'y', 'p')
#define FREE BOX_TYPE('f', 'r', 'e', 'e')
#define MOOV BOX_TYPE('m', 'o', 'o', 'v')
#define TRAK BOX_TYPE('t', 'r', 'a', 'k')
#define TKHD BOX_TYPE('t', 'k', 'h', 'd')

static struct span literal(const char *bytes, size_t len)
{
    return exact_copy(span_of(bytes, len));
}
#define LITERAL(text) literal(text, sizeof(text) - 1)

static void boxes_come_one_after_the_other(void **state)
{
    (void)state;
    struct span all = LITERAL("\0\0\0\x0c"
                              "ftypisom"
                              "\0\0\0\x08"
                              "free");
    struct span rest = all;
    struct box box;
    assert_true(box_next(&rest, &box));
    assert_int_equal(box.type, FTYP);
    assert_ptr_equal(box.whole.base, all.base);
    assert_int_equal(box.whole.len, 12);
    assert_true(span_is(box.content, "isom"));
    assert_true(box_next(&rest, &box));
    assert_int_equal(box.type, FREE);
    assert_ptr_equal(box.whole.base, all.base + 12);
    assert_int_equal(box.whole.len, 8);
    assert_int_equal(box.content.len, 0);
    assert_int_equal(rest.len, 0);
    assert_false(box_next(&rest, &box));
    exact_free(all);
}

static void a_large_size_counts_its_own_header(void **state)
{
    (void)state;
    struct span all = LITERAL("\0\0\0\1mdat\0\0\0\0\0\0\0\x13"
                              "abc!");
    struct span rest = all;
    struct box box;
    assert_true(box_next(&rest, &box));
    assert_int_equal(box.whole.len, 19);
    assert_true(span_is(box.content, "abc"));
    assert_true(span_is(rest, "!"));
    exact_free(all);
}

static void what_is_no_box_is_not_taken(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
    } cases[] = {
        {"", 0},
        {"\0\0\0\x08"
         "fre",
         7},
        {"\0\0\0\x09"
         "free",
         8},                 /* one byte more than there is */
        {"\0\0\0\0free", 8}, /* size 0: to the end; no muxer of ours */
        {"\0\0\0\2free", 8}, /* less than its own header */
        {"\0\0\0\7free", 8}, /* the same, by one */
        {"\xff\xff\xff\xff"
         "free",
         8},
        {"\0\0\0\1free\0\0\0\0\0\0\0", 15},     /* a large size cut short */
        {"\0\0\0\1free\0\0\0\0\0\0\0\x0f", 16}, /* less than the large header */
        {"\0\0\0\1free\0\0\0\0\0\0\0\x11", 16}, /* one byte more than there is */
        {"\0\0\0\1free\0\0\0\1\0\0\0\x10", 16}, /* the low half would fit */
        {"\0\0\0\1free\xff\xff\xff\xff\xff\xff\xff\xff", 16},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct span all = literal(cases[i].bytes, cases[i].len);
        struct span rest = all;
        struct box box;
        assert_false(box_next(&rest, &box));
        assert_ptr_equal(rest.base, all.base);
        assert_int_equal(rest.len, cases[i].len);
        assert_false(box_find(all, FREE, &box));
        exact_free(all);
    }
}

static void a_path_leads_through_the_first_box_of_each_type(void **state)
{
    (void)state;
    static const uint32_t path[] = {MOOV, TRAK, TKHD};
    struct byte_buffer out = {0};
    struct box box;
    size_t skipped = box_begin(&out, FREE);
    size_t inner = box_begin(&out, MOOV); /* not on the way: inside another box */
    box_end(&out, inner);
    box_end(&out, skipped);
    size_t moov = box_begin(&out, MOOV);
    for (uint8_t i = 1; i <= 2; i++) {
        size_t trak = box_begin(&out, TRAK);
        size_t tkhd = box_begin(&out, TKHD);
        byte_buffer_put_u8(&out, i);
        box_end(&out, tkhd);
        box_end(&out, trak);
    }
    box_end(&out, moov);
    struct span all = exact_copy(byte_buffer_span(&out));

    assert_true(box_find_path(all, 3, path, &box));
    assert_int_equal(box.type, TKHD);
    assert_int_equal(box.content.len, 1);
    assert_int_equal(box.content.base[0], 1);
    assert_true(box_find_path(all, 1, path, &box));
    assert_int_equal(box.whole.len, out.len - 16);
    assert_false(box_find_path(all, 2, path + 1, &box));
    assert_false(box_find_path(all, 0, path, &box));
    exact_free(all);
    byte_buffer_dispose(&out);
}

static void written_boxes_know_their_sizes(void **state)
{
    (void)state;
    struct byte_buffer out = {0};
    byte_buffer_put_u8(&out, 0xaa); /* a box need not begin the buffer */
    size_t outer = box_begin(&out, MOOV);
    size_t inner = box_begin_full(&out, TKHD, 1, 0x020304);
    byte_buffer_put_be16(&out, 0xbbcc);
    box_end(&out, inner);
    box_end(&out, outer);
    assert_wrote(&out, "aa 00000016 6d6f6f76 0000000e 746b6864 01 020304 bbcc");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(boxes_come_one_after_the_other),
        cmocka_unit_test(a_large_size_counts_its_own_header),
        cmocka_unit_test(what_is_no_box_is_not_taken),
        cmocka_unit_test(a_path_leads_through_the_first_box_of_each_type),
        cmocka_unit_test(written_boxes_know_their_sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
