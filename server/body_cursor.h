#ifndef BODY_CURSOR_H
#define BODY_CURSOR_H

#include "server/byte_range.h"
#include "store/index.h"

/*
 * Walks the body of a response as slices, in order: bytes of objects and, around the parts of a
 * multipart body, texts of ours. Pure: it says where the bytes are and touches none of them.
 */
struct body {
    const struct index *index;           /* all borrowed */
    const struct index_file *file;       /* of index */
    const struct byte_range_set *ranges; /* inside the file */
    const struct span *texts; /* one before each range and one after the last; NULL: none */
};

struct body_cursor {
    const struct body *body; /* borrowed */
    size_t part;             /* the range that is walked; ranges->count: after the last */
    size_t text_offset;      /* bytes of texts[part] that are behind us */
    uint64_t offset;         /* of the next byte of the range in the file, once the text is over */
    uint64_t end;
    uint32_t extent; /* the extent that holds it, while offset < end */
    uint64_t left;   /* bytes of the whole body that are before us */
};

struct body_slice {
    const uint8_t *text; /* the bytes themselves; NULL: they are in the object */
    uint32_t object;
    uint64_t offset; /* in the object */
    uint64_t length; /* > 0 */
};

/* Each range lies inside the file and has a length > 0; there may be none. */
void body_cursor_init(struct body_cursor *cursor, const struct body *body);

static inline bool body_cursor_is_at_end(const struct body_cursor *cursor)
{
    return cursor->left == 0;
}

/* The next slice, of at most `max` bytes (> 0). Must not be at the end. */
struct body_slice body_cursor_next(struct body_cursor *cursor, uint64_t max);

#endif
