#ifndef JWE_H
#define JWE_H

#include "auth/key_set.h"

/*
 * A claim encrypted to us: JSON Web Encryption in its compact serialisation (RFC 7516 3.1) with a
 * key that both sides have, "dir" (RFC 7518 4.5), and AES-GCM of 128 or 256 bits. RFC 9246 wants it
 * for what says who somebody is (2.1.2, 2.1.10).
 */

/* Appends the plaintext, which is not empty. STATUS_INVALID for what is no such JWE, or another
 * spelling of one; STATUS_NOT_FOUND when `keys` has no content key with its kid and enc;
 * STATUS_REFUSED when that does not open it; nothing is appended then. `text` is at most as long as
 * a token. Who calls wipes the plaintext. Any thread. */
MUST_CHECK enum status jwe_decrypt(struct span text, const struct key_set *keys,
                                   struct byte_buffer *plaintext);

/* Appends `text`, which is not empty, encrypted by `key`, under an initialisation vector of its
 * own. Any thread. */
void jwe_encrypt(const struct content_key *key, struct span text, struct byte_buffer *jwe);

#endif
