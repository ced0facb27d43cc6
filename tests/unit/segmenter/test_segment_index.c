#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bytes_assert.h"
#include "made_track.h"
#include "segmenter/segment_index.h"

static uint32_t be32(const struct byte_buffer *bytes, size_t at)
{
    return (uint32_t)bytes->base[at] << 24 | (uint32_t)bytes->base[at + 1] << 16 |
           (uint32_t)bytes->base[at + 2] << 8 | bytes->base[at + 3];
}

static void each_segment_has_a_reference(void **state)
{
    (void)state;
    struct track_record track = made_segments(3, 0x123456, 6000);
    struct byte_buffer out = {0};
    track.media.timescale = 90000;
    track.segments[1].begins_with_first = false; /* an open GOP */
    track.segments[2].size = 0x7fffffff;
    track.segments[2].duration = UINT32_MAX;
    assert_int_equal(segment_index_write(&track, &out, NULL), STATUS_OK);
    assert_wrote(&out, "0000004c 73696478 01000000 00000001 00015f90"
                       "0000000000000000 0000000000000000 0000 0003"
                       "00123456 00001770 90000000"
                       "00123456 00001770 b0000000"
                       "7fffffff ffffffff 90000000");
    track_record_dispose(&track);
}

static void time_begins_where_the_edit_list_puts_it(void **state)
{
    (void)state;
    static const struct {
        uint64_t min_composition, lead;
        const char *time;
    } cases[] = {
        {0, 0, "0000000000000000"},       {UINT64_C(0x100000005), 0, "0000000100000005"},
        {1000, 400, "0000000000000258"},  {1000, 1000, "0000000000000000"},
        {1000, 1001, "0000000000000000"}, {0, 2112, "0000000000000000"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct track_record track = made_segments(1, 1, 1);
        struct byte_buffer out = {0};
        track.segments[0].min_composition = cases[i].min_composition;
        track.media.lead_ticks = cases[i].lead;
        assert_int_equal(segment_index_write(&track, &out, NULL), STATUS_OK);
        assert_bytes(span_of(out.base + 20, 8), cases[i].time);
        byte_buffer_dispose(&out);
        track_record_dispose(&track);
    }
}

static void beyond_65535_segments_share_references(void **state)
{
    (void)state;
    static const struct {
        size_t segments, references, per_reference;
    } cases[] = {
        {65535, 65535, 1},  {65536, 32768, 2},  {65537, 32769, 2},
        {131070, 65535, 2}, {131071, 43691, 3},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct track_record track = made_segments(cases[i].segments, 1000, 10);
        struct byte_buffer out = {0};
        track.segments[2].begins_with_first = false;
        assert_int_equal(segment_index_write(&track, &out, NULL), STATUS_OK);
        assert_int_equal(out.len, 40 + 12 * cases[i].references);
        assert_int_equal(be32(&out, 0), out.len);
        assert_int_equal(be32(&out, 36), cases[i].references);
        uint64_t size = 0, duration = 0;
        for (size_t k = 0; k < cases[i].references; k++) {
            size += be32(&out, 40 + 12 * k);
            duration += be32(&out, 44 + 12 * k);
            /* The first segment of a group says how the group begins. */
            bool is_open = k * cases[i].per_reference == 2;
            assert_int_equal(be32(&out, 48 + 12 * k), is_open ? 0xb0000000 : 0x90000000);
        }
        assert_int_equal(be32(&out, 40), 1000 * cases[i].per_reference);
        assert_int_equal(size, 1000 * cases[i].segments);
        assert_int_equal(duration, 10 * cases[i].segments);
        byte_buffer_dispose(&out);
        track_record_dispose(&track);
    }
}

static void what_a_reference_cannot_say_is_refused(void **state)
{
    (void)state;
    static const struct {
        uint64_t size, duration;
        enum status status;
    } cases[] = {
        {0x7fffffff, 1, STATUS_OK},
        {0x80000000, 1, STATUS_LIMIT},
        {UINT64_C(0x100000001), 1, STATUS_LIMIT},
        {1, UINT32_MAX, STATUS_OK},
        {1, UINT64_C(0x100000000), STATUS_LIMIT},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct track_record track = made_segments(2, 1, 1);
        struct byte_buffer out = {0};
        struct fault fault = {0};
        track.segments[1].size = cases[i].size;
        track.segments[1].duration = cases[i].duration;
        assert_int_equal(segment_index_write(&track, &out, &fault), cases[i].status);
        if (cases[i].status != STATUS_OK)
            assert_non_null(strstr(fault.text, "segment 2 has "));
        byte_buffer_dispose(&out);
        track_record_dispose(&track);
    }
}

static void a_group_is_held_to_the_limit_as_a_whole(void **state)
{
    (void)state;
    struct track_record track = made_segments(65536, 0x40000000, 1);
    struct byte_buffer out = {0};
    assert_int_equal(segment_index_write(&track, &out, NULL), STATUS_LIMIT);
    byte_buffer_dispose(&out);
    track_record_dispose(&track);
}

static void a_track_without_segments_is_refused(void **state)
{
    (void)state;
    struct track_record track = made_segments(0, 0, 0);
    struct byte_buffer out = {0};
    assert_int_equal(segment_index_write(&track, &out, NULL), STATUS_INVALID);
    assert_int_equal(out.len, 0);
    track_record_dispose(&track);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_segment_has_a_reference),
        cmocka_unit_test(time_begins_where_the_edit_list_puts_it),
        cmocka_unit_test(beyond_65535_segments_share_references),
        cmocka_unit_test(what_a_reference_cannot_say_is_refused),
        cmocka_unit_test(a_group_is_held_to_the_limit_as_a_whole),
        cmocka_unit_test(a_track_without_segments_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
