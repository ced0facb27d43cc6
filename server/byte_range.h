#ifndef BYTE_RANGE_H
#define BYTE_RANGE_H

#include "base/decimal.h"
#include "base/span.h"

/*
 * Byte ranges as HTTP spells them (RFC 9110, 14). Inside the program a range is an offset and a
 * length; the inclusive last byte exists only in this module's parser and printer.
 */
struct byte_range {
    uint64_t offset;
    uint64_t length; /* > 0 */
};

/* How many ranges one response may have. No player asks for more than a few; whoever asks for more
 * gets the whole file, as RFC 9110 14.2 allows. */
#define BYTE_RANGE_MAX 16

/* How many elements the list may have, the empty ones that 5.6.1.2 tolerates among them. */
#define BYTE_RANGE_MAX_ELEMENTS 64

enum byte_range_outcome {
    BYTE_RANGE_IGNORED,     /* no Range, another unit, invalid or too many: as if it were absent */
    BYTE_RANGE_SATISFIABLE, /* the only outcome with a range in `set` */
    BYTE_RANGE_UNSATISFIABLE, /* valid, but no byte of it is in the file */
};

/* No two ranges of a set overlap or touch, so all of them together are never more than the file. */
struct byte_range_set {
    struct byte_range ranges[BYTE_RANGE_MAX]; /* in the order of the request, clamped to the file */
    size_t count;
};

/* Reads the value of a Range field (empty when there is none) for a file of `length` bytes. Numbers
 * may have any number of digits. An empty file has no ranges: always ignored. Pure.
 *
 * A range that overlaps ranges before it, or touches them, becomes one with them, in the place of
 * the first; otherwise the order is the client's. Overlapping once may be an accident of rounding
 * (14.2 speaks of more than two overlapping ranges); a field that does it twice is ignored. */
enum byte_range_outcome byte_range_parse(struct span value, uint64_t length,
                                         struct byte_range_set *set);

#define CONTENT_RANGE_MAX (sizeof("bytes -/") - 1 + 3 * DECIMAL_MAX)

/* Writes "bytes 0-499/10000" without a NUL and returns its length. */
size_t byte_range_print(struct byte_range range, uint64_t length, char text[CONTENT_RANGE_MAX]);

/* Writes the Content-Range of a 416, which has an asterisk in place of the range; the same. */
size_t byte_range_print_unsatisfied(uint64_t length, char text[CONTENT_RANGE_MAX]);

#endif
