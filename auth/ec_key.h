#ifndef EC_KEY_H
#define EC_KEY_H

#include "base/fault.h"
#include "base/span.h"

/* A key on the curve P-256, between its coordinates as a JWK has them (RFC 7518 6.2) and the PEM
 * text that libjwt takes. OpenSSL is behind it (auth/openssl). */

#define EC_KEY_PART_LEN 32

struct ec_key {
    uint8_t x[EC_KEY_PART_LEN];
    uint8_t y[EC_KEY_PART_LEN];
    uint8_t d[EC_KEY_PART_LEN]; /* secret: wipe it after use */
    bool has_private;           /* whether `d` means anything */
};

/* Makes a key, private part included. Aborts when OpenSSL cannot: a broken installation. */
void ec_key_generate(struct ec_key *key);

/* Returns the owned PEM texts: SubjectPublicKeyInfo and, when the key has its private part, PKCS #8
 * (else NULL). STATUS_INVALID when the point is not on the curve or is infinity, or when `d` is not
 * the private part of it. */
MUST_CHECK enum status ec_key_to_pem(const struct ec_key *key, char **public_pem,
                                     char **private_pem, struct fault *fault);

#endif
