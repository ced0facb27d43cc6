#ifndef AUTHORITY_H
#define AUTHORITY_H

#include "base/byte_buffer.h"
#include "base/status.h"

/* Appends the authority of a URI (RFC 3986 3.2) in normal form: the host in lower case, and the
 * port unless it is `default_port` or empty. An empty authority becomes "localhost". STATUS_INVALID
 * for user information and for anything but [A-Za-z0-9._-]+ or a bracketed IPv6 address as the
 * host, longer than 255 bytes, or no number from 1 to 65535 as the port. */
MUST_CHECK enum status authority_normalise(struct span authority, unsigned default_port,
                                           struct byte_buffer *out);

#endif
