#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "server/byte_range.h"

#define R 10000u                             /* the length of the file most cases are about */
#define B (UINT64_C(6) * 1024 * 1024 * 1024) /* one longer than 32 bits can count */

struct one_case {
    const char *value;
    uint64_t length;
    uint64_t offset;
    uint64_t count;
};

static enum byte_range_outcome parse(const char *value, size_t len, uint64_t length,
                                     struct byte_range_set *set)
{
    uint8_t *copy = malloc(len > 0 ? len : 1);
    assert_non_null(copy);
    memcpy(copy, value, len);
    enum byte_range_outcome outcome = byte_range_parse(span_of(copy, len), length, set);
    free(copy);
    return outcome;
}

static void one_range_is_clamped_to_the_file(void **state)
{
    (void)state;
    static const struct one_case cases[] = {
        {"bytes=0-499", R, 0, 500},
        {"bytes=500-999", R, 500, 500},
        {"bytes=0-0", R, 0, 1},
        {"bytes=9999-9999", R, 9999, 1},
        {"bytes=9500-", R, 9500, 500},
        {"bytes=0-", R, 0, R},
        {"bytes=0-1", R, 0, 2},
        {"bytes=0-9999", R, 0, R},
        {"bytes=0-10000", R, 0, R},
        {"bytes=9999-20000", R, 9999, 1},
        {"bytes=8192-10239", R, 8192, 1808},
        {"bytes=-500", R, 9500, 500},
        {"bytes=-1", R, 9999, 1},
        {"bytes=-10000", R, 0, R},
        {"bytes=-10001", R, 0, R},
        {"bytes=-99999", R, 0, R},
        {"bytes= 0-4", R, 0, 5},
        {"bytes=\t0-4", R, 0, 5},
        {"bytes=0-4 ", R, 0, 5},
        {" bytes=0-4", R, 0, 5},
        {"bytes=,0-4,", R, 0, 5},
        {"Bytes=0-4", R, 0, 5},
        {"BYTES=0-4", R, 0, 5},
        {"bytes=0-18446744073709551615", R, 0, R},
        {"bytes=0-18446744073709551616", R, 0, R},
        {"bytes=0-99999999999999999999999999", R, 0, R},
        {"bytes=-18446744073709551616", R, 0, R},
        {"bytes=0000000000000000000000000-0004", R, 0, 5},
        {"bytes=4294967295-4294967296", B, 4294967295u, 2},
        {"bytes=-1", B, B - 1, 1},
        {"bytes=18446744073709551614-", UINT64_MAX, UINT64_MAX - 1, 1},
        {"bytes=0-", 1, 0, 1},
        /* what cannot be satisfied beside what can is left out */
        {"bytes=0-4,20000-20001", R, 0, 5},
        {"bytes=20000-,0-4,-0", R, 0, 5},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct one_case *c = &cases[i];
        struct byte_range_set set;
        if (parse(c->value, strlen(c->value), c->length, &set) != BYTE_RANGE_SATISFIABLE)
            fail_msg("'%s' is satisfiable", c->value);
        if (set.count != 1 || set.ranges[0].offset != c->offset || set.ranges[0].length != c->count)
            fail_msg("'%s' is read as %zu ranges, the first %llu+%llu", c->value, set.count,
                     (unsigned long long)set.ranges[0].offset,
                     (unsigned long long)set.ranges[0].length);
    }
}

static void several_ranges_keep_their_order(void **state)
{
    (void)state;
    static const char *const values[] = {"bytes=10-14,0-4",         "bytes=10-14, 0-4",
                                         "bytes=10-14 ,0-4",        "bytes=10-14\t,\t0-4",
                                         "bytes=,10-14,,0-4,",      "bytes=10-14,20000-,0-4",
                                         "bytes=\t ,  , 10-14 ,0-4"};
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        struct byte_range_set set;
        assert_int_equal(parse(values[i], strlen(values[i]), R, &set), BYTE_RANGE_SATISFIABLE);
        assert_int_equal(set.count, 2);
        assert_int_equal(set.ranges[0].offset, 10);
        assert_int_equal(set.ranges[0].length, 5);
        assert_int_equal(set.ranges[1].offset, 0);
        assert_int_equal(set.ranges[1].length, 5);
    }
}

static void nothing_inside_is_unsatisfiable(void **state)
{
    (void)state;
    static const char *const values[] = {
        "bytes=-0",
        "bytes=10000-",
        "bytes=10000-10001",
        "bytes=99999-100000",
        "bytes=20000-,30000-",
        "bytes=20000-,-0",
        "bytes=18446744073709551616-",
        "bytes=99999999999999999999-",
        "bytes=18446744073709551616-18446744073709551617",
        "bytes=9223372036854775807-",
        "bytes=9223372036854775806-9223372036854775807",
        "bytes=-000000000000000000000000000000",
    };
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        struct byte_range_set set;
        if (parse(values[i], strlen(values[i]), R, &set) != BYTE_RANGE_UNSATISFIABLE)
            fail_msg("'%s' is unsatisfiable", values[i]);
        assert_int_equal(set.count, 0);
    }
}

