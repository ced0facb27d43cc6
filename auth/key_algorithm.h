#ifndef KEY_ALGORITHM_H
#define KEY_ALGORITHM_H

#include <stdbool.h>

#include "base/span.h"

/* The signature algorithms of RFC 7518 (3.1) and RFC 8037 (3.1) that keys may have. */
enum key_algorithm {
    KEY_ES256, /* ECDSA on P-256 with SHA-256: small tokens, quick to check; the default */
    KEY_ES384, /* ECDSA on P-384 with SHA-384 */
    KEY_RS256, /* RSASSA-PKCS1-v1_5 with SHA-256, at least 2048 bits */
    KEY_PS256, /* RSASSA-PSS with SHA-256, at least 2048 bits */
    KEY_EDDSA, /* Ed25519 */
    KEY_HS256, /* HMAC with SHA-256, at least 256 bits: whoever verifies can also sign */
    KEY_ALGORITHM_COUNT,
};

/* For messages. */
#define KEY_ALGORITHM_NAMES "ES256, ES384, RS256, PS256, EdDSA or HS256"

/* The exact spelling of `alg`. */
const char *key_algorithm_name(enum key_algorithm algorithm);
bool key_algorithm_parse(struct span name, enum key_algorithm *algorithm);

/* The `kty` of its keys in a JWK, and their `crv`; NULL where there is none. */
const char *key_algorithm_type(enum key_algorithm algorithm);
const char *key_algorithm_curve(enum key_algorithm algorithm);

#endif
