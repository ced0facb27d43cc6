#ifndef KEY_H
#define KEY_H

#include "auth/jwk.h"
#include "auth/key_pair.h"

/*
 * A key of ours: an id, an algorithm, and what verifies and perhaps signs. The key has exactly one
 * algorithm, and that decides: never the token's header (RFC 8725, 3.1).
 */
struct key {
    char *kid; /* key id, unique in its set; the begin of a thumbprint (RFC 7638) if we made it */
    enum key_algorithm algorithm; /* the only one it is used with */
    struct key_pair *pair;        /* owned; NULL for HS256 */
    uint8_t *secret;              /* HS256; else NULL */
    size_t secret_len;
};

/* Reads one from a JWK; `key` must be empty ({0}) and must be disposed of either way. A key for
 * which *is_ours becomes false is somebody else's: it has another type or algorithm, and nothing is
 * wrong with that (RFC 7517 5). STATUS_INVALID, naming the member, without kid or alg, for an `alg`
 * that `kty` and `crv` contradict, `use` other than "sig", numbers that are not canonical base64url
 * or make no key (see key_pair_new), and secrets under 256 bits. */
MUST_CHECK enum status key_read(const struct jwk *jwk, struct key *key, bool *is_ours,
                                struct fault *fault);

/* Wipes and frees what is in it. */
void key_dispose(struct key *key);

/* Whether it holds what signing takes. */
bool key_can_sign(const struct key *key);

/* Whether `signature` is one of `text` by this key, under its algorithm. Any thread. */
bool key_verifies(const struct key *key, struct span text, struct span signature);

/* Appends the signature of `text`. The key must hold what signing takes. */
void key_sign(const struct key *key, struct span text, struct byte_buffer *signature);

#endif
