#ifndef BODY_CURSOR_H
#define BODY_CURSOR_H

#include "server/byte_range.h"
#include "store/index.h"

/*
 * Walks a byte range of a file as slices of objects, in order. Pure: it says where the bytes are
 * and touches none of them.
 */
struct body_cursor {
    const struct index *index; /* borrowed */
    uint64_t offset;           /* of the next byte in the file */
    uint64_t end;
    uint32_t extent; /* the extent that holds it, while offset < end */
};

struct body_slice {
    uint32_t object;
    uint64_t offset; /* in the object */
    uint64_t length;
};

/* `range` lies inside `file`; it may be empty. */
void body_cursor_init(struct body_cursor *cursor, const struct index *index,
                      const struct index_file *file, struct byte_range range);

static inline bool body_cursor_is_at_end(const struct body_cursor *cursor)
{
    return cursor->offset == cursor->end;
}

/* The next slice, of at most `max` bytes (> 0). Must not be at the end. */
struct body_slice body_cursor_next(struct body_cursor *cursor, uint64_t max);

#endif
