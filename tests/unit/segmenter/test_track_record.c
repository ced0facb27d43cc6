#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bytes_assert.h"
#include "made_fragment.h"
#include "segmenter/track_record.h"

/* Samples of 10 ticks with the given offsets, a byte each; the first one a sync sample. */
static enum status add(struct track_record *track, uint64_t decode_time, const uint32_t *offsets,
                       uint32_t count, uint64_t at)
{
    struct made_sample samples[8];
    struct byte_buffer bytes = {0};
    for (uint32_t i = 0; i < count; i++)
        samples[i] = (struct made_sample){1, 10, offsets[i], i == 0 ? MADE_SYNC : MADE_NON_SYNC};
    make_fragment(&(struct made_fragment){MADE_EXPLICIT, .decode_time = decode_time,
                                          .samples = samples, .sample_count = count},
                  &bytes);
    struct span copy = exact_copy(byte_buffer_span(&bytes));
    enum status status = track_record_add_fragment(track, copy, at, NULL);
    exact_free(copy);
    byte_buffer_dispose(&bytes);
    return status;
}
#define OFFSETS(...) (const uint32_t[]){__VA_ARGS__}, sizeof((uint32_t[]){__VA_ARGS__}) / 4

static void fragments_and_segments_are_noted(void **state)
{
    (void)state;
    struct track_record track = {.media = {.lead_ticks = 25}};
    track_record_begin_segment(&track);
    assert_int_equal(add(&track, 5, OFFSETS(10, 10, 10), 0), STATUS_OK);
    assert_int_equal(add(&track, 35, OFFSETS(10, 10), 500), STATUS_OK);
    track_record_end_segment(&track, 7, 999);
    track_record_begin_segment(&track);
    assert_int_equal(add(&track, 55, OFFSETS(10), 0), STATUS_OK);
    track_record_end_segment(&track, 9, 111);

    assert_int_equal(track.fragment_count, 3);
    /* payload: behind 8 + 16 + 8 + 16 + 20 + 20 + 16 a sample + 8 */
    static const struct fragment_record fragments[] = {
        {-20, 7, 3, 144, 3}, {10, 7, 2, 628, 2}, {30, 9, 1, 112, 1}};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(track.fragments[i].begin, fragments[i].begin);
        assert_int_equal(track.fragments[i].object, fragments[i].object);
        assert_int_equal(track.fragments[i].sample_count, fragments[i].sample_count);
        assert_int_equal(track.fragments[i].payload_offset, fragments[i].payload_offset);
        assert_int_equal(track.fragments[i].payload_len, fragments[i].payload_len);
    }
    static const struct segment_record segments[] = {{5, 50, 15, true, 7, 999, 0},
                                                     {55, 10, 65, true, 9, 111, 2}};
    assert_int_equal(track.segment_count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(track.segments[i].decode_time, segments[i].decode_time);
        assert_int_equal(track.segments[i].duration, segments[i].duration);
        assert_int_equal(track.segments[i].min_composition, segments[i].min_composition);
        assert_int_equal(track.segments[i].object, segments[i].object);
        assert_int_equal(track.segments[i].size, segments[i].size);
        assert_int_equal(track.segments[i].first_fragment, segments[i].first_fragment);
    }
    assert_int_equal(track.samples.count, 6);
    assert_int_equal(track.samples.duration, 60);
    assert_int_equal(track_record_first_decode_time(&track), 5);
    track_record_dispose(&track);
    assert_int_equal(track.segment_count, 0);
    assert_int_equal(track_record_first_decode_time(&track), 0);
}

static void a_segment_knows_whether_its_first_sample_is_shown_first(void **state)
{
    (void)state;
    static const struct {
        uint32_t first[3], second[3];
        bool begins_with_first;
        uint64_t min_composition;
    } cases[] = {
        {{20, 40, 10}, {20, 40, 10}, true, 120},
        {{40, 10, 10}, {40, 40, 40}, false, 120}, /* a leading picture right away */
        {{60, 60, 60}, {10, 40, 40}, false, 140}, /* only in the next fragment */
        {{60, 60, 60}, {30, 40, 40}, true, 160},  /* shown together with the first */
        {{40, 10, 10}, {0, 40, 40}, false, 120},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct track_record track = {0};
        track_record_begin_segment(&track);
        assert_int_equal(add(&track, 100, cases[i].first, 3, 0), STATUS_OK);
        assert_int_equal(add(&track, 130, cases[i].second, 3, 0), STATUS_OK);
        assert_int_equal(track.segments[0].begins_with_first, cases[i].begins_with_first);
        assert_int_equal(track.segments[0].min_composition, cases[i].min_composition);
        assert_int_equal(track.segments[0].duration, 60);
        track_record_dispose(&track);
    }
}

static void a_fragment_that_is_none_is_not_noted(void **state)
{
    (void)state;
    struct track_record track = {0};
    track_record_begin_segment(&track);
    assert_int_equal(track_record_add_fragment(&track, span_of_string("no fragment"), 0, NULL),
                     STATUS_INVALID);
    assert_int_equal(track.fragment_count, 0);
    track_record_dispose(&track);
}

/* The classic file's tables know durations only: a gap between fragments would be lost in them, and
 * its sound would run away from its picture. */
static void a_fragment_begins_where_the_one_before_ended(void **state)
{
    (void)state;
    static const struct {
        uint64_t decode_time;
        enum status status;
    } cases[] = {{119, STATUS_INVALID}, {120, STATUS_OK}, {121, STATUS_INVALID}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (int is_new_segment = 0; is_new_segment < 2; is_new_segment++) {
            struct track_record track = {0};
            track_record_begin_segment(&track);
            assert_int_equal(add(&track, 100, OFFSETS(0, 0), 0), STATUS_OK);
            if (is_new_segment)
                track_record_begin_segment(&track);
            assert_int_equal(add(&track, cases[i].decode_time, OFFSETS(0), 0), cases[i].status);
            track_record_dispose(&track);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fragments_and_segments_are_noted),
        cmocka_unit_test(a_segment_knows_whether_its_first_sample_is_shown_first),
        cmocka_unit_test(a_fragment_that_is_none_is_not_noted),
        cmocka_unit_test(a_fragment_begins_where_the_one_before_ended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
