#include "server/body_cursor.h"

#include <assert.h>

static uint64_t min(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static size_t text_length(const struct body *body, size_t part)
{
    return body->texts != NULL ? body->texts[part].len : 0;
}

/* Goes to the start of cursor->part, which may be behind the last range. */
static void enter_part(struct body_cursor *cursor)
{
    const struct body *body = cursor->body;
    cursor->text_offset = 0;
    cursor->offset = 0;
    cursor->end = 0;
    if (cursor->part == body->ranges->count)
        return;
    struct byte_range range = body->ranges->ranges[cursor->part];
    cursor->offset = range.offset;
    cursor->end = range.offset + range.length;
    cursor->extent = index_find_extent(body->index, body->file, range.offset);
}

void body_cursor_init(struct body_cursor *cursor, const struct body *body)
{
    *cursor = (struct body_cursor){.body = body};
    for (size_t i = 0; i < body->ranges->count; i++)
        cursor->left += text_length(body, i) + body->ranges->ranges[i].length;
    cursor->left += text_length(body, body->ranges->count);
    enter_part(cursor);
}

static struct body_slice next_of_text(struct body_cursor *cursor, uint64_t max)
{
    struct span text = cursor->body->texts[cursor->part];
    struct body_slice slice = {
        .text = text.base + cursor->text_offset,
        .length = min(text.len - cursor->text_offset, max),
    };
    cursor->text_offset += (size_t)slice.length;
    return slice;
}

static struct body_slice next_of_range(struct body_cursor *cursor, uint64_t max)
{
    struct index_extent extent = index_extent(cursor->body->index, cursor->extent);
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

struct body_slice body_cursor_next(struct body_cursor *cursor, uint64_t max)
{
    assert(!body_cursor_is_at_end(cursor) && max > 0);
    bool is_text = cursor->text_offset < text_length(cursor->body, cursor->part);
    struct body_slice slice = is_text ? next_of_text(cursor, max) : next_of_range(cursor, max);
    cursor->left -= slice.length;
    if (cursor->offset == cursor->end && cursor->part < cursor->body->ranges->count &&
        cursor->text_offset == text_length(cursor->body, cursor->part)) {
        cursor->part++;
        enter_part(cursor);
    }
    return slice;
}
