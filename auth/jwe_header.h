#ifndef JWE_HEADER_H
#define JWE_HEADER_H

#include "base/byte_buffer.h"
#include "base/status.h"

/* The JOSE header of something encrypted (RFC 7516 4.1), as far as we let one say anything: which
 * key, and how. */
struct jwe_header {
    char *algorithm;  /* alg: how the key is found; owned */
    char *encryption; /* enc: how it is used; owned */
    char *kid;        /* owned */
};

/* Parses the decoded header. STATUS_INVALID unless it is one JSON object with `alg`, `enc` and
 * `kid` as strings and perhaps `typ`, which decides nothing (4.1.11). Every other member is
 * refused: `zip` lets a few bytes become many, `crit` changes how the rest is to be read, and one
 * that we do not know may do either. */
MUST_CHECK enum status jwe_header_parse(struct span json, struct jwe_header *header);

/* Appends the JSON text of a header with "dir", `encryption` and `kid`, which is UTF-8. */
void jwe_header_put(const char *encryption, const char *kid, struct byte_buffer *json);

void jwe_header_dispose(struct jwe_header *header);

#endif
