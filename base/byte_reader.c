#include "base/byte_reader.h"

struct span byte_reader_take(struct byte_reader *reader, uint64_t len)
{
    if (reader->failed || len > reader->rest.len) {
        reader->failed = true;
        return span_of("", 0);
    }
    struct span taken = span_slice(reader->rest, 0, (size_t)len);
    reader->rest = span_slice(reader->rest, (size_t)len, reader->rest.len - (size_t)len);
    return taken;
}

void byte_reader_skip(struct byte_reader *reader, uint64_t len)
{
    (void)byte_reader_take(reader, len);
}

static uint64_t big_endian(struct byte_reader *reader, unsigned len)
{
    struct span bytes = byte_reader_take(reader, len);
    uint64_t value = 0;
    for (size_t i = 0; i < bytes.len; i++)
        value = value << 8 | bytes.base[i];
    return value;
}

static uint64_t little_endian(struct byte_reader *reader, unsigned len)
{
    struct span bytes = byte_reader_take(reader, len);
    uint64_t value = 0;
    for (size_t i = bytes.len; i > 0; i--)
        value = value << 8 | bytes.base[i - 1];
    return value;
}

uint8_t byte_reader_u8(struct byte_reader *reader)
{
    return (uint8_t)big_endian(reader, 1);
}

uint16_t byte_reader_be16(struct byte_reader *reader)
{
    return (uint16_t)big_endian(reader, 2);
}

uint32_t byte_reader_be24(struct byte_reader *reader)
{
    return (uint32_t)big_endian(reader, 3);
}

uint32_t byte_reader_be32(struct byte_reader *reader)
{
    return (uint32_t)big_endian(reader, 4);
}

uint64_t byte_reader_be64(struct byte_reader *reader)
{
    return big_endian(reader, 8);
}

uint32_t byte_reader_le32(struct byte_reader *reader)
{
    return (uint32_t)little_endian(reader, 4);
}

uint64_t byte_reader_le64(struct byte_reader *reader)
{
    return little_endian(reader, 8);
}
