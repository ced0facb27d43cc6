#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "segmenter/showing.h"

/*
 * On the classic file's media timeline the first sample is decoded at 0. The fragments' timeline
 * has it at `first_decode`, and presentation time 0 at `lead`.
 */
static void what_is_shown_of_a_track(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        uint64_t lead, first_decode, min, max;
        int64_t shown_until;
        struct showing showing;
    } cases[] = {
        {"all of it", 0, 0, 0, 1000, INT64_MAX, {0, 0, 1000, false}},
        {"B-frames: shown from the first offset on",
         80,
         0,
         80,
         1080,
         INT64_MAX,
         {0, 80, 1000, false}},
        {"encoder delay is not heard", 2112, 0, 0, 9000, INT64_MAX, {0, 2112, 6888, false}},
        {"it begins late", 0, 700, 0, 1000, INT64_MAX, {700, 0, 1000, false}},
        {"late, with B-frames", 0, 700, 80, 1080, INT64_MAX, {780, 80, 1000, false}},
        {"decoded early, shown late", 80, 0, 180, 1080, INT64_MAX, {100, 180, 900, false}},
        {"padding at the end", 0, 0, 0, 1000, 900, {0, 0, 900, true}},
        {"lead and padding", 100, 0, 0, 1000, 700, {0, 100, 700, true}},
        {"late, and padding", 0, 700, 0, 1000, 1600, {700, 0, 900, true}},
        {"the end is where the media ends", 0, 0, 0, 1000, 1000, {0, 0, 1000, false}},
        {"an end behind it changes nothing", 0, 0, 0, 1000, 1001, {0, 0, 1000, false}},
        {"nothing is left of it", 5000, 0, 0, 1000, INT64_MAX, {0, 5000, 0, false}},
        {"it ends before it begins", 0, 0, 0, 1000, 0, {0, 0, 0, true}},
        {"... long before", 0, 0, 0, 1000, -77777, {0, 0, 0, true}},
        {"a clock of many years",
         UINT64_C(1) << 60,
         (UINT64_C(1) << 60) + 5,
         0,
         10,
         INT64_MAX,
         {5, 0, 10, false}},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct segment_record segment = {.decode_time = cases[i].first_decode};
        struct track_record track = {
            .media = {.lead_ticks = cases[i].lead, .shown_until = cases[i].shown_until},
            .samples = {.min_composition = cases[i].min, .max_composition = cases[i].max},
            .segments = &segment,
            .segment_count = 1,
        };
        struct showing showing = showing_of(&track);
        if (showing.pause != cases[i].showing.pause ||
            showing.media_time != cases[i].showing.media_time ||
            showing.duration != cases[i].showing.duration ||
            showing.is_trimmed != cases[i].showing.is_trimmed)
            fail_msg("%s: pause %llu, media time %llu, duration %llu, trimmed %d", cases[i].what,
                     (unsigned long long)showing.pause, (unsigned long long)showing.media_time,
                     (unsigned long long)showing.duration, showing.is_trimmed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_shown_of_a_track),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
