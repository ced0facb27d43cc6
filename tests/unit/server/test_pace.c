#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server/pace.h"

#define MS 1000000u

static void starts_small_and_doubles_up_to_its_bound(void **state)
{
    (void)state;
    struct pace pace;
    pace_init(&pace, 300 * 1024);
    assert_int_equal(pace.window_bytes, PACE_MIN_BYTES);
    pace_note(&pace, 1 * MS);
    assert_int_equal(pace.window_bytes, 2 * PACE_MIN_BYTES);
    pace_note(&pace, 1 * MS);
    assert_int_equal(pace.window_bytes, 4 * PACE_MIN_BYTES);
    pace_note(&pace, 1 * MS);
    assert_int_equal(pace.window_bytes, 300 * 1024);
    pace_note(&pace, 1 * MS);
    assert_int_equal(pace.window_bytes, 300 * 1024);
}

static void falls_back_when_the_client_is_slow(void **state)
{
    (void)state;
    struct pace pace;
    pace_init(&pace, 1024 * 1024);
    pace_note(&pace, 1 * MS);
    pace_note(&pace, 1 * MS);
    pace_note(&pace, 100 * MS); /* neither quick nor slow */
    assert_int_equal(pace.window_bytes, 4 * PACE_MIN_BYTES);
    pace_note(&pace, 1000 * (uint64_t)MS);
    assert_int_equal(pace.window_bytes, PACE_MIN_BYTES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(starts_small_and_doubles_up_to_its_bound),
        cmocka_unit_test(falls_back_when_the_client_is_slow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
