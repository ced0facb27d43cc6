#ifndef HPACK_FIELDS_H
#define HPACK_FIELDS_H

#include "base/span.h"

/*
 * Counts the fields of a header block (RFC 7541, 6) without decoding one, so that it can be refused
 * before anybody does: a field that is a reference into a table is one byte here and as many as the
 * table holds once it is decoded. Works on blocks in pieces of any size. Table size updates count
 * as fields, too: nobody sends more than two.
 */
struct hpack_fields {
    enum {
        HPACK_REPRESENTATION, /* the first byte of a field */
        HPACK_INDEX,          /* the rest of an integer that is no length */
        HPACK_STRING,         /* the first byte of a string */
        HPACK_STRING_LENGTH,  /* the rest of its length */
        HPACK_STRING_BYTES,   /* its bytes */
    } state;
    unsigned strings; /* that this field still has */
    unsigned shift;   /* of the next byte of a length */
    uint64_t left;    /* bytes of the string */
    uint32_t count;   /* fields begun */
};

void hpack_fields_init(struct hpack_fields *fields);

/* Goes on with the next piece of the block. */
void hpack_fields_feed(struct hpack_fields *fields, struct span piece);

#endif
