#ifndef ACCESS_LINE_H
#define ACCESS_LINE_H

#include "auth/policy.h"
#include "base/byte_buffer.h"

/*
 * One request as one line of the access log, in logfmt: key=value, values quoted when they need to
 * be. Whatever came from outside is cut to a length and escaped, so that no request can forge a
 * line or reach a terminal's escapes. No token and no object name is ever in it.
 */
struct access_record {
    int64_t time_ms; /* since 1970 */
    struct span method;
    struct span path; /* without query and token */
    bool is_http2;
    bool is_tls;
    struct span range; /* empty: none */
    int status;
    uint64_t bytes_sent; /* of the body */
    struct verdict verdict;
    struct span client; /* its address */
    uint64_t duration_us;
};

/* The part of a request target that may be logged: up to the query, however its mark was mistyped,
 * and up to anything that looks like a token. */
struct span access_line_path(struct span target);

/* Appends the line, without a newline. Method and range end where a token seems to begin. Pure. */
void access_line_print(const struct access_record *record, struct byte_buffer *line);

/* Appends `value`, at most `max` bytes of it, bare when it is harmless and else quoted with
 * escapes.
 */
void access_line_put_value(struct byte_buffer *line, struct span value, size_t max);

#endif
