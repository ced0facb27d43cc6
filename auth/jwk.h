#ifndef JWK_H
#define JWK_H

#include "auth/key_pair.h"

/*
 * A JWKS document (RFC 7517 5) as text: its keys with the members that matter to us, as strings not
 * yet judged, and a document made from another by adding a key. What a key must be is key_set's.
 */
struct jwk {
    const char *type;      /* kty; each is NULL where the key lacks it */
    const char *curve;     /* crv */
    const char *algorithm; /* alg */
    const char *use;
    const char *kid;
    const char *numbers[KEY_NUMBER_COUNT];
    const char *secret; /* k */
};

/* Called once per key in the document's order, `position` counting from 0. The key is borrowed for
 * the call. Another status than STATUS_OK ends the reading and is returned from it. */
typedef enum status (*jwk_visitor)(void *context, size_t position, const struct jwk *jwk,
                                   struct fault *fault);

/* STATUS_INVALID for what is no JWKS document, or has a doubled member, a member of the wrong type,
 * nesting deeper than 8. The caller has bounded the length. Private and secret members are wiped
 * from the parser's memory before it returns. */
MUST_CHECK enum status jwk_read_set(struct span json, jwk_visitor visitor, void *context,
                                    struct fault *fault);

/* See key_set_append. */
MUST_CHECK enum status jwk_append(struct span json, struct span jwk, struct byte_buffer *out,
                                  struct fault *fault);

#endif
