#ifndef BYTES_ASSERT_H
#define BYTES_ASSERT_H

#include "base/byte_buffer.h"

/* Compares bytes with hexadecimal digits, in which spaces and line ends mean nothing. */
void assert_bytes(struct span bytes, const char *hex);

/* As assert_bytes, on what `out` holds, and disposes of it. */
void assert_wrote(struct byte_buffer *out, const char *hex);

/* A copy of exactly that size, so that a sanitizer sees a read beyond it; the caller frees it. */
struct span exact_copy(struct span bytes);
void exact_free(struct span bytes);

#endif
