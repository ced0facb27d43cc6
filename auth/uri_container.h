#ifndef URI_CONTAINER_H
#define URI_CONTAINER_H

#include "base/byte_buffer.h"
#include "base/fault.h"

/*
 * The claim cdniuc (RFC 9246 2.1.15): which URIs a token is for. Its form is told by a prefix:
 * "hash:" and the SHA-256 of one URI as RFC 6920 (5) writes it, or "regex:" and a POSIX extended
 * regular expression.
 *
 * The expression must match the whole URI, although the RFC leaves that open: one that is only
 * searched for would let ".../a.mp4" allow "http://elsewhere/?.../a.mp4". Who signs need not be a
 * friend of who serves, so matching is bounded: at most 1024 printable ASCII characters, no
 * back-reference, nothing else that regex_size refuses, at most 512 nodes once {n,m} and +
 * are written out, and a URI of at most 2048 bytes. The C library builds its automaton as it reads,
 * so the worst of these is as many states as there are bytes, each with every node: about 50 ms,
 * measured, against 10 us for an ordinary one.
 */
#define URI_REGEX_MAX_LEN 1024
#define URI_REGEX_MAX_NODES 512
#define URI_MATCH_MAX_LEN 2048

/* Whether `container` can be used at all: STATUS_OK, STATUS_UNSUPPORTED for another prefix or
 * another digest, STATUS_INVALID for an expression that is refused and for what is no SHA-256. */
MUST_CHECK enum status uri_container_check(struct span container, struct fault *fault);

/* Whether `container` allows `uri`, in normal form without the token; false for a container that
 * uri_container_check refuses. Thread-safe. */
bool uri_container_allows(struct span container, struct span uri);

/* Appends the container that allows `uri`, in normal form without the token, and no other. */
void uri_container_put_hash(struct span uri, struct byte_buffer *container);

#endif
