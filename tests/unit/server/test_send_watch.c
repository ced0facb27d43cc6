#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server/send_watch.h"

#define S UINT64_C(1000000000)
#define TIMEOUT (60 * S)

static void who_takes_nothing_is_late_after_the_timeout(void **state)
{
    (void)state;
    struct send_watch watch = {0};
    assert_false(send_watch_is_late(&watch, 5000000, 100 * S, TIMEOUT));
    assert_false(send_watch_is_late(&watch, 5000000, 160 * S - 1, TIMEOUT));
    assert_true(send_watch_is_late(&watch, 5000000, 160 * S, TIMEOUT));
}

static void whatever_is_taken_starts_the_time_again(void **state)
{
    (void)state;
    struct send_watch watch = {0};
    assert_false(send_watch_is_late(&watch, 0, 1 * S, TIMEOUT));
    for (uint64_t i = 1; i < 10; i++)
        assert_false(send_watch_is_late(&watch, i, i * 59 * S, TIMEOUT));
    assert_true(send_watch_is_late(&watch, 9, 9 * 59 * S + TIMEOUT, TIMEOUT));
}

static void a_gulp_buys_the_time_that_a_slow_reader_needs_for_it(void **state)
{
    (void)state;
    struct send_watch watch = {0};
    assert_false(send_watch_is_late(&watch, 0, 1 * S, TIMEOUT));
    assert_false(send_watch_is_late(&watch, 40 * 1024, 2 * S, TIMEOUT));
    assert_false(send_watch_is_late(&watch, 40 * 1024, 102 * S - 1, TIMEOUT));
    assert_true(send_watch_is_late(&watch, 40 * 1024, 102 * S, TIMEOUT));
}

static void but_never_more_than_twice_the_timeout(void **state)
{
    (void)state;
    struct send_watch watch = {0};
    assert_false(send_watch_is_late(&watch, 0, 1 * S, TIMEOUT));
    assert_false(send_watch_is_late(&watch, UINT64_MAX, 2 * S, TIMEOUT));
    assert_false(send_watch_is_late(&watch, UINT64_MAX, 122 * S - 1, TIMEOUT));
    assert_true(send_watch_is_late(&watch, UINT64_MAX, 122 * S, TIMEOUT));
}

static void a_small_gulp_takes_no_time_from_a_large_one(void **state)
{
    (void)state;
    struct send_watch watch = {0};
    assert_false(send_watch_is_late(&watch, 0, 1 * S, TIMEOUT));
    assert_false(send_watch_is_late(&watch, 40 * 1024, 2 * S, TIMEOUT));
    assert_false(send_watch_is_late(&watch, 40 * 1024 + 1, 3 * S, TIMEOUT));
    assert_false(send_watch_is_late(&watch, 40 * 1024 + 1, 102 * S - 1, TIMEOUT));
    assert_true(send_watch_is_late(&watch, 40 * 1024 + 1, 102 * S, TIMEOUT));
}

static void gulps_in_a_row_are_emptied_one_after_the_other(void **state)
{
    (void)state;
    struct send_watch watch = {0};
    assert_false(send_watch_is_late(&watch, 0, 1 * S, TIMEOUT));
    assert_false(send_watch_is_late(&watch, 20 * 1024, 2 * S, TIMEOUT));
    assert_false(send_watch_is_late(&watch, 30 * 1024, 3 * S, TIMEOUT));
    assert_false(send_watch_is_late(&watch, 30 * 1024, 92 * S - 1, TIMEOUT));
    assert_true(send_watch_is_late(&watch, 30 * 1024, 92 * S, TIMEOUT));
}

static void and_together_buy_no_more_than_twice_the_timeout(void **state)
{
    (void)state;
    struct send_watch watch = {0};
    assert_false(send_watch_is_late(&watch, 0, 1 * S, TIMEOUT));
    for (uint64_t i = 1; i <= 100; i++)
        assert_false(send_watch_is_late(&watch, i * 50 * 1024, (1 + i) * S, TIMEOUT));
    assert_false(send_watch_is_late(&watch, 100 * 50 * 1024, 221 * S - 1, TIMEOUT));
    assert_true(send_watch_is_late(&watch, 100 * 50 * 1024, 221 * S, TIMEOUT));
}

static void what_went_back_and_came_again_is_nothing_new(void **state)
{
    (void)state;
    struct send_watch watch = {0};
    assert_false(send_watch_is_late(&watch, 1000, 1 * S, TIMEOUT));
    assert_false(send_watch_is_late(&watch, 900, 30 * S, TIMEOUT));
    assert_false(send_watch_is_late(&watch, 1000, 50 * S, TIMEOUT));
    assert_true(send_watch_is_late(&watch, 1000, 61 * S, TIMEOUT));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_takes_nothing_is_late_after_the_timeout),
        cmocka_unit_test(whatever_is_taken_starts_the_time_again),
        cmocka_unit_test(a_gulp_buys_the_time_that_a_slow_reader_needs_for_it),
        cmocka_unit_test(but_never_more_than_twice_the_timeout),
        cmocka_unit_test(a_small_gulp_takes_no_time_from_a_large_one),
        cmocka_unit_test(gulps_in_a_row_are_emptied_one_after_the_other),
        cmocka_unit_test(and_together_buy_no_more_than_twice_the_timeout),
        cmocka_unit_test(what_went_back_and_came_again_is_nothing_new),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
