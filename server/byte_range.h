#ifndef BYTE_RANGE_H
#define BYTE_RANGE_H

#include "base/span.h"

/*
 * Byte ranges as HTTP spells them (RFC 9110, 14). Inside the program a range is an offset and a
 * length; the inclusive last byte exists only in this module's parser and printer.
 */
struct byte_range {
    uint64_t offset;
    uint64_t length; /* > 0 */
};

/* How many satisfiable ranges one request may name. No player asks for more than a few; whoever
 * asks for more gets the whole file, as RFC 9110 14.2 allows. */
#define BYTE_RANGE_MAX 16

enum byte_range_outcome {
    BYTE_RANGE_IGNORED,     /* no Range, another unit, invalid or too many: as if it were absent */
    BYTE_RANGE_SATISFIABLE, /* `set` holds at least one range */
    BYTE_RANGE_UNSATISFIABLE, /* valid, but no byte of it is in the file */
};

struct byte_range_set {
    struct byte_range ranges[BYTE_RANGE_MAX]; /* in the order of the request, clamped to the file */
    size_t count;
};

/* Reads the value of a Range field (empty when there is none) for a file of `length` bytes. Numbers
 * may have any number of digits. An empty file has no ranges: always ignored. Pure. */
enum byte_range_outcome byte_range_parse(struct span value, uint64_t length,
                                         struct byte_range_set *set);

#define CONTENT_RANGE_MAX 72 /* "bytes " and three numbers of 20 digits, with room */

/* Writes "bytes 0-499/10000". */
void byte_range_print(struct byte_range range, uint64_t length, char text[CONTENT_RANGE_MAX]);

/* Writes the Content-Range of a 416, which has an asterisk in place of the range. */
void byte_range_print_unsatisfied(uint64_t length, char text[CONTENT_RANGE_MAX]);

#endif