static void what_is_invalid_or_another_unit_is_ignored(void **state)
{
    (void)state;
    static const char *const values[] = {
        "",
        " ",
        "bytes",
        "bytes=",
        "bytes= ",
        "bytes=,",
        "bytes=,,",
        "bytes=-",
        "bytes=--5",
        "bytes=5",
        "bytes=abc",
        "bytes=1-a",
        "bytes=a-1",
        "bytes=500-499",
        "bytes=0-4,5-3",
        "bytes=5-3,0-4",
        "bytes=0-4,abc",
        "bytes=20000-,abc",
        "bytes 0-4",
        "bytes=0-4-",
        "bytes=0-4-5",
        "bytes=+0-4",
        "bytes=0x0-4",
        "bytes=1e3-",
        "bytes=0.5-4",
        "bytes=-+5",
        "bytes =0-4",
        "bytes=0 -4",
        "bytes=0- 4",
        "bytes=0-4 10-14",
        "bytes=0-4;10-14",
        "bytes==0-4",
        "items=0-4",
        "seconds=0-4",
        "x=abc",
        "bytes-live=0-*",
        "byte=0-4",
        "bytess=0-4",
        "=0-4",
        "0-4",
        "bytes=0-4\x80",
        "bytes=\xef\xbc\x90-4",
        /* two lines, joined */
        "bytes=0-1,bytes=5-6",
    };
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        struct byte_range_set set;
        if (parse(values[i], strlen(values[i]), R, &set) != BYTE_RANGE_IGNORED)
            fail_msg("'%s' is ignored", values[i]);
    }
    struct byte_range_set set;
    assert_int_equal(parse("bytes=0\0-4", 10, R, &set), BYTE_RANGE_IGNORED);
    assert_int_equal(byte_range_parse(span_of(NULL, 0), R, &set), BYTE_RANGE_IGNORED);
}

static void an_empty_file_has_no_ranges(void **state)
{
    (void)state;
    static const char *const values[] = {"bytes=0-0", "bytes=0-", "bytes=5-", "bytes=-1",
                                         "bytes=-0"};
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        struct byte_range_set set;
        assert_int_equal(parse(values[i], strlen(values[i]), 0, &set), BYTE_RANGE_IGNORED);
    }
}

static char *repeat(const char *head, const char *unit, size_t times)
{
    size_t unit_len = strlen(unit);
    char *text = malloc(strlen(head) + unit_len * times + 1);
    assert_non_null(text);
    strcpy(text, head);
    char *end = text + strlen(head);
    for (size_t i = 0; i < times; i++, end += unit_len)
        strcpy(end, unit);
    return text;
}

static void assert_ranges(const char *value, size_t count, const struct byte_range *expected)
{
    struct byte_range_set set;
    assert_int_equal(parse(value, strlen(value), R, &set), BYTE_RANGE_SATISFIABLE);
    if (set.count != count)
        fail_msg("'%s' is read as %zu ranges", value, set.count);
    for (size_t i = 0; i < count; i++)
        if (set.ranges[i].offset != expected[i].offset ||
            set.ranges[i].length != expected[i].length)
            fail_msg("range %zu of '%s' is %llu+%llu", i, value,
                     (unsigned long long)set.ranges[i].offset,
                     (unsigned long long)set.ranges[i].length);
}

static void what_touches_or_overlaps_becomes_one(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        size_t count;
        struct byte_range expected[3];
    } cases[] = {
        {"bytes=500-600,601-999", 1, {{500, 500}}},
        {"bytes=601-999,500-600", 1, {{500, 500}}},
        {"bytes=500-700,601-999", 1, {{500, 500}}},
        {"bytes=0-,-1", 1, {{0, R}}},
        {"bytes=0-9,0-9", 1, {{0, 10}}},
        {"bytes=500-600,602-999", 2, {{500, 101}, {602, 398}}},
        /* the joined one takes the place of the first, the others keep theirs */
        {"bytes=50-59,5000-5009,60-69", 2, {{50, 20}, {5000, 10}}},
        {"bytes=5000-5009,50-59,0-9,40-49", 3, {{5000, 10}, {40, 20}, {0, 10}}},
        {"bytes=0-9,20-29,10-19", 1, {{0, 30}}},
        {"bytes=0-9,20-29,5-25", 1, {{0, 30}}},
        {"bytes=9000-,20-29,0-9,10-19", 2, {{9000, 1000}, {0, 30}}},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_ranges(cases[i].value, cases[i].count, cases[i].expected);
}

