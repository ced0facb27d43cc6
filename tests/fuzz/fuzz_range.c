/*
 * The Range field against files of several lengths: whatever it says, every range that comes out
 * lies inside the file, and the printer gives back what the parser read.
 */
#include <stdlib.h>

#include "server/byte_range.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_round_trip(struct byte_range range, uint64_t length)
{
    char text[CONTENT_RANGE_MAX];
    struct byte_range_set set;
    size_t len = byte_range_print(range, length, text);
    const char *slash = memchr(text, '/', len);
    check(slash != NULL && memcmp(text, "bytes ", 6) == 0);
    text[5] = '=';
    struct span value = span_of(text, (size_t)(slash - text));
    check(byte_range_parse(value, length, &set) == BYTE_RANGE_SATISFIABLE && set.count == 1 &&
          set.ranges[0].offset == range.offset && set.ranges[0].length == range.length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint64_t lengths[] = {0, 1, 10000, UINT64_C(6) << 30, UINT64_MAX};
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        struct byte_range_set set;
        enum byte_range_outcome outcome = byte_range_parse(span_of(data, size), lengths[i], &set);
        check((outcome == BYTE_RANGE_SATISFIABLE) == (set.count > 0) ||
              outcome == BYTE_RANGE_IGNORED);
        check(set.count <= BYTE_RANGE_MAX);
        for (size_t j = 0; outcome == BYTE_RANGE_SATISFIABLE && j < set.count; j++) {
            struct byte_range range = set.ranges[j];
            check(range.length > 0 && range.offset < lengths[i] &&
                  range.length <= lengths[i] - range.offset);
            check_round_trip(range, lengths[i]);
        }
    }
    return 0;
}
