#ifndef BYTE_BUFFER_H
#define BYTE_BUFFER_H

#include "base/span.h"

/*
 * Bytes that grow at the end; the writer of binary structures and of text. Starts out empty
 * ({0}); dispose frees. Aborts when memory is gone: whatever is sized by input is bounded before
 * it gets here.
 */

/* From a capacity of the one on, `base` is a multiple of the other, so that the bytes can go from
 * here to a disk (O_DIRECT). */
#define BYTE_BUFFER_ALIGNED_LEN ((size_t)64 << 10)
#define BYTE_BUFFER_ALIGNMENT ((size_t)4096)

struct byte_buffer {
    uint8_t *base;
    size_t len;
    size_t capacity;
};

void byte_buffer_dispose(struct byte_buffer *buffer);

/* The same, for secrets: nothing of them stays in the memory. What was left behind wherever the
 * buffer grew is beyond it: make room first. */
void byte_buffer_wipe(struct byte_buffer *buffer);

/* Forgets the bytes and keeps the memory. */
void byte_buffer_clear(struct byte_buffer *buffer);

/* Borrowed until the next change of the buffer. */
static inline struct span byte_buffer_span(const struct byte_buffer *buffer)
{
    return span_of(buffer->base, buffer->len);
}

void byte_buffer_put(struct byte_buffer *buffer, struct span bytes);

/* Appends `len` zero bytes. */
void byte_buffer_put_zeros(struct byte_buffer *buffer, size_t len);

void byte_buffer_put_u8(struct byte_buffer *buffer, uint8_t value);
void byte_buffer_put_be16(struct byte_buffer *buffer, uint16_t value);
void byte_buffer_put_be24(struct byte_buffer *buffer, uint32_t value);
void byte_buffer_put_be32(struct byte_buffer *buffer, uint32_t value);
void byte_buffer_put_be64(struct byte_buffer *buffer, uint64_t value);
void byte_buffer_put_le32(struct byte_buffer *buffer, uint32_t value);
void byte_buffer_put_le64(struct byte_buffer *buffer, uint64_t value);

/* Overwrites four bytes at `offset`, which must lie inside: for sizes known only at the end. */
void byte_buffer_set_be32(struct byte_buffer *buffer, size_t offset, uint32_t value);

void byte_buffer_printf(struct byte_buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
