#ifndef MINT_H
#define MINT_H

#include "auth/key_set.h"

/* What a new token says. */
struct mint_claims {
    const char *uri_container; /* cdniuc */
    int64_t expires_s;         /* exp, seconds since 1970; required */
    int64_t not_before_s;      /* nbf; 0: none */
    const char *issuer;        /* iss; NULL: none */
    const char *client_ip;     /* cdniip, as jwe_encrypt writes it; NULL: none */
};

/* Signs a token with `key`, which must hold its private part or secret, and appends it in compact
 * form to `token`. STATUS_REFUSED when the key cannot sign. */
MUST_CHECK enum status mint_token(const struct key *key, const struct mint_claims *claims,
                                  struct byte_buffer *token, struct fault *fault);

/* Appends the cdniuc that allows every file of `title` at any host: "regex:" and a POSIX extended
 * regular expression with the title's dots escaped. */
void mint_title_container(struct span title, struct byte_buffer *container);

/* Appends the cdniuc that allows `uri` alone, an absolute one that need not be in normal form; a
 * token in it does not count. STATUS_INVALID for another scheme than http and https, no host, and
 * what signed_uri_parse refuses. */
MUST_CHECK enum status mint_hash_container(struct span uri, struct byte_buffer *container,
                                           struct fault *fault);

#endif
