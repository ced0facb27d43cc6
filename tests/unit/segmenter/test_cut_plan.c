#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "segmenter/cut_plan.h"

/* S: a segment begins, F: a fragment, '.': neither. */
static char letter(enum cut cut)
{
    return cut == CUT_SEGMENT ? 'S' : cut == CUT_FRAGMENT ? 'F' : '.';
}

/* Packets a step apart, with a key frame wherever `keys` has a 'k'. */
static void assert_plan(struct cut_plan plan, int64_t begin, int64_t step, const char *keys,
                        const char *cuts)
{
    char found[128] = "";
    assert_true(strlen(keys) < sizeof(found));
    for (size_t i = 0; keys[i] != '\0'; i++) {
        int64_t time = begin + (int64_t)i * step;
        found[i] = letter(cut_plan_next(&plan, time, time, keys[i] == 'k'));
    }
    assert_string_equal(found, cuts);
}

static void the_first_packet_begins_a_segment(void **state)
{
    (void)state;
    static const int64_t times[] = {0, 1, -5000, INT64_MIN / 4, INT64_MAX / 4};
    for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
        for (int is_key = 0; is_key < 2; is_key++) {
            struct cut_plan plan = cut_plan_init(1000, 6000, 1000);
            assert_int_equal(cut_plan_next(&plan, times[i], times[i], is_key), CUT_SEGMENT);
            assert_int_equal(cut_plan_next(&plan, times[i] + 1, times[i] + 1, true), CUT_NONE);
        }
    }
}

static void segments_begin_at_the_first_key_frame_after_each_multiple(void **state)
{
    (void)state;
    static const struct {
        const char *what, *keys, *cuts;
    } cases[] = {
        /* A packet a second, 4 s segments, 100 s fragments. */
        {"at the multiples", "k...k...k...k", "S...S...S...S"},
        {"every packet is one", "kkkkkkkkk", "S...S...S"},
        {"just behind a multiple", "k....k...k", "S....S...S"},
        {"just before one does not count", "k..k....k", "S.......S"},
        {"GOPs of 3 s do not add up", "k..k..k..k..k..k..k..k..k", "S.....S..S..S.....S..S..S"},
        {"GOPs of 5 s neither", "k....k....k....k....k....k", "S....S....S....S....S....S"},
        {"a GOP over several multiples", "k..........k...k...k", "S..........S...S...S"},
        {"... counts once", "k..........kk..k", "S..........SS..."},
        {"none, no segment", "k...........", "S..........."},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_plan(cut_plan_init(1000, 4000, 100000), 0, 1000, cases[i].keys, cases[i].cuts);
    }
}

static void segments_are_counted_from_the_first_presentation_time(void **state)
{
    (void)state;
    static const int64_t begins[] = {7777, -7777, -4000, INT64_MIN / 4, INT64_MAX / 4};
    for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
        assert_plan(cut_plan_init(1000, 4000, 100000), begins[i], 1000, "k..kk..kk", "S...S...S");
}

static void a_multiple_counts_to_the_tick(void **state)
{
    (void)state;
    static const struct {
        int64_t pts;
        enum cut cut;
    } cases[] = {{23999, CUT_NONE}, {24000, CUT_SEGMENT}, {24001, CUT_SEGMENT}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct cut_plan plan = cut_plan_init(12000, 2000, 1000000);
        assert_int_equal(cut_plan_next(&plan, 0, 0, true), CUT_SEGMENT);
        assert_int_equal(cut_plan_next(&plan, cases[i].pts, 100, true), cases[i].cut);
    }
}

/* The key frame is shown in time although it is decoded earlier: what counts is when it is seen. */
static void segments_go_by_presentation_and_fragments_by_decode_time(void **state)
{
    (void)state;
    struct cut_plan plan = cut_plan_init(1000, 4000, 1000);
    assert_int_equal(cut_plan_next(&plan, 500, 0, true), CUT_SEGMENT);
    assert_int_equal(cut_plan_next(&plan, 1500, 999, false), CUT_NONE);
    assert_int_equal(cut_plan_next(&plan, 1499, 1000, false), CUT_FRAGMENT);
    assert_int_equal(cut_plan_next(&plan, 4499, 1600, true), CUT_NONE);
    assert_int_equal(cut_plan_next(&plan, 4500, 1700, true), CUT_SEGMENT);
    /* B-frames of an open GOP: shown before the key frame, and in its segment. */
    assert_int_equal(cut_plan_next(&plan, 4300, 1800, false), CUT_NONE);
    assert_int_equal(cut_plan_next(&plan, 4400, 2699, false), CUT_NONE);
    assert_int_equal(cut_plan_next(&plan, 4600, 2700, false), CUT_FRAGMENT);
}

