#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "auth/verdict_memory.h"

static bool knows(struct verdict_memory *memory, const char *token, const char *uri, int64_t now_s)
{
    struct verdict_span span;
    return verdict_memory_knows(memory, span_of_string(token), span_of_string(uri), now_s, &span);
}

static void add(struct verdict_memory *memory, const char *token, const char *uri, int64_t from_s,
                int64_t until_s)
{
    verdict_memory_add(memory, span_of_string(token), span_of_string(uri),
                       (struct verdict_span){from_s, until_s});
}

static void knows_nothing_at_first(void **state)
{
    (void)state;
    struct verdict_memory *memory = verdict_memory_new(16);
    assert_false(knows(memory, "a.b.c", "http://h/v1/t/f", 1));
    verdict_memory_free(memory);
}

static void knows_a_pair_while_it_holds(void **state)
{
    (void)state;
    struct verdict_memory *memory = verdict_memory_new(16);
    add(memory, "a.b.c", "http://h/v1/t/f", 10, 20);
    assert_false(knows(memory, "a.b.c", "http://h/v1/t/f", 9));
    assert_true(knows(memory, "a.b.c", "http://h/v1/t/f", 10));
    assert_true(knows(memory, "a.b.c", "http://h/v1/t/f", 19));
    assert_false(knows(memory, "a.b.c", "http://h/v1/t/f", 20));
    struct verdict_span span;
    assert_true(verdict_memory_knows(memory, span_of_string("a.b.c"),
                                     span_of_string("http://h/v1/t/f"), 15, &span));
    assert_int_equal(span.from_s, 10);
    assert_int_equal(span.until_s, 20);
    verdict_memory_free(memory);
}

static void another_token_or_uri_is_another_pair(void **state)
{
    (void)state;
    struct verdict_memory *memory = verdict_memory_new(16);
    add(memory, "a.b.c", "http://h/v1/t/f", 0, 20);
    assert_false(knows(memory, "a.b.d", "http://h/v1/t/f", 10));
    assert_false(knows(memory, "a.b.c", "http://h/v1/t/g", 10));
    assert_false(knows(memory, "", "a.b.chttp://h/v1/t/f", 10));
    assert_false(knows(memory, "a.b.ch", "ttp://h/v1/t/f", 10));
    verdict_memory_free(memory);
}

static void adding_again_replaces_the_time(void **state)
{
    (void)state;
    struct verdict_memory *memory = verdict_memory_new(1);
    for (int i = 0; i < 100; i++)
        add(memory, "a.b.c", "http://h/v1/t/f", 0, 20 + i);
    assert_true(knows(memory, "a.b.c", "http://h/v1/t/f", 118));
    assert_false(knows(memory, "a.b.c", "http://h/v1/t/f", 119));
    verdict_memory_free(memory);
}

/* One set of four: the fifth takes the place of the one that expires first. */
static void a_full_set_forgets_what_expires_first(void **state)
{
    (void)state;
    struct verdict_memory *memory = verdict_memory_new(4);
    const int64_t until_s[] = {50, 20, 40, 30};
    char uri[] = "0";
    for (int i = 0; i < 4; i++, uri[0]++)
        add(memory, "t", uri, 0, until_s[i]);
    add(memory, "t", "new", 0, 60);
    assert_true(knows(memory, "t", "new", 10));
    assert_true(knows(memory, "t", "0", 10));
    assert_false(knows(memory, "t", "1", 10));
    assert_true(knows(memory, "t", "2", 10));
    assert_true(knows(memory, "t", "3", 10));
    verdict_memory_free(memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_nothing_at_first),
        cmocka_unit_test(knows_a_pair_while_it_holds),
        cmocka_unit_test(another_token_or_uri_is_another_pair),
        cmocka_unit_test(adding_again_replaces_the_time),
        cmocka_unit_test(a_full_set_forgets_what_expires_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
