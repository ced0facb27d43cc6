/*
 * The Range field against files of several lengths. Whatever it says: every range that comes out
 * lies inside the file, no two touch, so that together they are never more than the file; asked for
 * in their order they are read back as they are; and a multipart body is as long as it is printed.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/checked.h"
#include "server/multipart.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static bool is_apart(struct byte_range a, struct byte_range b)
{
    return a.offset + a.length < b.offset || b.offset + b.length < a.offset;
}

static void check_ranges(const struct byte_range_set *set, uint64_t length)
{
    uint64_t sum = 0;
    check(set->count <= BYTE_RANGE_MAX);
    for (size_t i = 0; i < set->count; i++) {
        struct byte_range range = set->ranges[i];
        check(range.length > 0 && checked_within(range.offset, range.length, length));
        check(checked_add(sum, range.length, &sum));
        for (size_t j = 0; j < i; j++)
            check(is_apart(range, set->ranges[j]));
    }
    check(sum <= length);
}

/* The order of a set is that of the request: asked for again, it is the same. */
static void check_round_trip(const struct byte_range_set *set, uint64_t length)
{
    char text[BYTE_RANGE_MAX * 48] = "bytes=";
    size_t len = strlen(text);
    for (size_t i = 0; i < set->count; i++) {
        struct byte_range range = set->ranges[i];
        len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%llu-%llu", i > 0 ? "," : "",
                                (unsigned long long)range.offset,
                                (unsigned long long)(range.offset + range.length - 1));
    }
    struct byte_range_set again;
    check(byte_range_parse(span_of(text, len), length, &again) == BYTE_RANGE_SATISFIABLE);
    check(again.count == set->count);
    check(memcmp(again.ranges, set->ranges, set->count * sizeof(set->ranges[0])) == 0);
}

static void check_multipart(const struct byte_range_set *set, uint64_t length)
{
    const struct index_file file = {.content_type = {(const uint8_t *)"video/mp4", 9},
                                    .length = length};
    uint64_t expected = MULTIPART_END_LEN;
    for (size_t i = 0; i < set->count; i++) {
        char head[MULTIPART_HEAD_MAX];
        size_t len = multipart_print_head(&file, set->ranges[i], head);
        check(len <= sizeof(head));
        if (!checked_add(expected, len, &expected) ||
            !checked_add(expected, set->ranges[i].length, &expected))
            expected = UINT64_MAX;
    }
    check(multipart_length(&file, set) == expected);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint64_t lengths[] = {0, 1, 10000, UINT64_C(6) << 30, UINT64_MAX};
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        struct byte_range_set set;
        enum byte_range_outcome outcome = byte_range_parse(span_of(data, size), lengths[i], &set);
        check((outcome == BYTE_RANGE_SATISFIABLE) == (set.count > 0));
        check_ranges(&set, lengths[i]);
        if (outcome == BYTE_RANGE_SATISFIABLE)
            check_round_trip(&set, lengths[i]);
        check_multipart(&set, lengths[i]);
    }
    return 0;
}
