#ifndef FIELD_H
#define FIELD_H

#include <stdbool.h>

#include "base/span.h"
#include "server/h2o/libh2o.h"
#include "server/token_cookies.h"

/*
 * The value of a request's field, whose lines are joined with commas (RFC 9110, 5.3). HPACK sends a
 * line of 4 kB in one byte, so what a field may cost is bounded here and not by the bytes that
 * came.
 */
#define FIELD_MAX_LINES 16 /* nobody has a reason for more than one */
#define FIELD_MAX_BYTES 8192

/* Sets *value; base == NULL when the field is absent. False when it has more lines or bytes than
 * that: then nothing was allocated and *value is present and empty, which no condition or range is.
 */
bool field_read(h2o_req_t *req, const h2o_token_t *token, struct span *value);

/* Where the value of a field goes. */
struct field_place {
    const h2o_token_t *token;
    struct span *value; /* base == NULL until it is read */
};

/* Reads those of `count` fields that are there, in one pass over the request; the values of the
 * others stay as they are. What field_read refuses is present and empty. */
void field_read_present(h2o_req_t *req, const struct field_place *places, size_t count);

/* Of all Cookie lines, of which a browser may send one for each cookie (RFC 9113, 8.2.3). */
#define FIELD_MAX_COOKIE_BYTES 16384

/* The tokens called `name` among the request's cookies, borrowed; nothing is allocated. None when
 * its Cookie lines have more bytes than that: what is refused must not depend on their order. */
struct token_cookies field_read_cookies(const h2o_req_t *req, struct span name);

/* The first line alone, nothing allocated: for the log. */
struct span field_first_line(const h2o_req_t *req, const h2o_token_t *token);

#endif
