#ifndef TOKEN_SIGNATURE_H
#define TOKEN_SIGNATURE_H

#include "auth/key_set.h"
#include "auth/mint.h"

/* Signs `claims` with `key`, which can sign, and appends the token in compact form. libjwt is
 * behind it (auth/libjwt). STATUS_INVALID when the issuer is no UTF-8. */
MUST_CHECK enum status token_signature_make(const struct key *key, const struct mint_claims *claims,
                                            struct byte_buffer *token, struct fault *fault);

#endif