static void assert_ignored(const char *value)
{
    struct byte_range_set set;
    if (parse(value, strlen(value), R, &set) != BYTE_RANGE_IGNORED || set.count != 0)
        fail_msg("'%.60s' is ignored", value);
}

static void who_overlaps_twice_gets_no_ranges(void **state)
{
    (void)state;
    assert_ignored("bytes=0-,0-,0-");
    assert_ignored("bytes=0-9,5-14,10-19");
    assert_ignored("bytes=0-9,5-14,100-109,105-114");
}

/* "bytes=", then `count` ranges of one byte, each `step` bytes after the one before. */
static char *tiny_ranges(size_t count, size_t step)
{
    char *text = malloc(6 + count * 16);
    assert_non_null(text);
    char *end = text + sprintf(text, "bytes=");
    for (size_t i = 0; i < count; i++)
        end += sprintf(end, "%s%zu-%zu", i > 0 ? "," : "", i * step, i * step);
    return text;
}

static void more_ranges_than_anyone_needs_are_ignored(void **state)
{
    (void)state;
    struct byte_range_set set;
    char *at_the_limit = tiny_ranges(BYTE_RANGE_MAX, 2);
    char *over_the_limit = tiny_ranges(BYTE_RANGE_MAX + 1, 2);
    assert_int_equal(parse(at_the_limit, strlen(at_the_limit), R, &set), BYTE_RANGE_SATISFIABLE);
    assert_int_equal(set.count, BYTE_RANGE_MAX);
    assert_ignored(over_the_limit);
    free(at_the_limit);
    free(over_the_limit);
}

static void more_elements_than_anyone_needs_are_ignored(void **state)
{
    (void)state;
    char *touching = tiny_ranges(BYTE_RANGE_MAX_ELEMENTS, 1);
    char *too_many = tiny_ranges(BYTE_RANGE_MAX_ELEMENTS + 1, 1);
    char *copies = repeat("bytes=", "0-0,", 1000);
    char *commas = repeat("bytes=0-0", ",", 1000);
    char *beyond = repeat("bytes=0-0", ",10000-", 1000);
    const struct byte_range one = {0, BYTE_RANGE_MAX_ELEMENTS};
    assert_ranges(touching, 1, &one);
    assert_ignored(too_many);
    assert_ignored(copies);
    assert_ignored(commas);
    assert_ignored(beyond);
    free(touching);
    free(too_many);
    free(copies);
    free(commas);
    free(beyond);
}

static void eight_kilobytes_of_digits_are_a_number(void **state)
{
    (void)state;
    struct byte_range_set set;
    char *nines = repeat("bytes=0-", "9", 8192);
    char *zeros = repeat("bytes=", "0", 8192);
    assert_int_equal(parse(nines, strlen(nines), R, &set), BYTE_RANGE_SATISFIABLE);
    assert_int_equal(set.ranges[0].length, R);
    assert_int_equal(parse(zeros, strlen(zeros), R, &set), BYTE_RANGE_IGNORED);
    free(nines);
    free(zeros);
}

static void prints_what_content_range_says(void **state)
{
    (void)state;
    char text[CONTENT_RANGE_MAX];
    size_t len = byte_range_print((struct byte_range){0, 500}, R, text);
    assert_true(span_is(span_of(text, len), "bytes 0-499/10000"));
    len = byte_range_print((struct byte_range){UINT64_MAX - 1, 1}, UINT64_MAX, text);
    assert_true(span_is(span_of(text, len),
                        "bytes 18446744073709551614-18446744073709551614/18446744073709551615"));
    assert_int_equal(len, CONTENT_RANGE_MAX);
    len = byte_range_print_unsatisfied(R, text);
    assert_true(span_is(span_of(text, len), "bytes */10000"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_range_is_clamped_to_the_file),
        cmocka_unit_test(several_ranges_keep_their_order),
        cmocka_unit_test(nothing_inside_is_unsatisfiable),
        cmocka_unit_test(what_is_invalid_or_another_unit_is_ignored),
        cmocka_unit_test(an_empty_file_has_no_ranges),
        cmocka_unit_test(what_touches_or_overlaps_becomes_one),
        cmocka_unit_test(who_overlaps_twice_gets_no_ranges),
        cmocka_unit_test(more_elements_than_anyone_needs_are_ignored),
        cmocka_unit_test(more_ranges_than_anyone_needs_are_ignored),
        cmocka_unit_test(eight_kilobytes_of_digits_are_a_number),
        cmocka_unit_test(prints_what_content_range_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
