#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "segmenter/timeline.h"

#define NONE TIMELINE_NONE

static void assert_stamp(struct timeline_stamp found, int64_t dts, int64_t pts)
{
    assert_true(found.dts == dts);
    assert_true(found.pts == pts);
}

static void good_stamps_pass_untouched(void **state)
{
    (void)state;
    static const struct timeline_stamp stamps[] = {{-2000, 0},   {-1000, 3000}, {0, 1000},
                                                   {1000, 2000}, {9000, 9000},  {9001, 20000}};
    struct timeline timeline = {0};
    for (size_t i = 0; i < sizeof(stamps) / sizeof(stamps[0]); i++) {
        struct timeline_stamp stamp = stamps[i];
        timeline_mend(&timeline, &stamp);
        assert_stamp(stamp, stamps[i].dts, stamps[i].pts);
    }
    assert_false(timeline.was_mended);
    assert_int_equal(timeline.last_step, 1);
    assert_int_equal(timeline.last_dts, 9001);
}

/* Three good packets, 10 apart from 100 on, and then one that needs mending. */
static void a_bad_stamp_is_mended_by_as_little_as_possible(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        struct timeline_stamp given, mended;
    } cases[] = {
        {"no decode time: a step on", {NONE, 150}, {130, 150}},
        {"... but not after it is shown", {NONE, 125}, {125, 125}},
        {"... unless that were backward", {NONE, 120}, {130, 130}},
        {"... or long ago", {NONE, -50}, {130, 130}},
        {"no presentation time: as decoded", {140, NONE}, {140, 140}},
        {"nothing at all", {NONE, NONE}, {130, 130}},
        {"decode time stands still", {120, 130}, {121, 130}},
        {"decode time goes back", {-7, 130}, {121, 130}},
        {"... and so does presentation", {-7, -7}, {121, 121}},
        {"zero duration", {120, 120}, {121, 121}},
        {"shown before it is decoded", {140, 135}, {135, 135}},
        {"... right after the last", {140, 121}, {121, 121}},
        {"... and too early for the order", {140, 120}, {140, 140}},
        {"a jump ahead is no fault", {1 << 30, 1 << 30}, {1 << 30, 1 << 30}},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct timeline timeline = {0};
        for (int64_t time = 100; time <= 120; time += 10)
            timeline_mend(&timeline, &(struct timeline_stamp){time, time});
        struct timeline_stamp stamp = cases[i].given;
        assert_false(timeline.was_mended);
        timeline_mend(&timeline, &stamp);
        assert_stamp(stamp, cases[i].mended.dts, cases[i].mended.pts);
        bool is_same = cases[i].given.dts == stamp.dts && cases[i].given.pts == stamp.pts;
        assert_int_equal(timeline.was_mended, !is_same);
        assert_true(timeline.last_step == stamp.dts - 120);
    }
}

static void the_first_stamp_is_mended_by_itself(void **state)
{
    (void)state;
    static const struct {
        struct timeline_stamp given, mended;
    } cases[] = {
        {{NONE, 70}, {70, 70}}, {{NONE, NONE}, {0, 0}},   {{70, NONE}, {70, 70}},
        {{70, 60}, {60, 60}},   {{-70, -80}, {-80, -80}}, {{NONE, -80}, {-80, -80}},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct timeline timeline = {0};
        struct timeline_stamp stamp = cases[i].given;
        timeline_mend(&timeline, &stamp);
        assert_stamp(stamp, cases[i].mended.dts, cases[i].mended.pts);
        assert_true(timeline.was_mended);
        assert_int_equal(timeline.last_step, 0);
    }
}

static void without_a_known_step_the_guess_is_one_tick(void **state)
{
    (void)state;
    struct timeline timeline = {0};
    timeline_mend(&timeline, &(struct timeline_stamp){50, 50});
    struct timeline_stamp stamp = {NONE, 90};
    timeline_mend(&timeline, &stamp);
    assert_stamp(stamp, 51, 90);
}

static void whatever_comes_out_rises_and_is_shown_after_decoding(void **state)
{
    (void)state;
    static const int64_t times[] = {NONE, -100, -1, 0, 1, 2, 50, 1000};
    enum { COUNT = sizeof(times) / sizeof(times[0]) };
    /* Every sequence of three stamps out of these. */
    for (unsigned n = 0; n < COUNT * COUNT * COUNT * COUNT * COUNT * COUNT; n++) {
        struct timeline timeline = {0};
        int64_t last = INT64_MIN;
        unsigned rest = n;
        for (int i = 0; i < 3; i++) {
            struct timeline_stamp stamp = {times[rest % COUNT], times[rest / COUNT % COUNT]};
            rest /= COUNT * COUNT;
            timeline_mend(&timeline, &stamp);
            if (stamp.dts <= last || stamp.pts < stamp.dts)
                fail_msg("sequence %u", n);
            last = stamp.dts;
        }
    }
}

static void missing_decode_times_at_the_start_lead_up_to_the_first_known(void **state)
{
    (void)state;
    struct timeline_stamp stamps[] = {{NONE, 0}, {NONE, 120}, {40, 40}, {NONE, 80}};
    timeline_backfill(stamps, 4, 40);
    assert_stamp(stamps[0], -40, 0);
    assert_stamp(stamps[1], 0, 120);
    assert_stamp(stamps[2], 40, 40);
    assert_stamp(stamps[3], NONE, 80);
}

static void known_decode_times_tell_the_step_better_than_a_duration(void **state)
{
    (void)state;
    struct timeline_stamp stamps[] = {{NONE, 0}, {NONE, 67}, {0, 33}, {33, 200}};
    timeline_backfill(stamps, 4, 1);
    assert_stamp(stamps[0], -66, 0);
    assert_stamp(stamps[1], -33, 67);
    assert_stamp(stamps[2], 0, 33);
}

static void nothing_is_filled_in_where_nothing_is_known(void **state)
{
    (void)state;
    static const struct {
        int64_t second_dts, step;
    } cases[] = {{NONE, 40}, {40, 0}, {40, -40}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct timeline_stamp stamps[] = {{NONE, 0}, {cases[i].second_dts, 120}};
        timeline_backfill(stamps, 2, cases[i].step);
        assert_stamp(stamps[0], NONE, 0);
        assert_stamp(stamps[1], cases[i].second_dts, 120);
    }
    timeline_backfill(NULL, 0, 40);
    struct timeline_stamp known[] = {{7, 8}, {NONE, 9}};
    timeline_backfill(known, 2, 40);
    assert_stamp(known[0], 7, 8);
    assert_stamp(known[1], NONE, 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_stamps_pass_untouched),
        cmocka_unit_test(a_bad_stamp_is_mended_by_as_little_as_possible),
        cmocka_unit_test(the_first_stamp_is_mended_by_itself),
        cmocka_unit_test(without_a_known_step_the_guess_is_one_tick),
        cmocka_unit_test(whatever_comes_out_rises_and_is_shown_after_decoding),
        cmocka_unit_test(missing_decode_times_at_the_start_lead_up_to_the_first_known),
        cmocka_unit_test(known_decode_times_tell_the_step_better_than_a_duration),
        cmocka_unit_test(nothing_is_filled_in_where_nothing_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
