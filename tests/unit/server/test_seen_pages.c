#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/mman.h>

#include "server/seen_pages.h"

#define NOW_NS 7000000000u
#define PART (64u * 1024u)
#define LEN (4u * PART)

/* Anonymous memory of which nothing was touched is not there yet; mincore says so. */
static uint8_t *map(size_t len)
{
    void *base = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(base, MAP_FAILED);
    (void)madvise(base, len, MADV_NOHUGEPAGE);
    return base;
}

static void touch(uint8_t *base, size_t from, size_t len)
{
    memset(base + from, 1, len);
}

static void what_is_there_is_seen_and_what_is_not_is_not(void **state)
{
    (void)state;
    uint8_t *base = map(LEN);
    struct span object = span_of(base, LEN);
    struct seen_pages seen = {0};
    touch(base, PART, PART);
    assert_true(seen_pages_check(&seen, object, PART, 1, NOW_NS));
    assert_true(seen_pages_check(&seen, object, PART + 5, PART - 5, NOW_NS));
    assert_false(seen_pages_check(&seen, object, 0, 1, NOW_NS));
    assert_false(seen_pages_check(&seen, object, PART, PART + 1, NOW_NS));
    assert_int_equal(seen.parts, 2);
    munmap(base, LEN);
}

static void a_part_that_is_there_in_part_is_asked_about_each_time(void **state)
{
    (void)state;
    uint8_t *base = map(LEN);
    struct span object = span_of(base, LEN);
    struct seen_pages seen = {0};
    touch(base, 0, 4096);
    assert_true(seen_pages_check(&seen, object, 0, 4096, NOW_NS));
    assert_false(seen_pages_check(&seen, object, 4096, 1, NOW_NS));
    assert_int_equal(seen.parts, 0);
    munmap(base, LEN);
}

static void who_looks_twice_looks_at_all_of_it(void **state)
{
    (void)state;
    uint8_t *base = map(LEN);
    struct span object = span_of(base, LEN);
    struct seen_pages seen = {0};
    touch(base, 0, LEN);
    assert_true(seen_pages_check(&seen, object, 0, 1, NOW_NS));
    assert_int_equal(seen.parts, 1);
    assert_true(seen_pages_check(&seen, object, PART, 1, NOW_NS));
    assert_int_equal(seen.parts, 0xf);
    munmap(base, LEN);
}

static void what_was_whole_is_looked_at_as_a_whole_again(void **state)
{
    (void)state;
    uint8_t *base = map(LEN);
    struct span object = span_of(base, LEN);
    struct seen_pages seen = {0};
    touch(base, 0, LEN);
    assert_true(seen_pages_check(&seen, object, 0, LEN, NOW_NS));
    assert_true(seen_pages_check(&seen, object, PART, 1, NOW_NS + SEEN_PAGES_FRESH_NS));
    assert_int_equal(seen.parts, 0xf);
    munmap(base, LEN);
}

static void what_is_whole_no_more_is_asked_about_as_needed(void **state)
{
    (void)state;
    uint8_t *base = map(LEN);
    struct span object = span_of(base, LEN);
    struct seen_pages seen = {0};
    touch(base, 0, LEN);
    assert_true(seen_pages_check(&seen, object, 0, LEN, NOW_NS));
    assert_int_equal(madvise(base, PART, MADV_DONTNEED), 0);
    assert_true(seen_pages_check(&seen, object, PART, 1, NOW_NS + SEEN_PAGES_FRESH_NS));
    assert_false(seen_pages_check(&seen, object, 0, 1, NOW_NS + SEEN_PAGES_FRESH_NS));
    assert_true(seen_pages_check(&seen, object, PART, 1, NOW_NS + 2 * SEEN_PAGES_FRESH_NS));
    assert_int_equal(seen.parts, 2);
    munmap(base, LEN);
}

static void what_was_seen_is_forgotten_after_a_while(void **state)
{
    (void)state;
    uint8_t *base = map(LEN);
    struct span object = span_of(base, LEN);
    struct seen_pages seen = {0};
    touch(base, 0, PART);
    assert_true(seen_pages_check(&seen, object, 0, 1, NOW_NS));
    assert_int_equal(madvise(base, LEN, MADV_DONTNEED), 0);
    assert_true(seen_pages_check(&seen, object, 0, 1, NOW_NS + SEEN_PAGES_FRESH_NS - 1));
    assert_false(seen_pages_check(&seen, object, 0, 1, NOW_NS + SEEN_PAGES_FRESH_NS));
    munmap(base, LEN);
}

/* Every object has at most 64 parts, and its last may be short. */
static void objects_of_any_size_have_parts_enough(void **state)
{
    (void)state;
    static const size_t lens[] = {1,         PART,          PART + 1,      64 * PART - 1,
                                  64 * PART, 64 * PART + 1, 200 * PART + 7};
    for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
        uint8_t *base = map(lens[i]);
        struct span object = span_of(base, lens[i]);
        struct seen_pages seen = {0};
        touch(base, 0, lens[i]);
        assert_true(seen_pages_check(&seen, object, lens[i] - 1, 1, NOW_NS));
        assert_true(seen_pages_check(&seen, object, 0, lens[i], NOW_NS));
        assert_true(seen.parts != 0);
        munmap(base, lens[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_there_is_seen_and_what_is_not_is_not),
        cmocka_unit_test(a_part_that_is_there_in_part_is_asked_about_each_time),
        cmocka_unit_test(who_looks_twice_looks_at_all_of_it),
        cmocka_unit_test(what_was_whole_is_looked_at_as_a_whole_again),
        cmocka_unit_test(what_is_whole_no_more_is_asked_about_as_needed),
        cmocka_unit_test(what_was_seen_is_forgotten_after_a_while),
        cmocka_unit_test(objects_of_any_size_have_parts_enough),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
