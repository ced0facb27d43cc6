#ifndef EBML_H
#define EBML_H

#include "base/span.h"

/* How much of a Matroska file's start `ebml_declared_end` wants to see. */
#define EBML_HEAD_LEN 4096

/* Where a Matroska or WebM file says that it ends: the byte after its Segment (RFC 8794, RFC 9559
 * 4.5), from the file's first bytes. False when they are not Matroska, or when the writer left the
 * size unknown, as a live recording does. Pure. */
bool ebml_declared_end(struct span head, uint64_t *end);

#endif
