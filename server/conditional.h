#ifndef CONDITIONAL_H
#define CONDITIONAL_H

#include "base/span.h"

/*
 * Preconditions (RFC 9110, 13.1) against the tag of the file that would be sent. `etag` is our own
 * strong tag with its quotes. Values are field values, several lines joined with commas; empty when
 * the field is absent.
 */

/* RFC 9110 13.1.2: whether If-None-Match names the file, compared weakly, so that 304 is the
 * answer. A list that is malformed names nothing. */
bool conditional_none_match_names(struct span value, struct span etag);

/* RFC 9110 13.1.5: whether If-Range lets the Range be used; an absent field does. Compared
 * strongly, so a weak tag never does. A date never does as long as we send none. */
bool conditional_range_holds(struct span value, struct span etag);

#endif
