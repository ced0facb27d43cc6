#ifndef EC_KEY_H
#define EC_KEY_H

#include "base/fault.h"
#include "base/span.h"

/* A key on the curve P-256: its coordinates as a JWK has them (RFC 7518 6.2), and what it is used
 * as. OpenSSL is behind it (auth/openssl). */

#define EC_KEY_PART_LEN 32

struct ec_key {
    uint8_t x[EC_KEY_PART_LEN];
    uint8_t y[EC_KEY_PART_LEN];
    uint8_t d[EC_KEY_PART_LEN]; /* secret: wipe it after use */
    bool has_private;           /* whether `d` means anything */
};

/* Makes a key, private part included. Aborts when OpenSSL cannot: a broken installation. */
void ec_key_generate(struct ec_key *key);

/* The half of a key that verifies, read once: reading it takes six times as long as verifying. It
 * never changes; any thread may use it. */
struct ec_public_key;

/* Returns both owned: the public half, and PKCS #8 as the PEM text that libjwt signs with, which is
 * NULL when the key lacks its private part. STATUS_INVALID when the point is not on the curve or is
 * infinity, or when `d` is not the private part of it. */
MUST_CHECK enum status ec_key_open(const struct ec_key *key, struct ec_public_key **public_key,
                                   char **private_pem, struct fault *fault);

/* Whether `signature`, r and s of EC_KEY_PART_LEN bytes each (RFC 7518 3.4), is one of `text` by
 * the key under ECDSA with SHA-256. */
bool ec_public_key_verify(const struct ec_public_key *key, struct span text, struct span signature);

/* NULL is allowed. */
void ec_public_key_free(struct ec_public_key *key);

#endif
