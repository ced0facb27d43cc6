#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bytes_assert.h"
#include "made_track.h"
#include "segmenter/chunk_table.h"

/* Two tracks a second apart in turn: chunks 0, 2, 4 and 1, 3, 5 of the payload. */
struct scene {
    struct track_record tracks[2];
    struct interleaving interleaving;
};

static int set_up(void **state)
{
    static struct scene scene;
    scene.tracks[0] = made_track(10, (const int64_t[]){0, 10, 20}, 3);
    scene.tracks[1] = made_track(10, (const int64_t[]){5, 15, 25}, 3);
    scene.interleaving = interleave(scene.tracks, 2);
    *state = &scene;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *scene = *state;
    interleaving_dispose(&scene->interleaving);
    track_record_dispose(&scene->tracks[0]);
    track_record_dispose(&scene->tracks[1]);
    return 0;
}

static void assert_tables(struct scene *scene, unsigned track, uint64_t begin, bool is_wide,
                          const char *hex)
{
    struct byte_buffer out = {0};
    chunk_table_write(scene->tracks, track, &scene->interleaving, begin, is_wide, &out);
    assert_wrote(&out, hex);
}

static void each_track_lists_its_own_chunks(void **state)
{
    assert_tables(*state, 0, 1000, false,
                  "0000001c 73747363 00000000 00000001  00000001 00000001 00000001"
                  "0000001c 7374636f 00000000 00000003  000003e8 000004b0 00000578");
    assert_tables(*state, 1, 1000, false,
                  "0000001c 73747363 00000000 00000001  00000001 00000001 00000001"
                  "0000001c 7374636f 00000000 00000003  0000044c 00000514 000005dc");
}

static void wide_offsets_are_a_co64(void **state)
{
    assert_tables(*state, 1, UINT64_C(0x123456789a), true,
                  "0000001c 73747363 00000000 00000001  00000001 00000001 00000001"
                  "00000028 636f3634 00000000 00000003"
                  "  00000012345678fe 00000012345679c6 0000001234567a8e");
}

static void chunks_of_equally_many_samples_are_one_run(void **state)
{
    struct scene *scene = *state;
    static const struct {
        uint32_t counts[3];
        const char *runs;
    } cases[] = {
        {{25, 25, 25}, "0000001c 73747363 00000000 00000001  00000001 00000019 00000001"},
        {{25, 25, 7},
         "00000028 73747363 00000000 00000002  00000001 00000019 00000001"
         "  00000003 00000007 00000001"},
        {{7, 25, 25},
         "00000028 73747363 00000000 00000002  00000001 00000007 00000001"
         "  00000002 00000019 00000001"},
        {{25, 24, 25},
         "00000034 73747363 00000000 00000003  00000001 00000019 00000001"
         "  00000002 00000018 00000001  00000003 00000019 00000001"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct byte_buffer out = {0};
        for (int k = 0; k < 3; k++)
            scene->tracks[0].fragments[k].sample_count = cases[i].counts[k];
        chunk_table_write(scene->tracks, 0, &scene->interleaving, 0, false, &out);
        out.len -= 28; /* the stco */
        assert_wrote(&out, cases[i].runs);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_track_lists_its_own_chunks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(wide_offsets_are_a_co64, set_up, tear_down),
        cmocka_unit_test_setup_teardown(chunks_of_equally_many_samples_are_one_run, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
