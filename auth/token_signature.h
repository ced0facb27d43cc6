#ifndef TOKEN_SIGNATURE_H
#define TOKEN_SIGNATURE_H

#include "auth/key_set.h"
#include "auth/mint.h"

/* The signature of a token in compact form; libjwt is behind it (auth/libjwt). */

/* The length in bytes of a signature under `algorithm` (RFC 7518 3.2, 3.4). */
static inline size_t token_signature_len(enum key_algorithm algorithm)
{
    return algorithm == KEY_ES256 ? 64 : 32;
}

/* Whether `token` was signed with `key`. The caller has checked its form and that its `alg` is the
 * key's: libjwt believes the token about that. Thread-safe. */
bool token_signature_verify(struct span token, const struct key *key);

/* Signs `claims` with `key`, which can sign, and appends the token. */
MUST_CHECK enum status token_signature_make(const struct key *key, const struct mint_claims *claims,
                                            struct byte_buffer *token, struct fault *fault);

#endif
