/*
 * index_open on arbitrary bytes; what it accepts is walked through every accessor.
 *
 * The checksum would stop a fuzzer at the door. So the first byte of the input is a mode: when it
 * is odd, the checksum and the total size are put right before opening, and the checks behind them
 * are on their own, as they are against whoever writes an index on purpose.
 */
#include <assert.h>
#include <stdlib.h>

#include "store/index.h"
#include "store/index_layout.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put_right(uint8_t *bytes, size_t len)
{
    for (unsigned i = 0; i < 8; i++)
        bytes[INDEX_AT_TOTAL_SIZE + i] = (uint8_t)((uint64_t)len >> 8 * i);
    struct digest sum = index_checksum(span_of(bytes, len));
    memcpy(bytes + INDEX_AT_CHECKSUM, sum.bytes, sizeof(sum.bytes));
}

/* Touches every byte, so that a sanitizer sees a span that leaves the input. */
static unsigned sum_of(struct span span)
{
    unsigned sum = 0;
    for (size_t i = 0; i < span.len; i++)
        sum += span.base[i];
    return sum;
}

static void walk_tracks(const struct index *index)
{
    for (uint32_t i = 0; i < index->track_count; i++) {
        struct index_track track = index_track(index, i);
        assert(track.timescale > 0);
        (void)sum_of(track.codec);
        (void)sum_of(track.language);
        for (uint32_t s = 0; s < track.segment_count; s++) {
            struct index_segment segment = index_segment(index, track.first_segment + s);
            assert(segment.start_ticks <= UINT64_MAX - segment.duration_ticks);
            assert(index_object(index, segment.object).size > 0);
        }
    }
}

static void walk_file(const struct index *index, uint32_t i)
{
    struct index_file file = index_file(index, i);
    struct index_file found;
    uint64_t offset = 0;
    assert(index_find_file(index, file.name, &found) && found.first_extent == file.first_extent);
    (void)sum_of(file.content_type);
    for (uint32_t e = file.first_extent; e < file.first_extent + file.extent_count; e++) {
        struct index_extent extent = index_extent(index, e);
        struct index_object object = index_object(index, extent.object);
        assert(extent.file_offset == offset && extent.length > 0);
        assert(extent.object_offset <= object.size &&
               extent.length <= object.size - extent.object_offset);
        assert(index_find_extent(index, &file, offset) == e);
        offset += extent.length;
        assert(index_find_extent(index, &file, offset - 1) == e);
    }
    assert(offset == file.length);
}

static void walk(const struct index *index)
{
    struct index_file file;
    walk_tracks(index);
    for (uint32_t i = 0; i < index->file_count; i++)
        walk_file(index, i);
    assert(!index_find_file(index, span_of_string("no/name"), &file));
    assert(index_same_content(index, index));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct index index;
    struct fault fault = {0};
    if (size < 1)
        return 0;
    size_t len = size - 1;
    uint8_t *bytes = malloc(len > 0 ? len : 1);
    if (bytes == NULL)
        return 0;
    memcpy(bytes, data + 1, len);
    if (data[0] % 2 == 1 && len >= INDEX_HEADER_LEN)
        put_right(bytes, len);
    if (index_open(span_of(bytes, len), &index, &fault) == STATUS_OK)
        walk(&index);
    else
        assert(fault.text[0] != '\0');
    free(bytes);
    return 0;
}
