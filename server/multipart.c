#include "server/multipart.h"

#include "base/checked.h"
#include "base/decimal.h"
#include "base/hex.h"

static char *put_span(char *at, struct span bytes)
{
    memcpy(at, bytes.base, bytes.len);
    return at + bytes.len;
}

static char *put(char *at, const char *text)
{
    return put_span(at, span_of_string(text));
}

static char *put_boundary(char *at, const struct index_file *file)
{
    char boundary[MULTIPART_BOUNDARY_LEN + 1];
    hex_encode(span_of(file->etag, INDEX_ETAG_LEN), boundary);
    return put_span(at, span_of(boundary, MULTIPART_BOUNDARY_LEN));
}

void multipart_print_type(const struct index_file *file, char text[MULTIPART_TYPE_LEN])
{
    put_boundary(put(text, "multipart/byteranges; boundary="), file);
}

size_t multipart_print_head(const struct index_file *file, struct byte_range range,
                            char text[MULTIPART_HEAD_MAX])
{
    char *at = put_boundary(put(text, "\r\n--"), file);
    at = put_span(put(at, "\r\nContent-Type: "), file->content_type);
    at = put(at, "\r\nContent-Range: ");
    at += byte_range_print(range, file->length, at);
    return (size_t)(put(at, "\r\n\r\n") - text);
}

void multipart_print_end(const struct index_file *file, char text[MULTIPART_END_LEN])
{
    put(put_boundary(put(text, "\r\n--"), file), "--\r\n");
}

static uint64_t add(uint64_t a, uint64_t b)
{
    uint64_t sum;
    return checked_add(a, b, &sum) ? sum : UINT64_MAX;
}

uint64_t multipart_length(const struct index_file *file, const struct byte_range_set *set)
{
    /* All of a head but its two positions. */
    const uint64_t fixed_len =
        sizeof("\r\n--\r\nContent-Type: \r\nContent-Range: bytes -/\r\n\r\n") - 1 +
        MULTIPART_BOUNDARY_LEN + file->content_type.len + decimal_len(file->length);
    uint64_t length = MULTIPART_END_LEN;
    for (size_t i = 0; i < set->count; i++) {
        const struct byte_range *range = &set->ranges[i];
        length = add(length, fixed_len + decimal_len(range->offset) +
                                 decimal_len(range->offset + range->length - 1));
        length = add(length, range->length);
    }
    return length;
}
