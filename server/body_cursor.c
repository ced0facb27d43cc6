#include "server/body_cursor.h"

#include <assert.h>

static uint64_t min(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

void body_cursor_init(struct body_cursor *cursor, const struct index *index,
                      const struct index_file *file, struct byte_range range)
{
    *cursor = (struct body_cursor){
        .index = index, .offset = range.offset, .end = range.offset + range.length};
    if (range.length > 0)
        cursor->extent = index_find_extent(index, file, range.offset);
}

struct body_slice body_cursor_next(struct body_cursor *cursor, uint64_t max)
{
    assert(!body_cursor_is_at_end(cursor) && max > 0);
    struct index_extent extent = index_extent(cursor->index, cursor->extent);
    uint64_t skipped = cursor->offset - extent.file_offset;
    uint64_t left_in_extent = extent.length - skipped;
    struct body_slice slice = {
        .object = extent.object,
        .offset = extent.object_offset + skipped,
        .length = min(min(left_in_extent, cursor->end - cursor->offset), max),
    };
    cursor->offset += slice.length;
    if (slice.length == left_in_extent)
        cursor->extent++;
    return slice;
}
