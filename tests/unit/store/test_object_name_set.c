#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store/object_name_set.h"

/* Names that share their first bytes, on which they are hashed, collide on purpose. */
static struct object_name name_of(uint32_t number)
{
    struct object_name name = {{0}};
    memcpy(name.bytes + 8, &number, sizeof(number));
    if (number % 2 == 0)
        memcpy(name.bytes, &number, sizeof(number));
    return name;
}

static void an_empty_set_has_nothing(void **state)
{
    (void)state;
    struct object_name_set set = {0};
    struct object_name name = name_of(1);
    assert_false(object_name_set_has(&set, &name));
    object_name_set_dispose(&set);
}

static void names_keep_the_number_they_came_with(void **state)
{
    (void)state;
    enum { COUNT = 3000 };
    struct object_name_set set = {0};
    for (uint32_t round = 0; round < 2; round++)
        for (uint32_t i = 0; i < COUNT; i++) {
            struct object_name name = name_of(i);
            bool is_new;
            assert_int_equal(object_name_set_add(&set, &name, &is_new), i);
            assert_int_equal(is_new, round == 0);
            assert_memory_equal(set.names[i].bytes, name.bytes, OBJECT_NAME_LEN);
        }
    assert_int_equal(set.count, COUNT);
    struct object_name other = name_of(COUNT);
    assert_false(object_name_set_has(&set, &other));
    object_name_set_dispose(&set);
}

static void names_that_differ_in_the_last_bit_differ(void **state)
{
    (void)state;
    struct object_name_set set = {0};
    struct object_name a = {{0}};
    struct object_name b = {{0}};
    b.bytes[OBJECT_NAME_LEN - 1] = 1;
    object_name_set_add(&set, &a, NULL);
    assert_true(object_name_set_has(&set, &a));
    assert_false(object_name_set_has(&set, &b));
    object_name_set_dispose(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_set_has_nothing),
        cmocka_unit_test(names_keep_the_number_they_came_with),
        cmocka_unit_test(names_that_differ_in_the_last_bit_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
