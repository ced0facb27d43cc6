#ifndef SIGNED_URI_H
#define SIGNED_URI_H

#include "auth/uri_token.h"
#include "base/byte_buffer.h"
#include "base/status.h"

/*
 * A request's URI with the token taken out (RFC 9246, 2.1.15) and in normal form (RFC 3986 6.2.2
 * and 6.2.3, RFC 9110 4.2.3): what a token's URI container is compared with, and what is routed.
 * The two are the same bytes, so that nothing is served under another reading than it was judged
 * by.
 */
#define URI_MAX_LEN 8192 /* of the request target; a token takes about 500 bytes */

struct signed_uri {
    struct byte_buffer text;  /* scheme://authority/path[?query], normalised, token removed */
    size_t path_offset;       /* of the path in `text` */
    size_t path_len;          /* without the query */
    struct byte_buffer token; /* the value of the attribute; empty when there is none */
};

/* Builds `uri` from the scheme ("http" or "https"), the authority (Host or :authority; empty, as
 * from HTTP/1.0, stands for "localhost") and the raw request target, which starts with '/'. The
 * token is the value of the one attribute called `token_name` in path or query; a second one, under
 * any spelling, makes the URI invalid rather than ambiguous.
 *
 * STATUS_INVALID for what no URI can be, or what two readers might read in two ways: other bytes
 * than RFC 3986 allows (NUL, controls, space, 8-bit, ...), a fragment, broken percent-encoding; in
 * the path an encoded slash, backslash or control; an authority that is no host name, IPv4 address
 * or IPv6 literal with perhaps a port. STATUS_LIMIT when the target is longer than URI_MAX_LEN.
 * `uri` must be empty ({0}) and must be disposed of either way. Pure. */
MUST_CHECK enum status signed_uri_parse(struct span scheme, struct span authority,
                                        struct span target, struct span token_name,
                                        struct signed_uri *uri);

void signed_uri_dispose(struct signed_uri *uri);

static inline struct span signed_uri_path(const struct signed_uri *uri)
{
    return span_slice(byte_buffer_span(&uri->text), uri->path_offset, uri->path_len);
}

#endif
