#include "segmenter/box.h"

#include <assert.h>

bool box_next(struct span *rest, struct box *box)
{
    struct byte_reader reader = byte_reader_init(*rest);
    uint64_t size = byte_reader_be32(&reader);
    box->type = byte_reader_be32(&reader);
    if (size == 1)
        size = byte_reader_be64(&reader);
    size_t header_len = rest->len - reader.rest.len;
    if (reader.failed || size < header_len || size > rest->len)
        return false;
    box->whole = span_slice(*rest, 0, (size_t)size);
    box->content = span_slice(*rest, header_len, (size_t)size - header_len);
    *rest = span_slice(*rest, (size_t)size, rest->len - (size_t)size);
    return true;
}

bool box_find(struct span bytes, uint32_t type, struct box *box)
{
    while (box_next(&bytes, box)) {
        if (box->type == type)
            return true;
    }
    return false;
}

bool box_find_path(struct span bytes, size_t depth, const uint32_t *path, struct box *box)
{
    for (size_t i = 0; i < depth; i++) {
        if (!box_find(bytes, path[i], box))
            return false;
        bytes = box->content;
    }
    return depth > 0;
}

size_t box_begin(struct byte_buffer *out, uint32_t type)
{
    size_t begin = out->len;
    byte_buffer_put_be32(out, 0);
    byte_buffer_put_be32(out, type);
    return begin;
}

size_t box_begin_full(struct byte_buffer *out, uint32_t type, uint8_t version, uint32_t flags)
{
    size_t begin = box_begin(out, type);
    byte_buffer_put_u8(out, version);
    byte_buffer_put_be24(out, flags);
    return begin;
}

void box_end(struct byte_buffer *out, size_t begin)
{
    size_t size = out->len - begin;
    assert(size <= UINT32_MAX);
    byte_buffer_set_be32(out, begin, (uint32_t)size);
}
