#ifndef URI_TOKEN_H
#define URI_TOKEN_H

#include <stdbool.h>

#include "base/span.h"
#include "base/status.h"

/*
 * Where a URI holds its token (RFC 9246 1.1, "URI Signing Package attribute"): as the value of a
 * path parameter, "/a;NAME=T" or "/a/NAME=T/b" (RFC 6570 3.2.7), or of a query parameter,
 * "?NAME=T" (RFC 6570 3.2.8 and 3.2.9).
 */
#define URI_TOKEN_ATTRIBUTE "URISigningPackage" /* the name, unless another is agreed on */

#define URI_TOKEN_NAME_MAX_LEN 64
#define URI_TOKEN_NAME_EXPECTED "up to 64 letters, digits, '-', '.', '_' and '~'"

/* Whether an attribute may have that name: letters, digits, '-', '.', '_' and '~' alone, which have
 * one normal spelling, mean nothing in a URI or a cookie, and so can be compared as bytes. */
bool uri_token_name_is_valid(struct span name);

/* Each with the character that it begins with: '/' or '?'. */
enum uri_component { URI_PATH, URI_QUERY };

/* A component without its token; all of it is `before` when there is none. */
struct uri_token {
    struct span before;
    struct span after;
    struct span value; /* the token */
    bool is_found;     /* the attribute is there, if only with an empty value */
};

/* Finds the first attribute called `name` in `text`, as it was sent, and cuts it out as RFC 9246
 * 2.1.15 says: through the character after the token if that is a sub-delimiter, and else from the
 * character before the name. STATUS_INVALID when the token ends in neither a sub-delimiter, nor the
 * component's end, nor a slash of the path; and in '=', which many take for base64's padding. All
 * spans borrow from `text`. Pure. */
MUST_CHECK enum status uri_token_find(struct span text, enum uri_component component,
                                      struct span name, struct uri_token *token);

#endif
