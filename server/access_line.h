#ifndef ACCESS_LINE_H
#define ACCESS_LINE_H

#include "auth/policy.h"
#include "base/span.h"

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

/* What a value of at most `max` bytes may come to, quoted and escaped. */
#define ACCESS_LINE_VALUE_MAX(max) (4 * (max) + sizeof("\"...\""))

#define ACCESS_LINE_MAX 4096

/* Writes the line, without a newline or a NUL, into `text`, which has room for ACCESS_LINE_MAX.
 * Method and range end where a token seems to begin. Returns the end of the line. Pure. */
char *access_line_print(const struct access_record *record, char *text);

/* Writes `value`, at most `max` bytes of it, bare when it is harmless and else quoted with escapes,
 * to `at`, where there is room for ACCESS_LINE_VALUE_MAX(max). Returns the end. Pure. */
char *access_line_put_value(char *at, struct span value, size_t max);

#endif
