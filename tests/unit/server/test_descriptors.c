#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server/descriptors.h"

static void connections_get_what_objects_leave(void **state)
{
    (void)state;
    struct descriptor_shares shares = descriptors_share(20256);
    assert_int_equal(shares.objects, 5000);
    assert_int_equal(shares.connections, 15000);
}

static void objects_are_bounded(void **state)
{
    (void)state;
    struct descriptor_shares shares = descriptors_share(1000256);
    assert_int_equal(shares.objects, 8192);
    assert_int_equal(shares.connections, 1000000 - 8192);
}

static void nobody_gets_nothing(void **state)
{
    (void)state;
    for (size_t limit = 0; limit < 1024; limit++) {
        struct descriptor_shares shares = descriptors_share(limit);
        assert_true(shares.objects > 0 && shares.connections > 0);
    }
}

static void the_limit_is_raised_to_something(void **state)
{
    (void)state;
    assert_true(descriptors_raise_limit() > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connections_get_what_objects_leave),
        cmocka_unit_test(objects_are_bounded),
        cmocka_unit_test(nobody_gets_nothing),
        cmocka_unit_test(the_limit_is_raised_to_something),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
