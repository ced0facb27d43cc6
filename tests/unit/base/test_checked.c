#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/checked.h"

static void sums_are_exact_or_refused(void **state)
{
    (void)state;
    uint64_t sum;
    assert_true(checked_add(1, 2, &sum));
    assert_int_equal(sum, 3);
    assert_true(checked_add(UINT64_MAX, 0, &sum));
    assert_true(sum == UINT64_MAX);
    assert_false(checked_add(UINT64_MAX, 1, &sum));
}

static void products_are_exact_or_refused(void **state)
{
    (void)state;
    uint64_t product;
    assert_true(checked_mul(UINT32_MAX, UINT32_MAX, &product));
    assert_true(product == UINT64_C(0xfffffffe00000001));
    assert_false(checked_mul(UINT64_C(1) << 32, UINT64_C(1) << 32, &product));
}

static void ranges_lie_within_or_not(void **state)
{
    (void)state;
    static const struct {
        uint64_t offset, len, size;
        bool is_within;
    } rows[] = {
        {0, 0, 0, true},
        {0, 10, 10, true},
        {10, 0, 10, true},
        {9, 1, 10, true},
        {9, 2, 10, false},
        {11, 0, 10, false},
        {1, UINT64_MAX, 10, false},
        {UINT64_MAX, 1, 10, false},
        {UINT64_MAX, 0, UINT64_MAX, true},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(checked_within(rows[i].offset, rows[i].len, rows[i].size),
                         rows[i].is_within);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_are_exact_or_refused),
        cmocka_unit_test(products_are_exact_or_refused),
        cmocka_unit_test(ranges_lie_within_or_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
