#ifndef MADE_HEADER_H
#define MADE_HEADER_H

#include "base/byte_buffer.h"

/*
 * What libavformat writes in front of the fragments of a track, put together by hand: `ftyp` and
 * `moov` with one `trak` and an `mvex`. Boxes that must go over as they are hold texts to be
 * recognised by.
 */
struct made_header {
    uint32_t movie_timescale;
    uint32_t track_timescale;
    const char *description; /* content of `stsd` */
    bool has_edit_list;      /* one that must not survive */
};

void make_header(const struct made_header *header, struct byte_buffer *out);

#endif
