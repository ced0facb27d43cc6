#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bytes_assert.h"
#include "segmenter/moov_header.h"

/* What follows the duration is told by its bytes: each one another. */
#define MVHD_REST                                                                                  \
    "\x00\x01\x00\x00\x01\x00\x11\x12\x21\x22\x23\x24\x25\x26\x27\x28"                             \
    "\x31\x32\x33\x34\x35\x36\x37\x38\x39\x3a\x3b\x3c\x3d\x3e\x3f\x40\x41\x42\x43\x44\x45\x46"     \
    "\x47\x48\x49\x4a\x4b\x4c\x4d\x4e\x4f\x50\x51\x52\x53\x54"                                     \
    "\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f\x70\x71\x72\x73\x74\x75\x76"     \
    "\x77\x78"
#define MVHD_REST_HEX                                                                              \
    "00010000 0100 1112 21222324 25262728"                                                         \
    "3132333435363738 393a3b3c3d3e3f40 4142434445464748 494a4b4c4d4e4f50 51525354"                 \
    "6162636465666768 696a6b6c6d6e6f70 7172737475767778"
#define TKHD_REST                                                                                  \
    "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10"                             \
    "\x31\x32\x33\x34\x35\x36\x37\x38\x39\x3a\x3b\x3c\x3d\x3e\x3f\x40\x41\x42\x43\x44\x45\x46"     \
    "\x47\x48\x49\x4a\x4b\x4c\x4d\x4e\x4f\x50\x51\x52\x53\x54\x05\x00\x00\x00\x02\xd0\x00\x00"
#define TKHD_REST_HEX                                                                              \
    "0102030405060708 090a0b0c0d0e0f10"                                                            \
    "3132333435363738 393a3b3c3d3e3f40 4142434445464748 494a4b4c4d4e4f50 51525354"                 \
    "05000000 02d00000"

#define V0(number) "\0\xab\xcd\xef\x11\x11\x11\x11\x22\x22\x22\x22" number
#define V1(number)                                                                                 \
    "\1\xab\xcd\xef\x11\x11\x11\x11\x11\x11\x11\x11\x22\x22\x22\x22\x22\x22\x22\x22" number

static const char mvhd_v0[] = V0("\0\0\x03\xe8") "\x33\x33\x33\x33" MVHD_REST "\0\0\0\7";
static const char mvhd_v1[] =
    V1("\0\0\x03\xe8") "\x33\x33\x33\x33\x33\x33\x33\x33" MVHD_REST "\0\0\0\7";
static const char tkhd_v0[] = V0("\0\0\0\1") "\x44\x44\x44\x44\x33\x33\x33\x33" TKHD_REST;
static const char tkhd_v1[] =
    V1("\0\0\0\1") "\x44\x44\x44\x44\x33\x33\x33\x33\x33\x33\x33\x33" TKHD_REST;
static const char mdhd_v0[] = V0("\0\0\xbb\x80") "\x33\x33\x33\x33\x15\xc7\0\0";
static const char mdhd_v1[] = V1("\0\0\xbb\x80") "\x33\x33\x33\x33\x33\x33\x33\x33\x15\xc7\0\0";

#define CONTENT(array) span_of(array, sizeof(array) - 1)

enum kind { MVHD, TKHD, MDHD };

static bool write(enum kind kind, struct span content, uint64_t duration, struct byte_buffer *out)
{
    switch (kind) {
    case MVHD:
        return moov_write_mvhd(content, 90000, duration, 3, out);
    case TKHD:
        return moov_write_tkhd(content, 2, duration, out);
    default:
        return moov_write_mdhd(content, duration, out);
    }
}

/* Times of creation become 0: the same film always makes the same bytes. */
static void all_but_times_goes_over(void **state)
{
    (void)state;
    const struct {
        enum kind kind;
        struct span v0, v1;
        const char *narrow; /* with a duration of 0xfffffffe */
        const char *wide;   /* with one of 0x112345678 */
    } cases[] = {
        {MVHD, CONTENT(mvhd_v0), CONTENT(mvhd_v1),
         "0000006c 6d766864 00abcdef 00000000 00000000 00015f90 fffffffe" MVHD_REST_HEX "00000003",
         "00000078 6d766864 01abcdef 0000000000000000 0000000000000000 00015f90"
         "0000000112345678" MVHD_REST_HEX "00000003"},
        {TKHD, CONTENT(tkhd_v0), CONTENT(tkhd_v1),
         "0000005c 746b6864 00abcdef 00000000 00000000 00000002 00000000 fffffffe" TKHD_REST_HEX,
         "00000068 746b6864 01abcdef 0000000000000000 0000000000000000 00000002 00000000"
         "0000000112345678" TKHD_REST_HEX},
        {MDHD, CONTENT(mdhd_v0), CONTENT(mdhd_v1),
         "00000020 6d646864 00abcdef 00000000 00000000 0000bb80 fffffffe 15c70000",
         "0000002c 6d646864 01abcdef 0000000000000000 0000000000000000 0000bb80"
         "0000000112345678 15c70000"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (int version = 0; version < 2; version++) {
            struct span content = version == 0 ? cases[i].v0 : cases[i].v1;
            struct byte_buffer out = {0};
            assert_true(write(cases[i].kind, content, 0xfffffffe, &out));
            assert_wrote(&out, cases[i].narrow);
            assert_true(write(cases[i].kind, content, UINT64_C(0x112345678), &out));
            assert_wrote(&out, cases[i].wide);
        }
    }
}

/* All ones in 32 bits would say that the duration is unknown. */
static void a_duration_of_all_ones_is_written_wide(void **state)
{
    (void)state;
    struct byte_buffer out = {0};
    assert_true(moov_write_mdhd(CONTENT(mdhd_v0), UINT32_MAX, &out));
    assert_wrote(&out, "0000002c 6d646864 01abcdef 0000000000000000 0000000000000000 0000bb80"
                       "00000000ffffffff 15c70000");
}

static void the_timescale_is_read_from_either_version(void **state)
{
    (void)state;
    assert_int_equal(moov_timescale(CONTENT(mvhd_v0)), 1000);
    assert_int_equal(moov_timescale(CONTENT(mvhd_v1)), 1000);
    assert_int_equal(moov_timescale(CONTENT(mdhd_v0)), 48000);
    assert_int_equal(moov_timescale(CONTENT(mdhd_v1)), 48000);
    assert_int_equal(moov_timescale(span_of(NULL, 0)), 0);
}

static void what_is_too_short_is_refused(void **state)
{
    (void)state;
    const struct {
        enum kind kind;
        struct span content;
        size_t needed;
    } cases[] = {
        {MVHD, CONTENT(mvhd_v0), 24}, {MVHD, CONTENT(mvhd_v1), 36}, {TKHD, CONTENT(tkhd_v0), 24},
        {TKHD, CONTENT(tkhd_v1), 36}, {MDHD, CONTENT(mdhd_v0), 20}, {MDHD, CONTENT(mdhd_v1), 32},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (size_t len = 0; len < cases[i].content.len; len++) {
            struct span part = exact_copy(span_slice(cases[i].content, 0, len));
            struct byte_buffer out = {0};
            assert_int_equal(write(cases[i].kind, part, 1, &out), len >= cases[i].needed);
            if (len < cases[i].needed)
                assert_int_equal(out.len, 0);
            byte_buffer_dispose(&out);
            exact_free(part);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_but_times_goes_over),
        cmocka_unit_test(a_duration_of_all_ones_is_written_wide),
        cmocka_unit_test(the_timescale_is_read_from_either_version),
        cmocka_unit_test(what_is_too_short_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
