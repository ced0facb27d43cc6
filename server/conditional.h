#ifndef CONDITIONAL_H
#define CONDITIONAL_H

#include "base/span.h"

/*
 * Preconditions (RFC 9110, 13) against the file that would be sent. They count only where the
 * answer would otherwise be 200 or 206: whoever is refused hears nothing of them (13.2.1).
 */

/* The fields as they came, several lines joined with commas; base == NULL when one is absent. What
 * is present and malformed holds for nothing: an If-Match fails, an If-None-Match names nothing, an
 * If-Range lets no Range through. Dates are another matter: 13.1.3 and 13.1.4 say that a bad one is
 * to be ignored. */
struct conditions {
    struct span if_match;
    struct span if_none_match;
    struct span if_modified_since;
    struct span if_unmodified_since;
    struct span if_range;
};

/* What they are compared with. */
struct validators {
    struct span etag; /* strong, with its quotes */
    bool has_date;    /* without one the fields with dates are ignored, and an If-Range fails */
    int64_t modified_s;
    int64_t now_s; /* for dates with two digits of a year */
};

enum precondition {
    PRECONDITION_HOLDS,
    PRECONDITION_FAILED,       /* 412 */
    PRECONDITION_NOT_MODIFIED, /* 304 */
};

/* All of them but If-Range, in the order of 13.2.2, for GET and HEAD. */
enum precondition conditional_evaluate(const struct conditions *conditions,
                                       const struct validators *validators);

/* RFC 9110 13.1.5: whether If-Range lets the Range be used; an absent field does. A tag is compared
 * strongly, a date exactly. */
bool conditional_range_holds(struct span if_range, const struct validators *validators);

#endif
