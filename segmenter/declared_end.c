#include "segmenter/declared_end.h"

#include "base/byte_reader.h"
#include "base/checked.h"

/* A fragmented film of a day has 200,000 boxes and a live recording as many clusters; beyond this
 * the file is as good as unchecked. */
#define MAX_STEPS 4000000

/* Both walk over headers of this length at most: box size, type and large size; element id and
 * size. */
#define HEADER_MAX 16

static bool is_box_type(uint32_t type)
{
    for (int shift = 0; shift < 32; shift += 8) {
        uint8_t letter = (uint8_t)(type >> shift);
        if (letter != 0xa9 && (letter < 0x20 || letter > 0x7e)) /* 0xa9: "©nam" and the like */
            return false;
    }
    return true;
}

uint64_t declared_end_of_boxes(file_reader read, void *context, uint64_t size)
{
    uint64_t offset = 0;
    for (unsigned step = 0; step < MAX_STEPS && offset < size; step++) {
        uint8_t header[HEADER_MAX];
        struct byte_reader reader =
            byte_reader_init(span_of(header, read(context, offset, header, sizeof(header))));
        uint64_t box_size = byte_reader_be32(&reader);
        uint32_t type = byte_reader_be32(&reader);
        if (box_size == 1)
            box_size = byte_reader_be64(&reader);
        if (reader.failed || !is_box_type(type) || box_size < 8)
            return size; /* size 0: to the end of the file; anything else: no box */
        if (!checked_add(offset, box_size, &offset))
            return UINT64_MAX;
    }
    return offset > size ? offset : size;
}

enum {
    EBML_SEGMENT = 0x18538067,
    EBML_CLUSTER = 0x1f43b675,
};

struct element {
    uint32_t id;
    uint64_t header_len;
    uint64_t size;
    bool size_is_open;
};

/* A variable-length integer (RFC 8794, 4): the leading zeros of the first byte say how many bytes
 * follow. With the marker bit for ids, without it for sizes. */
static bool read_vint(struct byte_reader *reader, int max_len, bool keep_marker, uint64_t *value,
                      bool *is_all_ones)
{
    uint8_t first = byte_reader_u8(reader);
    int len = first == 0 ? 9 : __builtin_clz((unsigned)first) - 23;
    if (len > max_len)
        return false;
    uint8_t mask = (uint8_t)(0xff >> len);
    *is_all_ones = (first & mask) == mask;
    *value = keep_marker ? first : first & mask;
    for (int i = 1; i < len; i++) {
        uint8_t byte = byte_reader_u8(reader);
        *is_all_ones = *is_all_ones && byte == 0xff;
        *value = *value << 8 | byte;
    }
    return !reader->failed;
}

static bool read_element(file_reader read, void *context, uint64_t offset, struct element *element)
{
    uint8_t header[HEADER_MAX];
    size_t len = read(context, offset, header, sizeof(header));
    struct byte_reader reader = byte_reader_init(span_of(header, len));
    uint64_t id;
    bool is_all_ones;
    if (!read_vint(&reader, 4, true, &id, &is_all_ones) ||
        !read_vint(&reader, 8, false, &element->size, &element->size_is_open))
        return false;
    element->id = (uint32_t)id;
    element->header_len = len - reader.rest.len;
    return true;
}

/* Elements of open size are entered: what follows is inside them. */
uint64_t declared_end_of_ebml(file_reader read, void *context, uint64_t size)
{
    uint64_t offset = 0;
    for (unsigned step = 0; step < MAX_STEPS && offset < size; step++) {
        struct element element;
        if (!read_element(read, context, offset, &element))
            return size; /* no element: not ours to judge */
        offset += element.header_len;
        if (element.size_is_open) {
            if (element.id != EBML_SEGMENT && element.id != EBML_CLUSTER)
                return size;
            continue;
        }
        if (!checked_add(offset, element.size, &offset))
            return UINT64_MAX;
        if (element.id == EBML_SEGMENT)
            break;
    }
    return offset;
}

#define SYNC_BYTE 0x47
#define SYNC_COUNT 5        /* so many a packet apart are no chance */
#define M2TS_PACKET_LEN 192 /* a time stamp of four bytes stands in front of the sync byte */
#define M2TS_SYNC_OFFSET 4

static bool is_synced(file_reader read, void *context, uint64_t offset, uint64_t packet_len)
{
    for (unsigned i = 0; i < SYNC_COUNT; i++) {
        uint8_t byte;
        if (read(context, offset + i * packet_len, &byte, 1) == 0)
            return i > 0; /* a short file */
        if (byte != SYNC_BYTE)
            return false;
    }
    return true;
}

uint64_t declared_end_of_packets(file_reader read, void *context, uint64_t size,
                                 uint64_t packet_len)
{
    uint64_t sync = 0;
    while (sync < packet_len && !is_synced(read, context, sync, packet_len))
        sync++;
    if (sync == packet_len || sync >= size)
        return size; /* not ours to judge */
    uint64_t before = packet_len == M2TS_PACKET_LEN ? M2TS_SYNC_OFFSET : 0;
    uint64_t begin = (sync + packet_len - before) % packet_len;
    uint64_t packets = size > begin ? (size - begin + packet_len - 1) / packet_len : 0;
    return begin + packets * packet_len;
}
