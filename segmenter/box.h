#ifndef BOX_H
#define BOX_H

#include "base/byte_buffer.h"
#include "base/byte_reader.h"

/*
 * Boxes of the ISO base media file format (ISO/IEC 14496-12, 4.2). Sizes are checked against the
 * enclosing span, so that walking hostile bytes ends.
 */
struct box {
    uint32_t type;
    struct span whole;   /* header included */
    struct span content; /* what follows the header */
};

#define BOX_TYPE(a, b, c, d)                                                                       \
    ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))

/* Takes the next box off the front of `rest`; false at the end or when what follows is no box. */
bool box_next(struct span *rest, struct box *box);

/* The first box of `type` among the boxes in `bytes`; false when there is none. */
bool box_find(struct span bytes, uint32_t type, struct box *box);

/* Follows a path of types from the boxes in `bytes` down: box_find_path(moov, 2, path, &box). */
bool box_find_path(struct span bytes, size_t depth, const uint32_t *path, struct box *box);

/* Begins a box in `out` and returns where, for `box_end`, which fills in its size. */
size_t box_begin(struct byte_buffer *out, uint32_t type);
size_t box_begin_full(struct byte_buffer *out, uint32_t type, uint8_t version, uint32_t flags);
void box_end(struct byte_buffer *out, size_t begin);

#endif
