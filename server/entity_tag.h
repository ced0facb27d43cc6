#ifndef ENTITY_TAG_H
#define ENTITY_TAG_H

#include "base/span.h"
#include "store/index.h"

/*
 * Entity tags (RFC 9110, 8.8.3). Ours are strong: the hex digits of the index's tag, in quotes.
 */
#define ENTITY_TAG_TEXT_LEN (2 * INDEX_ETAG_LEN + 2)

/* Writes the tag with its quotes and a NUL. */
void entity_tag_print(const uint8_t etag[INDEX_ETAG_LEN], char text[ENTITY_TAG_TEXT_LEN + 1]);

/* A tag as a client sent it. */
struct entity_tag {
    bool is_weak;
    struct span quoted; /* with its quotes, without W/ */
};

/* Takes one entity-tag off the front of *text; false, with *text as it was, when there is none. */
bool entity_tag_take(struct span *text, struct entity_tag *tag);

#endif
