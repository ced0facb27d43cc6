#ifndef TOKEN_HEADER_H
#define TOKEN_HEADER_H

#include "base/span.h"
#include "base/status.h"

/* A token's JOSE header (RFC 7515 4), as far as we let one say anything: which key, and under
 * which algorithm. Both are claims of whoever sent it until the key has confirmed them. */
struct token_header {
    char *algorithm; /* owned */
    char *kid;       /* owned */
};

/* Parses the decoded header. STATUS_INVALID unless it is one JSON object with `alg` and `kid` as
 * strings and perhaps `typ` "JWT" (RFC 7515 4.1.9: without regard to case). Every other member is
 * refused: `crit` and `b64` change how the token is to be read, `jwk`, `jku`, `x5c` and `x5u` offer
 * the sender's own key, and one that we do not know may do either. A token without `kid` is refused
 * even when the set has one key, so that adding a second key never changes what is accepted. */
MUST_CHECK enum status token_header_parse(struct span json, struct token_header *header);

void token_header_dispose(struct token_header *header);

#endif
