#ifndef KEY_SET_H
#define KEY_SET_H

#include "base/byte_buffer.h"
#include "base/fault.h"
#include "base/span.h"

/*
 * Signing keys as a JWKS document (RFC 7517). Each key has exactly one algorithm, and that decides:
 * never the token's header (RFC 8725, 3.1). Secrets are wiped when a set is freed.
 */
enum key_algorithm {
    KEY_ES256, /* ECDSA on P-256 with SHA-256 */
    KEY_HS256, /* HMAC with SHA-256, at least 256 bits */
};

/* "ES256", "HS256": the exact spelling of RFC 7518. */
const char *key_algorithm_name(enum key_algorithm algorithm);
bool key_algorithm_parse(struct span name, enum key_algorithm *algorithm);

struct key {
    char *kid; /* key id, unique in the set; the begin of a thumbprint (RFC 7638) if we made it */
    enum key_algorithm algorithm;     /* the only one it is used with */
    struct ec_public_key *public_key; /* ES256; else NULL */
    char *private_pem; /* ES256: PKCS #8 if the set holds the private part; else NULL */
    uint8_t *secret;   /* HS256; else NULL */
    size_t secret_len;
};

struct key_set {
    struct key *keys; /* in the document's order: the last one is the newest */
    size_t count;
};

#define KEY_SET_MAX_BYTES (1u << 20)
#define KEY_SET_MAX_KEYS 256

/* Parses a JWKS document. Refuses (STATUS_INVALID, naming the key and the member): keys without kid
 * or alg, doubled kids, doubled JSON members, an `alg` that its `kty` and `crv` contradict, points
 * off the curve, secrets under 256 bits, `use` other than "sig", non-canonical base64url. Unknown
 * members are ignored. Key types and algorithms that are not ours are skipped, as RFC 7517 5 says.
 * Returns an owned set. */
MUST_CHECK enum status key_set_parse(struct span json, struct key_set *set, struct fault *fault);

void key_set_dispose(struct key_set *set);

/* The key with exactly this id, or NULL. */
const struct key *key_set_find(const struct key_set *set, struct span kid);

/* Whether the set holds what signing with this key takes. */
bool key_can_sign(const struct key *key);

/* Whether `signature` is one of `text` by this key, under its algorithm. Any thread. */
bool key_verifies(const struct key *key, struct span text, struct span signature);

/* Makes a new key and returns its JWKS member, private part included, as JSON text appended to
 * `jwk`; `kid` may be NULL: the first 12 letters of the thumbprint then. */
MUST_CHECK enum status key_generate(enum key_algorithm algorithm, const char *kid,
                                    struct byte_buffer *jwk, struct fault *fault);

/* Appends to `out` the document `json` (empty: a new one) with the member `jwk` added last; members
 * that we do not know stay. STATUS_INVALID when the kid is there already. */
MUST_CHECK enum status key_set_append(struct span json, struct span jwk, struct byte_buffer *out,
                                      struct fault *fault);

/* Reads a JWKS file. STATUS_NOT_FOUND; STATUS_REFUSED, with the chmod that mends it, when it holds
 * a private or secret part and others may read it. */
MUST_CHECK enum status key_file_load(const char *path, struct key_set *set, struct fault *fault);

/* Adds a new key to the JWKS file at `path`, made with mode 0600 when there is none, atomically and
 * durably. Returns the kid owned by the caller. */
MUST_CHECK enum status key_file_add(const char *path, enum key_algorithm algorithm, const char *kid,
                                    char **new_kid, struct fault *fault);

#endif
