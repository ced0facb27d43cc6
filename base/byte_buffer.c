#include "base/byte_buffer.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static uint8_t *grow(const struct byte_buffer *buffer, size_t capacity)
{
    if (capacity < BYTE_BUFFER_ALIGNED_LEN)
        return realloc(buffer->base, capacity);
    /* realloc would lose the alignment. */
    uint8_t *base = aligned_alloc(BYTE_BUFFER_ALIGNMENT, capacity);
    if (base != NULL && buffer->len > 0)
        memcpy(base, buffer->base, buffer->len);
    if (base != NULL)
        free(buffer->base);
    return base;
}

static uint8_t *reserve(struct byte_buffer *buffer, size_t more)
{
    if (more > SIZE_MAX / 2 - buffer->len)
        abort();
    if (buffer->len + more > buffer->capacity) {
        size_t capacity = buffer->capacity + buffer->capacity / 2;
        if (capacity < buffer->len + more)
            capacity = buffer->len + more;
        if (capacity < 64)
            capacity = 64;
        if (capacity >= BYTE_BUFFER_ALIGNED_LEN)
            capacity = (capacity + BYTE_BUFFER_ALIGNMENT - 1) & ~(BYTE_BUFFER_ALIGNMENT - 1);
        uint8_t *base = grow(buffer, capacity);
        if (base == NULL)
            abort();
        buffer->base = base;
        buffer->capacity = capacity;
    }
    uint8_t *end = buffer->base + buffer->len;
    buffer->len += more;
    return end;
}

void byte_buffer_dispose(struct byte_buffer *buffer)
{
    free(buffer->base);
    *buffer = (struct byte_buffer){0};
}

void byte_buffer_wipe(struct byte_buffer *buffer)
{
    if (buffer->base != NULL)
        explicit_bzero(buffer->base, buffer->capacity);
    byte_buffer_dispose(buffer);
}

void byte_buffer_clear(struct byte_buffer *buffer)
{
    buffer->len = 0;
}

void byte_buffer_put(struct byte_buffer *buffer, struct span bytes)
{
    if (bytes.len > 0)
        memcpy(reserve(buffer, bytes.len), bytes.base, bytes.len);
}

void byte_buffer_put_zeros(struct byte_buffer *buffer, size_t len)
{
    if (len > 0)
        memset(reserve(buffer, len), 0, len);
}

static void put_big_endian(struct byte_buffer *buffer, uint64_t value, unsigned len)
{
    uint8_t *end = reserve(buffer, len);
    for (unsigned i = 0; i < len; i++)
        end[i] = (uint8_t)(value >> 8 * (len - 1 - i));
}

static void put_little_endian(struct byte_buffer *buffer, uint64_t value, unsigned len)
{
    uint8_t *end = reserve(buffer, len);
    for (unsigned i = 0; i < len; i++)
        end[i] = (uint8_t)(value >> 8 * i);
}

void byte_buffer_put_u8(struct byte_buffer *buffer, uint8_t value)
{
    *reserve(buffer, 1) = value;
}

void byte_buffer_put_be16(struct byte_buffer *buffer, uint16_t value)
{
    put_big_endian(buffer, value, 2);
}

void byte_buffer_put_be24(struct byte_buffer *buffer, uint32_t value)
{
    put_big_endian(buffer, value, 3);
}

void byte_buffer_put_be32(struct byte_buffer *buffer, uint32_t value)
{
    put_big_endian(buffer, value, 4);
}

void byte_buffer_put_be64(struct byte_buffer *buffer, uint64_t value)
{
    put_big_endian(buffer, value, 8);
}

void byte_buffer_put_le32(struct byte_buffer *buffer, uint32_t value)
{
    put_little_endian(buffer, value, 4);
}

void byte_buffer_put_le64(struct byte_buffer *buffer, uint64_t value)
{
    put_little_endian(buffer, value, 8);
}

void byte_buffer_set_be32(struct byte_buffer *buffer, size_t offset, uint32_t value)
{
    assert(offset <= buffer->len && buffer->len - offset >= 4);
    for (unsigned i = 0; i < 4; i++)
        buffer->base[offset + i] = (uint8_t)(value >> 8 * (3 - i));
}

void byte_buffer_printf(struct byte_buffer *buffer, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    assert(len >= 0);
    /* vsnprintf ends with a NUL, which is not part of the bytes. */
    char *end = (char *)reserve(buffer, (size_t)len + 1);
    va_start(args, format);
    vsnprintf(end, (size_t)len + 1, format, args);
    va_end(args);
    buffer->len--;
}
