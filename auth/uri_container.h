#ifndef URI_CONTAINER_H
#define URI_CONTAINER_H

#include "base/fault.h"
#include "base/span.h"

/*
 * The claim cdniuc (RFC 9246 2.1.15): which URIs a token is for. Its form is told by a prefix; the
 * one we read is "regex:" with a POSIX extended regular expression.
 *
 * The expression must match the whole URI, although the RFC leaves that open: one that is only
 * searched for would let ".../a.mp4" allow "http://elsewhere/?.../a.mp4". It is admitted only if
 * its matching is bounded: at most 1024 printable ASCII characters, no back-reference, none of the
 * GNU escapes, balanced parentheses, and at most 512 nodes once {n,m} and + are written out (the
 * automaton's size, and so the time per character, grows with that).
 */
#define URI_REGEX_MAX_LEN 1024
#define URI_REGEX_MAX_NODES 512

/* Whether `container` can be used at all: STATUS_OK, STATUS_UNSUPPORTED for another prefix,
 * STATUS_INVALID for an expression that is refused. */
MUST_CHECK enum status uri_container_check(struct span container, struct fault *fault);

/* Whether `container` allows `uri`, in normal form without the token; false for a container that
 * uri_container_check refuses. Thread-safe. */
bool uri_container_allows(struct span container, struct span uri);

#endif