static void a_key_frame_shown_before_the_first_begins_no_segment(void **state)
{
    (void)state;
    struct cut_plan plan = cut_plan_init(1000, 4000, 1000);
    assert_int_equal(cut_plan_next(&plan, 0, 0, true), CUT_SEGMENT);
    assert_int_equal(cut_plan_next(&plan, -9000, 10, true), CUT_NONE);
    assert_int_equal(cut_plan_next(&plan, INT64_MIN / 4, 20, true), CUT_NONE);
}

static void fragments_begin_about_each_second(void **state)
{
    (void)state;
    static const struct {
        int64_t step;
        const char *cuts; /* one key frame only */
    } cases[] = {
        {250, "S...F...F...F...F"},
        {300, "S...F...F...F...F"}, /* 1.2 s: not before the second is over */
        {999, "S.F.F.F"},
        {1000, "SFFFF"},
        {2500, "SFFFF"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char keys[32] = "k";
        memset(keys + 1, '.', strlen(cases[i].cuts) - 1);
        assert_plan(cut_plan_init(1000, 600000, 1000), -777, cases[i].step, keys, cases[i].cuts);
    }
}

static void a_segment_begins_the_second_anew(void **state)
{
    (void)state;
    /* 0.5 s apart: the segment at 1.5 s ends the fragment that began at 1 s. */
    assert_plan(cut_plan_init(1000, 1500, 1000), 0, 500, "k..k......", "S.FS.F.F.F");
}

static void audio_is_cut_at_the_packet_that_reaches_the_target(void **state)
{
    (void)state;
    /* AAC at 48 kHz: 47 packets are a second and a bit, 282 the first that are 6 s. */
    struct cut_plan plan = cut_plan_init(48000, 6000, 1000);
    unsigned fragments = 0, segments = 0;
    for (int64_t i = 0; i < 282; i++) {
        enum cut cut = cut_plan_next(&plan, i * 1024, i * 1024, true);
        segments += cut == CUT_SEGMENT;
        fragments += cut == CUT_FRAGMENT;
        assert_int_equal(cut == CUT_FRAGMENT, i > 0 && i % 47 == 0);
    }
    assert_int_equal(segments, 1);
    assert_int_equal(fragments, 5);
    assert_int_equal(cut_plan_next(&plan, 282 * 1024, 282 * 1024, true), CUT_SEGMENT);
}

static void odd_timescales_are_cut_at_the_same_times(void **state)
{
    (void)state;
    static const uint32_t timescales[] = {1, 24, 1000, 90000, 1000000000, UINT32_MAX};
    for (size_t i = 0; i < sizeof(timescales) / sizeof(timescales[0]); i++)
        assert_plan(cut_plan_init(timescales[i], 3000, 2000), 0, timescales[i], "k..kk..k.",
                    "S.FS.F.S.");
}

static void a_target_below_a_tick_is_a_tick(void **state)
{
    (void)state;
    assert_plan(cut_plan_init(1, 100, 100), 0, 1, "k.kk", "SFSS");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_packet_begins_a_segment),
        cmocka_unit_test(segments_begin_at_the_first_key_frame_after_each_multiple),
        cmocka_unit_test(segments_are_counted_from_the_first_presentation_time),
        cmocka_unit_test(a_multiple_counts_to_the_tick),
        cmocka_unit_test(segments_go_by_presentation_and_fragments_by_decode_time),
        cmocka_unit_test(a_key_frame_shown_before_the_first_begins_no_segment),
        cmocka_unit_test(fragments_begin_about_each_second),
        cmocka_unit_test(a_segment_begins_the_second_anew),
        cmocka_unit_test(audio_is_cut_at_the_packet_that_reaches_the_target),
        cmocka_unit_test(odd_timescales_are_cut_at_the_same_times),
        cmocka_unit_test(a_target_below_a_tick_is_a_tick),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
