#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "server/multipart.h"

#define BOUNDARY "76310000000000000000000000000000"

static const struct index_file file = {
    .content_type = {(const uint8_t *)"video/mp4", 9},
    .length = 10000,
    .etag = {'v', '1'},
};

static void the_type_names_the_boundary(void **state)
{
    (void)state;
    char text[MULTIPART_TYPE_LEN];
    multipart_print_type(&file, text);
    assert_true(span_is(span_of(text, sizeof(text)), "multipart/byteranges; boundary=" BOUNDARY));
}

static void a_head_says_type_and_range(void **state)
{
    (void)state;
    char text[MULTIPART_HEAD_MAX];
    size_t len = multipart_print_head(&file, (struct byte_range){9999, 1}, text);
    assert_true(span_is(span_of(text, len), "\r\n--" BOUNDARY "\r\nContent-Type: video/mp4\r\n"
                                            "Content-Range: bytes 9999-9999/10000\r\n\r\n"));
}

static void the_end_closes_the_boundary(void **state)
{
    (void)state;
    char text[MULTIPART_END_LEN];
    multipart_print_end(&file, text);
    assert_true(span_is(span_of(text, sizeof(text)), "\r\n--" BOUNDARY "--\r\n"));
}

static void the_length_is_that_of_what_is_printed(void **state)
{
    (void)state;
    const struct byte_range_set set = {.ranges = {{0, 1}, {9999, 1}, {10, 990}}, .count = 3};
    uint64_t expected = MULTIPART_END_LEN;
    for (size_t i = 0; i < set.count; i++) {
        char text[MULTIPART_HEAD_MAX];
        expected += multipart_print_head(&file, set.ranges[i], text) + set.ranges[i].length;
    }
    assert_int_equal(multipart_length(&file, &set), expected);
}

static void the_longest_head_fits(void **state)
{
    (void)state;
    uint8_t type[INDEX_CONTENT_TYPE_MAX_LEN];
    memset(type, 'x', sizeof(type));
    struct index_file longest = file;
    longest.content_type = span_of(type, sizeof(type));
    longest.length = UINT64_MAX;
    char *text = malloc(MULTIPART_HEAD_MAX);
    assert_non_null(text);
    const struct byte_range last = {UINT64_MAX - 1, 1};
    assert_int_equal(multipart_print_head(&longest, last, text), MULTIPART_HEAD_MAX);
    free(text);
}

static void a_length_that_does_not_fit_is_the_greatest(void **state)
{
    (void)state;
    struct index_file longest = file;
    longest.length = UINT64_MAX;
    const struct byte_range_set set = {.ranges = {{0, UINT64_MAX - 5}, {UINT64_MAX - 1, 1}},
                                       .count = 2};
    assert_true(multipart_length(&longest, &set) == UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_type_names_the_boundary),
        cmocka_unit_test(a_head_says_type_and_range),
        cmocka_unit_test(the_end_closes_the_boundary),
        cmocka_unit_test(the_length_is_that_of_what_is_printed),
        cmocka_unit_test(the_longest_head_fits),
        cmocka_unit_test(a_length_that_does_not_fit_is_the_greatest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
