#ifndef KEY_SET_H
#define KEY_SET_H

#include "auth/content_key.h"
#include "auth/key.h"

/*
 * Keys as a JWKS document (RFC 7517): those that sign or verify, and apart from them those that
 * claims are encrypted with. Secrets are wiped when a set is freed.
 */
struct key_set {
    struct key *keys; /* in the document's order: the last one is the newest */
    size_t count;
    struct content_key *content_keys;
    size_t content_key_count;
};

#define KEY_SET_MAX_BYTES (1u << 20)
#define KEY_SET_MAX_KEYS 256

/* Parses a JWKS document. STATUS_INVALID, naming the key, for what key_read and
 * content_key_read refuse, for doubled kids and doubled JSON members; keys that are not ours are
 * skipped. Returns an owned set. */
MUST_CHECK enum status key_set_parse(struct span json, struct key_set *set, struct fault *fault);

void key_set_dispose(struct key_set *set);

/* The key with exactly this id, or NULL. */
const struct key *key_set_find(const struct key_set *set, struct span kid);
const struct content_key *key_set_find_content_key(const struct key_set *set, struct span kid);

/* Whether a key in it has a private or secret part. */
bool key_set_has_secrets(const struct key_set *set);

/* Makes a new key for `algorithm`, one of key_algorithm or content_key, and returns its JWKS
 * member, private part included, as JSON text appended to `jwk`; `kid` may be NULL: the first 12
 * letters of the thumbprint then. STATUS_INVALID for another algorithm, and a kid that needs
 * escaping somewhere. */
MUST_CHECK enum status key_generate(const char *algorithm, const char *kid, struct byte_buffer *jwk,
                                    struct fault *fault);

/* Appends to `out` the document `json` (empty: a new one) with the member `jwk` added last; members
 * that we do not know stay. STATUS_INVALID when the kid is there already. */
MUST_CHECK enum status key_set_append(struct span json, struct span jwk, struct byte_buffer *out,
                                      struct fault *fault);

/* Reads a JWKS file. STATUS_NOT_FOUND; STATUS_REFUSED, with the chmod that mends it, when it holds
 * a private or secret part and others may read it. */
MUST_CHECK enum status key_file_load(const char *path, struct key_set *set, struct fault *fault);

/* Adds a new key to the JWKS file at `path`, made with mode 0600 when there is none, atomically and
 * durably. Returns the kid owned by the caller. */
MUST_CHECK enum status key_file_add(const char *path, const char *algorithm, const char *kid,
                                    char **new_kid, struct fault *fault);

#endif
