#ifndef CONTENT_KEY_H
#define CONTENT_KEY_H

#include "auth/aes_gcm.h"
#include "auth/jwk.h"

/*
 * A key of ours that claims are encrypted with directly ("dir", RFC 7518 4.5): AES-GCM of 128 or
 * 256 bits. A kind of its own, so that no code can sign or verify with it, nor open anything with a
 * key that signs: whoever may read a client's address need not be one who may issue tokens.
 */
struct content_key {
    char *kid;            /* unique in its set, signing keys included */
    struct byte_buffer k; /* 16 or 32 bytes */
};

/* How many bytes the `k` of keys for this `enc` has, or 0 when it is none of theirs. */
size_t content_key_len(const char *algorithm);

#define CONTENT_KEY_ALGORITHM_NAMES "A128GCM or A256GCM"

/* Reads one from a JWK; `key` must be empty ({0}) and must be disposed of either way. A key for
 * which *is_ours becomes false is of another kind. STATUS_INVALID, naming the member, without kid,
 * for a `use` other than "enc", and for a `k` that is not as long as `alg` says. */
MUST_CHECK enum status content_key_read(const struct jwk *jwk, struct content_key *key,
                                        bool *is_ours, struct fault *fault);

/* Wipes and frees what is in it. */
void content_key_dispose(struct content_key *key);

/* "A128GCM" or "A256GCM", the only `enc` it is used with (RFC 8725 3.1). */
const char *content_key_algorithm(const struct content_key *key);

#endif
