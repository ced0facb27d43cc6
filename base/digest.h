#ifndef DIGEST_H
#define DIGEST_H

#include "base/span.h"

/*
 * SHA-256 (FIPS 180-4), HMAC-SHA256 (RFC 2104) and random bytes, as plain functions. OpenSSL is
 * behind them (base/openssl); a failure inside it means a broken installation or no memory, and
 * aborts.
 */

#define DIGEST_LEN 32

struct digest {
    uint8_t bytes[DIGEST_LEN];
};

struct digest digest_sha256(struct span bytes);

/* An incremental SHA-256. `digest_finish` frees it and returns the digest; `digest_free` only frees
 * it. */
struct digest_state;
struct digest_state *digest_new(void);
void digest_free(struct digest_state *state);

/* Another state, which has seen the same bytes. Who makes many states copies a new one: OpenSSL
 * looks the algorithm up under locks for each, and that takes as long as the digest of a token.
 * Thread-safe while nobody changes `state`. */
struct digest_state *digest_copy(const struct digest_state *state);

void digest_update(struct digest_state *state, struct span bytes);
struct digest digest_finish(struct digest_state *state);

struct digest digest_hmac_sha256(struct span key, struct span bytes);

/* Whether `bytes` are this digest, in a time that does not depend on where they differ. */
bool digest_is(const struct digest *digest, struct span bytes);

/* Fills `len` bytes from the operating system's generator. */
void digest_random(void *bytes, size_t len);

#endif
