#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "index_fixture.h"
#include "segmenter/cli/title_summary.h"

struct opened {
    struct byte_buffer bytes;
    struct index index;
};

static int open_fixture(void **state)
{
    static struct opened opened;
    opened = (struct opened){0};
    fixture_index(&opened.bytes);
    assert_int_equal(index_open(byte_buffer_span(&opened.bytes), &opened.index, NULL), STATUS_OK);
    *state = &opened;
    return 0;
}

static int close_fixture(void **state)
{
    struct opened *opened = *state;
    byte_buffer_dispose(&opened->bytes);
    return 0;
}

static void a_summary_tells_the_longest_track_and_all_bytes(void **state)
{
    const struct opened *opened = *state;
    struct title_summary summary = title_summary_of(&opened->index);
    assert_string_equal(summary.title, "bunny");
    assert_int_equal(summary.published_s, FIXTURE_PUBLISHED_S);
    assert_int_equal(summary.duration_ms, 2005); /* 96256 / 48000, against 25600 / 12800 */
    assert_int_equal(summary.stored_bytes, 6000);
    assert_int_equal(summary.file_count, 3);
    assert_int_equal(summary.object_count, 3);
}

static void spreads_tell_least_median_and_most(void **state)
{
    const struct opened *opened = *state;
    struct spread spread = title_object_spread(&opened->index);
    assert_int_equal(spread.least, 1000);
    assert_int_equal(spread.median, 2000);
    assert_int_equal(spread.most, 3000);
    struct index_track audio = index_track(&opened->index, 1);
    spread = title_segment_spread(&opened->index, &audio);
    assert_int_equal(spread.least, 2005);
    assert_int_equal(spread.median, 2005);
    assert_int_equal(spread.most, 2005);
}

static void the_spread_of_nothing_is_zero(void **state)
{
    const struct opened *opened = *state;
    struct index_track none = index_track(&opened->index, 0);
    none.segment_count = 0;
    struct spread spread = title_segment_spread(&opened->index, &none);
    assert_int_equal(spread.least + spread.median + spread.most, 0);
}

int main(void)
{
#define ON_FIXTURE(test) cmocka_unit_test_setup_teardown(test, open_fixture, close_fixture)
    const struct CMUnitTest tests[] = {
        ON_FIXTURE(a_summary_tells_the_longest_track_and_all_bytes),
        ON_FIXTURE(spreads_tell_least_median_and_most),
        ON_FIXTURE(the_spread_of_nothing_is_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
