#ifndef MULTIPART_H
#define MULTIPART_H

#include "server/byte_range.h"
#include "store/index.h"

/*
 * The body of a 206 with several ranges: multipart/byteranges (RFC 9110, 14.6 and 15.3.7.2).
 *
 * A part is a head, printed here, and the bytes of its range; after the last one comes the end:
 *
 *     CRLF --BOUNDARY CRLF Content-Type: video/mp4 CRLF Content-Range: bytes 0-4/10000 CRLF CRLF
 *     the bytes
 *     CRLF --BOUNDARY-- CRLF
 *
 * The boundary is the file's ETag, a hash of its content: a file that holds it would have to know
 * its own hash. It is the same each time, so the same request gets the same bytes. Nothing here is
 * kept between calls: the length is known before anything is printed, and a head is printed when
 * its turn comes.
 */
#define MULTIPART_BOUNDARY_LEN (2 * INDEX_ETAG_LEN)

/* The Content-Type of the response, without a NUL. */
#define MULTIPART_TYPE_LEN (sizeof("multipart/byteranges; boundary=") - 1 + MULTIPART_BOUNDARY_LEN)

/* The longest head: its words, the boundary, a content type and a Content-Range. */
#define MULTIPART_HEAD_MAX                                                                         \
    (sizeof("\r\n--\r\nContent-Type: \r\nContent-Range: \r\n\r\n") - 1 + MULTIPART_BOUNDARY_LEN +  \
     INDEX_CONTENT_TYPE_MAX_LEN + CONTENT_RANGE_MAX)

#define MULTIPART_END_LEN (sizeof("\r\n----\r\n") - 1 + MULTIPART_BOUNDARY_LEN)

void multipart_print_type(const struct index_file *file, char text[MULTIPART_TYPE_LEN]);

/* Writes what comes before the bytes of `range` and returns its length. */
size_t multipart_print_head(const struct index_file *file, struct byte_range range,
                            char text[MULTIPART_HEAD_MAX]);

/* Writes what comes after the bytes of the last part. */
void multipart_print_end(const struct index_file *file, char text[MULTIPART_END_LEN]);

/* The bytes of the whole body: every head, every range of `set`, and the end; UINT64_MAX when it is
 * longer than that. */
uint64_t multipart_length(const struct index_file *file, const struct byte_range_set *set);

#endif
