#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/byte_buffer.h"
#include "segmenter/declared_end.h"

static size_t read_at(void *context, uint64_t offset, uint8_t *bytes, size_t len)
{
    const struct span *file = context;
    if (offset >= file->len)
        return 0;
    size_t there = file->len - (size_t)offset;
    memcpy(bytes, file->base + offset, len < there ? len : there);
    return len < there ? len : there;
}

struct file_case {
    const char *what;
    const char *bytes;
    size_t len;
    uint64_t end;
};
#define CASE(what, bytes, end)                                                                     \
    {                                                                                              \
        what, bytes, sizeof(bytes) - 1, end                                                        \
    }

typedef uint64_t (*end_judge)(file_reader read, void *context, uint64_t size);

static void assert_ends(end_judge judge, const struct file_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct span file = span_of(cases[i].bytes, cases[i].len);
        uint64_t end = judge(read_at, &file, file.len);
        if (end != cases[i].end)
            fail_msg("%s: %llu", cases[i].what, (unsigned long long)end);
    }
}

#define FTYP                                                                                       \
    "\0\0\0\x0c"                                                                                   \
    "ftypisom"

static void boxes_end_where_the_last_one_does(void **state)
{
    (void)state;
    static const struct file_case cases[] = {
        CASE("nothing", "", 0),
        CASE("one box", FTYP, 12),
        CASE("two",
             FTYP "\0\0\0\x09"
                  "mdat!",
             21),
        CASE("the last one a byte short",
             FTYP "\0\0\0\x0a"
                  "mdat!",
             22),
        CASE("far longer than the file",
             FTYP "\x7f\xff\xff\xff"
                  "mdat",
             12 + 0x7fffffffu),
        CASE("a large size", FTYP "\0\0\0\1mdat\0\0\0\1\0\0\0\0", 12 + UINT64_C(0x100000000)),
        CASE("a large size that ends in time", FTYP "\0\0\0\1mdat\0\0\0\0\0\0\0\x11!", 29),
        CASE("beyond 64 bits", FTYP "\0\0\0\1mdat\xff\xff\xff\xff\xff\xff\xff\xff", UINT64_MAX),
        CASE("to the end of the file", FTYP "\0\0\0\0mdat and more", 29),
        CASE("padding behind the last box", FTYP "\0\0\0\0\0\0\0\0\0\0", 22),
        CASE("bytes that are no type", FTYP "\0\0\1\0\1\2\3\4", 20),
        CASE("a type with a copyright sign",
             FTYP "\0\0\0\x63\xa9"
                  "nam",
             12 + 99),
        CASE("a box smaller than its header", FTYP "\0\0\0\7mdat", 20),
        CASE("... by one, with a large one behind it",
             FTYP "\0\0\0\7mda"
                  " \0\0\0free",
             27),
        CASE("part of a header", FTYP "\0\0\0\x40mda", 19),
    };
    assert_ends(declared_end_of_boxes, cases, sizeof(cases) / sizeof(cases[0]));
}

#define EBML "\x1a\x45\xdf\xa3\x84head"
#define SEGMENT "\x18\x53\x80\x67"
#define CLUSTER "\x1f\x43\xb6\x75"

static void elements_end_where_the_segment_does(void **state)
{
    (void)state;
    static const struct file_case cases[] = {
        CASE("nothing", "", 0),
        CASE("head alone", EBML, 9),
        CASE("whole",
             EBML SEGMENT "\x83"
                          "abc",
             17),
        CASE("cut by two",
             EBML SEGMENT "\x83"
                          "a",
             17),
        CASE("a size of eight bytes", EBML SEGMENT "\x01\0\0\0\0\0\x10\0", 9 + 12 + 4096),
        CASE("bytes behind the segment",
             EBML SEGMENT "\x83"
                          "abc and more",
             17),
        CASE("live: the last cluster counts",
             EBML SEGMENT "\xff" CLUSTER "\x84"
                          "abcd" CLUSTER "\x85"
                          "abc",
             14 + 9 + 10),
        CASE("live, whole",
             EBML SEGMENT "\xff" CLUSTER "\x84"
                          "abcd",
             23),
        CASE("live clusters are entered",
             EBML SEGMENT "\x01\xff\xff\xff\xff\xff\xff\xff" CLUSTER "\xff\xa3\x85"
                          "abc",
             9 + 12 + 5 + 2 + 5),
        CASE("another element of open size",
             EBML SEGMENT "\xff\xa3\xff"
                          "abc",
             9 + 5 + 5),
        CASE("beyond 64 bits never, but far", EBML SEGMENT "\x01\xff\xff\xff\xff\xff\xff\xfe",
             21 + UINT64_C(0xfffffffffffffe)),
        CASE("no element", EBML "\0\0\0\0\0\0", 15),
        CASE("an id that is too long", EBML "\x08\0\0\0\0\x80", 15),
        CASE("a size that is too long", EBML "\xa3\0\0\0\0\0", 15),
        CASE("part of a header", EBML "\x18\x53", 11),
    };
    assert_ends(declared_end_of_ebml, cases, sizeof(cases) / sizeof(cases[0]));
}

/* A transport stream: `lead` bytes of a packet whose beginning is missing, `packets`, `rest` bytes
 * of one whose end is missing. */
static void packets_end_where_the_last_one_does(void **state)
{
    (void)state;
    static const struct {
        size_t packet_len, lead, packets, rest;
        bool is_whole;
    } cases[] = {
        {188, 0, 10, 0, true},   {188, 0, 10, 1, false},    {188, 0, 10, 187, false},
        {188, 100, 10, 0, true}, {188, 100, 10, 5, false},  {188, 187, 10, 0, true},
        {192, 0, 10, 0, true},   {192, 0, 10, 1, false},    {192, 3, 10, 0, true},
        {192, 60, 10, 0, true},  {192, 60, 10, 191, false}, {204, 0, 10, 0, true},
        {204, 16, 10, 0, true},  {204, 16, 10, 7, false},   {188, 0, 2, 0, true},
        {188, 0, 2, 9, false},   {188, 0, 0, 0, true},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct byte_buffer bytes = {0};
        size_t len = cases[i].packet_len;
        size_t total = cases[i].lead + cases[i].packets * len + cases[i].rest;
        byte_buffer_put_zeros(&bytes, total);
        for (size_t at = cases[i].lead; at < total; at += len) {
            size_t sync = at + (len == 192 ? 4 : 0);
            if (sync < total)
                bytes.base[sync] = 0x47;
        }
        struct span file = byte_buffer_span(&bytes);
        uint64_t end = declared_end_of_packets(read_at, &file, total, len);
        uint64_t missing = cases[i].is_whole ? 0 : len - cases[i].rest;
        if (end != total + missing)
            fail_msg("case %zu: %llu", i, (unsigned long long)end);
        byte_buffer_dispose(&bytes);
    }
}

static void a_file_without_sync_bytes_is_not_judged(void **state)
{
    (void)state;
    uint8_t bytes[1000] = {0};
    struct span file = span_of(bytes, sizeof(bytes));
    assert_int_equal(declared_end_of_packets(read_at, &file, 1000, 188), 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(boxes_end_where_the_last_one_does),
        cmocka_unit_test(elements_end_where_the_segment_does),
        cmocka_unit_test(packets_end_where_the_last_one_does),
        cmocka_unit_test(a_file_without_sync_bytes_is_not_judged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
