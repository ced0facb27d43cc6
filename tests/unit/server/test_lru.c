#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server/lru.h"

#define COUNT 1000

static void finds_what_was_inserted(void **state)
{
    (void)state;
    struct lru lru;
    static struct lru_entry entries[COUNT];
    static uint32_t keys[COUNT];
    lru_init(&lru, 8); /* fewer buckets than entries: chains */
    for (uint32_t i = 0; i < COUNT; i++) {
        keys[i] = i;
        entries[i].key = span_of(&keys[i], sizeof(keys[i]));
        lru_insert(&lru, &entries[i]);
    }
    assert_int_equal(lru.count, COUNT);
    for (uint32_t i = 0; i < COUNT; i += 2)
        lru_remove(&lru, &entries[i]);
    for (uint32_t i = 0; i < COUNT; i++)
        assert_ptr_equal(lru_find(&lru, span_of(&i, sizeof(i))), i % 2 == 0 ? NULL : &entries[i]);
    assert_int_equal(lru.count, COUNT / 2);
    lru_dispose(&lru);
}

static void the_oldest_is_the_one_unused_for_longest(void **state)
{
    (void)state;
    struct lru lru;
    struct lru_entry a = {.key = span_of_string("a")};
    struct lru_entry b = {.key = span_of_string("b")};
    struct lru_entry c = {.key = span_of_string("c")};
    lru_init(&lru, 4);
    assert_null(lru_oldest(&lru));
    lru_insert(&lru, &a);
    lru_insert(&lru, &b);
    lru_insert(&lru, &c);
    assert_ptr_equal(lru_oldest(&lru), &a);
    lru_touch(&lru, &a);
    assert_ptr_equal(lru_oldest(&lru), &b);
    assert_ptr_equal(lru_find(&lru, span_of_string("b")), &b);
    assert_ptr_equal(lru_oldest(&lru), &b);
    lru_remove(&lru, &b);
    assert_ptr_equal(lru_oldest(&lru), &c);
    lru_remove(&lru, &c);
    lru_remove(&lru, &a);
    assert_null(lru_oldest(&lru));
    lru_dispose(&lru);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_was_inserted),
        cmocka_unit_test(the_oldest_is_the_one_unused_for_longest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
