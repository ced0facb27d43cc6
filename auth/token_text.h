#ifndef TOKEN_TEXT_H
#define TOKEN_TEXT_H

#include "auth/key.h"
#include "auth/mint.h"

/* The JSON texts that a new token is made of, each appended to `json` without white space. jansson
 * is behind them (auth/jansson). */

/* The header: `alg` and `kid`, which is what a verifier needs; every request carries it. */
void token_text_put_header(const struct key *key, struct byte_buffer *json);

/* The payload. STATUS_INVALID when a text in it is no UTF-8. */
MUST_CHECK enum status token_text_put_payload(const struct mint_claims *claims,
                                              struct byte_buffer *json, struct fault *fault);

#endif
