#ifndef BYTE_READER_H
#define BYTE_READER_H

#include "base/span.h"

/*
 * Reads binary structures from a span with one sticky error: a read past the end returns 0 (or an
 * empty span) and marks the reader as failed, and every later read does the same. Read a whole
 * structure, then ask `failed` once.
 */
struct byte_reader {
    struct span rest; /* what has not been read */
    bool failed;
};

static inline struct byte_reader byte_reader_init(struct span bytes)
{
    return (struct byte_reader){.rest = bytes};
}

/* The next `len` bytes, borrowed from the input; empty on failure. */
struct span byte_reader_take(struct byte_reader *reader, uint64_t len);

void byte_reader_skip(struct byte_reader *reader, uint64_t len);

uint8_t byte_reader_u8(struct byte_reader *reader);
uint16_t byte_reader_be16(struct byte_reader *reader);
uint32_t byte_reader_be24(struct byte_reader *reader);
uint32_t byte_reader_be32(struct byte_reader *reader);
uint64_t byte_reader_be64(struct byte_reader *reader);
uint32_t byte_reader_le32(struct byte_reader *reader);
uint64_t byte_reader_le64(struct byte_reader *reader);

#endif
