#ifndef EDIT_LIST_H
#define EDIT_LIST_H

#include "base/byte_buffer.h"

/* One span of a track's media shown after an optional pause (ISO/IEC 14496-12, 8.6.6). */
struct edit_list {
    uint64_t pause;      /* nothing is shown for this long first; movie ticks */
    uint64_t duration;   /* of the media shown; movie ticks; 0: all there is */
    uint64_t media_time; /* where the media begins to be shown; track ticks */
};

/* Appends an `edts` box. */
void edit_list_write(const struct edit_list *list, struct byte_buffer *out);

#endif
