#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "made_track.h"
#include "segmenter/interleave.h"

/* Tracks with fragments at the given times, and the order as "0" and "1" that comes out. */
static void assert_order(uint32_t timescale_0, const int64_t *begins_0, size_t count_0,
                         uint32_t timescale_1, const int64_t *begins_1, size_t count_1,
                         const char *order)
{
    struct track_record tracks[] = {made_track(timescale_0, begins_0, count_0),
                                    made_track(timescale_1, begins_1, count_1)};
    struct interleaving found = interleave(tracks, 2);
    size_t next[2] = {0, 0};
    assert_int_equal(found.count, strlen(order));
    for (size_t i = 0; i < found.count; i++) {
        assert_int_equal('0' + (int)found.chunks[i].track, order[i]);
        assert_int_equal(found.chunks[i].fragment, next[found.chunks[i].track]++);
        assert_int_equal(found.chunks[i].offset, 100 * i);
    }
    assert_int_equal(found.payload_len, 100 * found.count);
    interleaving_dispose(&found);
    assert_null(found.chunks);
    track_record_dispose(&tracks[0]);
    track_record_dispose(&tracks[1]);
}
#define TIMES(...) (const int64_t[]){__VA_ARGS__}, sizeof((int64_t[]){__VA_ARGS__}) / 8

static void chunks_go_by_the_time_they_begin(void **state)
{
    (void)state;
    assert_order(1000, TIMES(0, 1000, 2000), 1000, TIMES(10, 990, 2010), "011001");
}

static void of_two_that_begin_together_the_lower_track_comes_first(void **state)
{
    (void)state;
    assert_order(1000, TIMES(0, 1000, 2000), 1000, TIMES(0, 1000, 2000), "010101");
    assert_order(1000, TIMES(0, 1000), 48000, TIMES(0, 48000), "0101");
}

static void timescales_do_not_matter(void **state)
{
    (void)state;
    /* a tick before, at and after the second of 90 kHz */
    assert_order(90000, TIMES(90000), 48000, TIMES(47999), "10");
    assert_order(90000, TIMES(90000), 48000, TIMES(48000), "01");
    assert_order(90000, TIMES(90001), 48000, TIMES(48000), "10");
    assert_order(1, TIMES(0, 1, 2), 1000000000, TIMES(0, 999999999, 2000000001), "011001");
}

static void a_track_that_begins_late_waits(void **state)
{
    (void)state;
    assert_order(1000, TIMES(5000, 6000), 1000, TIMES(0, 1000, 2000, 5500), "111010");
}

static void a_track_that_leads_comes_first(void **state)
{
    (void)state;
    assert_order(1000, TIMES(0, 1000), 48000, TIMES(-2112, 45888, 93888), "10101");
    assert_order(1000, TIMES(-80, 920), 48000, TIMES(-2112, 45888), "0101");
}

static void a_track_that_ends_leaves_the_rest_to_the_other(void **state)
{
    (void)state;
    assert_order(1000, TIMES(0), 1000, TIMES(0, 1, 2, 3), "01111");
    assert_order(1000, TIMES(0, 1, 2, 3), 1000, TIMES(0), "01000");
}

static void the_clock_of_fifty_years_does_not_overflow(void **state)
{
    (void)state;
    const int64_t years = INT64_C(1577880000);
    assert_order(1000000000, TIMES(years * 1000000000, years * 1000000000 + 1), UINT32_MAX,
                 TIMES(years * UINT32_MAX - 1, years * UINT32_MAX + 1), "1010");
    assert_order(UINT32_MAX, TIMES(INT64_MAX / 2), UINT32_MAX - 1, TIMES(INT64_MAX / 2), "01");
    assert_order(UINT32_MAX, TIMES(-INT64_MAX / 2), UINT32_MAX - 1, TIMES(-INT64_MAX / 2), "10");
}

static void three_hours_stay_in_step(void **state)
{
    (void)state;
    enum { SECONDS = 3 * 3600 };
    int64_t *video = calloc(SECONDS, sizeof(*video)), *audio = calloc(SECONDS, sizeof(*audio));
    assert_non_null(video);
    assert_non_null(audio);
    for (int64_t i = 0; i < SECONDS; i++) {
        video[i] = i * 90000;
        audio[i] = i * 47 * 1024; /* 1.0027 s each */
    }
    struct track_record tracks[] = {made_track(90000, video, SECONDS),
                                    made_track(48000, audio, SECONDS)};
    struct interleaving found = interleave(tracks, 2);
    assert_int_equal(found.count, 2 * SECONDS);
    double last = -1;
    for (size_t i = 0; i < found.count; i++) {
        const struct chunk *chunk = &found.chunks[i];
        double time = chunk->track == 0 ? (double)chunk->fragment
                                        : (double)chunk->fragment * 47 * 1024 / 48000;
        assert_true(time >= last);
        last = time;
    }
    assert_int_equal(found.payload_len, 2 * SECONDS * 100);
    interleaving_dispose(&found);
    for (int i = 0; i < 2; i++)
        track_record_dispose(&tracks[i]);
    free(video);
    free(audio);
}

static void one_track_and_none_are_no_special_case(void **state)
{
    (void)state;
    struct track_record track = made_track(1000, (const int64_t[]){0, 1000}, 2);
    struct interleaving found = interleave(&track, 1);
    assert_int_equal(found.count, 2);
    assert_int_equal(found.chunks[1].fragment, 1);
    interleaving_dispose(&found);
    found = interleave(NULL, 0);
    assert_int_equal(found.count, 0);
    assert_int_equal(found.payload_len, 0);
    interleaving_dispose(&found);
    track_record_dispose(&track);
}

static void payload_lengths_add_up_beyond_32_bits(void **state)
{
    (void)state;
    struct track_record track = made_track(1, (const int64_t[]){0, 1, 2}, 3);
    for (int i = 0; i < 3; i++)
        track.fragments[i].payload_len = UINT32_MAX;
    struct interleaving found = interleave(&track, 1);
    assert_true(found.chunks[2].offset == UINT64_C(2) * UINT32_MAX);
    assert_true(found.payload_len == UINT64_C(3) * UINT32_MAX);
    interleaving_dispose(&found);
    track_record_dispose(&track);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chunks_go_by_the_time_they_begin),
        cmocka_unit_test(of_two_that_begin_together_the_lower_track_comes_first),
        cmocka_unit_test(timescales_do_not_matter),
        cmocka_unit_test(a_track_that_begins_late_waits),
        cmocka_unit_test(a_track_that_leads_comes_first),
        cmocka_unit_test(a_track_that_ends_leaves_the_rest_to_the_other),
        cmocka_unit_test(the_clock_of_fifty_years_does_not_overflow),
        cmocka_unit_test(three_hours_stay_in_step),
        cmocka_unit_test(one_track_and_none_are_no_special_case),
        cmocka_unit_test(payload_lengths_add_up_beyond_32_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
