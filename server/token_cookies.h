#ifndef TOKEN_COOKIES_H
#define TOKEN_COOKIES_H

#include "base/span.h"

/*
 * The tokens among a request's cookies: those of the attribute's name (RFC 9246 3.3). A browser
 * sends one for each path and domain that the name was set for, and over HTTP/2 perhaps a field for
 * each cookie (RFC 9113 8.2.3). All others are read past and never kept.
 */

/* Each may cost the check of a signature; the rest is not looked at. */
#define TOKEN_COOKIES_MAX 4

struct token_cookies {
    struct span values[TOKEN_COOKIES_MAX]; /* in the order they came, none of them empty */
    size_t count;
};

/* Adds the cookies called `name` of one Cookie field's value (RFC 6265 4.2.1), which is borrowed.
 * Quotes around a value are not part of it. Starts out empty ({0}). Pure. */
void token_cookies_add(struct token_cookies *cookies, struct span field, struct span name);

#endif
