#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bytes_assert.h"
#include "segmenter/sample_table.h"

static void add(struct sample_table *table, uint32_t size, uint32_t duration, uint32_t offset,
                bool is_sync)
{
    sample_table_add(table, &(struct sample){size, duration, offset, is_sync});
}

static void runs_of_equal_values_are_one_entry(void **state)
{
    (void)state;
    struct sample_table table = {0};
    struct byte_buffer out = {0};
    add(&table, 0x1000, 40, 80, true);
    add(&table, 0x11, 40, 200, false);
    add(&table, 0x12, 40, 80, false);
    add(&table, 0x13, 41, 80, false);
    add(&table, 0x2000, 40, 80, true);
    sample_table_write(&table, &out);
    assert_wrote(&out, "00000028 73747473 00000000 00000003"
                       "  00000003 00000028  00000001 00000029  00000001 00000028"
                       "00000028 63747473 00000000 00000003"
                       "  00000001 00000050  00000001 000000c8  00000003 00000050"
                       "00000018 73747373 00000000 00000002  00000001 00000005"
                       "00000028 7374737a 00000000 00000000 00000005"
                       "  00001000 00000011 00000012 00000013 00002000");
    assert_int_equal(table.count, 5);
    assert_int_equal(table.duration, 201);
    assert_int_equal(table.sync_count, 2);
    sample_table_dispose(&table);
    assert_int_equal(table.count, 0);
    assert_null(table.sizes.base);
}

static void tables_that_say_nothing_are_absent(void **state)
{
    (void)state;
    /* Audio: shown when decoded, every sample a sync sample. */
    struct sample_table table = {0};
    struct byte_buffer out = {0};
    for (int i = 0; i < 3; i++)
        add(&table, 7, 1024, 0, true);
    sample_table_write(&table, &out);
    assert_wrote(&out, "00000018 73747473 00000000 00000001  00000003 00000400"
                       "00000020 7374737a 00000000 00000000 00000003 00000007 00000007 00000007");
    sample_table_dispose(&table);
}

static void equal_offsets_that_are_not_zero_are_written(void **state)
{
    (void)state;
    struct sample_table table = {0};
    struct byte_buffer out = {0};
    add(&table, 1, 10, 5, true);
    add(&table, 1, 10, 5, true);
    sample_table_write(&table, &out);
    assert_wrote(&out, "00000018 73747473 00000000 00000001  00000002 0000000a"
                       "00000018 63747473 00000000 00000001  00000002 00000005"
                       "0000001c 7374737a 00000000 00000000 00000002 00000001 00000001");
    sample_table_dispose(&table);
}

static void no_sync_sample_at_all_is_an_empty_stss(void **state)
{
    (void)state;
    struct sample_table table = {0};
    struct byte_buffer out = {0};
    add(&table, 1, 10, 0, false);
    sample_table_write(&table, &out);
    assert_wrote(&out, "00000018 73747473 00000000 00000001  00000001 0000000a"
                       "00000010 73747373 00000000 00000000"
                       "00000018 7374737a 00000000 00000000 00000001 00000001");
    sample_table_dispose(&table);
}

static void an_empty_table_has_no_entries(void **state)
{
    (void)state;
    struct sample_table table = {0};
    struct byte_buffer out = {0};
    sample_table_write(&table, &out);
    assert_wrote(&out, "00000010 73747473 00000000 00000000"
                       "00000014 7374737a 00000000 00000000 00000000");
    sample_table_dispose(&table);
}

static void the_shown_span_is_known(void **state)
{
    (void)state;
    static const struct {
        struct sample samples[4];
        unsigned count;
        uint64_t min, max;
    } cases[] = {
        {{{1, 10, 0, true}}, 1, 0, 10},
        {{{1, 10, 30, true}}, 1, 30, 40},
        /* I P B: the last is shown in the middle. */
        {{{1, 10, 10, true}, {1, 10, 20, false}, {1, 10, 0, false}}, 3, 10, 40},
        /* the earliest is not the first, as after the cut of an open GOP */
        {{{1, 10, 40, true}, {1, 10, 10, false}, {1, 10, 10, false}}, 3, 20, 50},
        {{{1, 100, 0, true}, {1, 1, 0, true}, {1, 1, 0, true}, {1, 1, 0, true}}, 4, 0, 103},
        {{{1, INT32_MAX, INT32_MAX, true}, {1, INT32_MAX, INT32_MAX, true}},
         2,
         INT32_MAX,
         UINT64_C(3) * INT32_MAX},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct sample_table table = {0};
        for (unsigned k = 0; k < cases[i].count; k++)
            sample_table_add(&table, &cases[i].samples[k]);
        assert_true(table.min_composition == cases[i].min);
        assert_true(table.max_composition == cases[i].max);
        sample_table_dispose(&table);
    }
}

static void many_samples_take_few_bytes_each(void **state)
{
    (void)state;
    struct sample_table table = {0};
    struct byte_buffer out = {0};
    for (uint32_t i = 0; i < 100000; i++)
        add(&table, i, 1 + i % 2, 0, i % 100 == 0); /* as bad as it gets for the runs */
    size_t held = table.durations.capacity * sizeof(struct sample_run) + table.sizes.capacity +
                  table.sync.capacity + table.offsets.capacity * sizeof(struct sample_run);
    assert_true(held < UINT32_C(100000) * 20);
    sample_table_write(&table, &out);
    assert_int_equal(out.len, 16 + 100000 * 8 + 16 + 1000 * 4 + 20 + 100000 * 4);
    assert_int_equal(table.duration, 150000);
    byte_buffer_dispose(&out);
    sample_table_dispose(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_of_equal_values_are_one_entry),
        cmocka_unit_test(tables_that_say_nothing_are_absent),
        cmocka_unit_test(equal_offsets_that_are_not_zero_are_written),
        cmocka_unit_test(no_sync_sample_at_all_is_an_empty_stss),
        cmocka_unit_test(an_empty_table_has_no_entries),
        cmocka_unit_test(the_shown_span_is_known),
        cmocka_unit_test(many_samples_take_few_bytes_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
