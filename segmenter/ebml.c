#include "segmenter/ebml.h"

#include "base/byte_reader.h"
#include "base/checked.h"

#define EBML_ID_HEADER 0x1a45dfa3
#define EBML_ID_SEGMENT 0x18538067

/* An element's data size (RFC 8794, 4.4): the leading zeros of the first byte say how many bytes
 * follow; all value bits set means unknown. */
static bool read_size(struct byte_reader *reader, uint64_t *size)
{
    uint8_t first = byte_reader_u8(reader);
    if (first == 0)
        return false;
    int more = __builtin_clz((unsigned)first) - 24;
    uint64_t value = first & (0x7fu >> more);
    bool is_unknown = value == (0x7fu >> more);
    for (int i = 0; i < more; i++) {
        uint8_t byte = byte_reader_u8(reader);
        is_unknown = is_unknown && byte == 0xff;
        value = value << 8 | byte;
    }
    *size = value;
    return !reader->failed && !is_unknown;
}

bool ebml_declared_end(struct span head, uint64_t *end)
{
    struct byte_reader reader = byte_reader_init(head);
    uint64_t size = 0;
    if (byte_reader_be32(&reader) != EBML_ID_HEADER || !read_size(&reader, &size))
        return false;
    byte_reader_skip(&reader, size);
    if (byte_reader_be32(&reader) != EBML_ID_SEGMENT || !read_size(&reader, &size))
        return false;
    return !reader.failed && checked_add(head.len - reader.rest.len, size, end);
}
