#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server/pace.h"

#define MS 1000000u

/* Until the client has shown that it is quick. */
static void take_a_send_buffer(struct pace *pace)
{
    for (uint32_t taken = 0; taken < 4096 * 1024; taken += PACE_MIN_BYTES) {
        assert_int_equal(pace->window_bytes, PACE_MIN_BYTES);
        pace_note(pace, 1 * MS);
    }
    assert_int_equal(pace->window_bytes, PACE_MIN_BYTES);
}

static void stays_small_for_a_send_buffer_and_doubles_up_to_its_bound(void **state)
{
    (void)state;
    struct pace pace;
    pace_init(&pace, 300 * 1024);
    take_a_send_buffer(&pace);
    pace_note(&pace, 1 * MS);
    assert_int_equal(pace.window_bytes, 2 * PACE_MIN_BYTES);
    pace_note(&pace, 1 * MS);
    assert_int_equal(pace.window_bytes, 4 * PACE_MIN_BYTES);
    pace_note(&pace, 1 * MS);
    assert_int_equal(pace.window_bytes, 300 * 1024);
    pace_note(&pace, 1 * MS);
    assert_int_equal(pace.window_bytes, 300 * 1024);
}

static void falls_back_when_the_client_is_slow_and_begins_anew(void **state)
{
    (void)state;
    struct pace pace;
    pace_init(&pace, 1024 * 1024);
    take_a_send_buffer(&pace);
    pace_note(&pace, 1 * MS);
    pace_note(&pace, 1 * MS);
    pace_note(&pace, 100 * MS); /* neither quick nor slow */
    assert_int_equal(pace.window_bytes, 4 * PACE_MIN_BYTES);
    pace_note(&pace, 1000 * (uint64_t)MS);
    take_a_send_buffer(&pace);
    pace_note(&pace, 1 * MS);
    assert_int_equal(pace.window_bytes, 2 * PACE_MIN_BYTES);
}

static void who_is_slow_at_times_stays_small(void **state)
{
    (void)state;
    struct pace pace;
    pace_init(&pace, 1024 * 1024);
    for (int i = 0; i < 1000; i++) {
        pace_note(&pace, (i % 60 == 59 ? 1000 : 1) * (uint64_t)MS);
        assert_int_equal(pace.window_bytes, PACE_MIN_BYTES);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stays_small_for_a_send_buffer_and_doubles_up_to_its_bound),
        cmocka_unit_test(falls_back_when_the_client_is_slow_and_begins_anew),
        cmocka_unit_test(who_is_slow_at_times_stays_small),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
