#ifndef AES_GCM_H
#define AES_GCM_H

#include "base/byte_buffer.h"

/*
 * AES in Galois/Counter Mode (NIST SP 800-38D) in the sizes that RFC 7518 (5.3) has. OpenSSL is
 * behind it (auth/openssl); a failure inside it aborts.
 */
#define AES_GCM_128_KEY_LEN 16
#define AES_GCM_256_KEY_LEN 32
#define AES_GCM_IV_LEN 12
#define AES_GCM_TAG_LEN 16

/* What was sealed, and what is bound to it; borrowed. */
struct aes_gcm_sealed {
    struct span iv;         /* AES_GCM_IV_LEN */
    struct span bound;      /* additional authenticated data */
    struct span ciphertext; /* not empty */
    struct span tag;        /* AES_GCM_TAG_LEN */
};

/* Appends the plaintext and returns true; or returns false, with nothing appended, when something
 * was sealed by another key or changed since, or has a wrong size. `key` has one of the two
 * lengths. Any thread. */
bool aes_gcm_open(struct span key, const struct aes_gcm_sealed *sealed,
                  struct byte_buffer *plaintext);

/* Appends the ciphertext of `plaintext`, as long as it, and behind that the tag. An `iv` serves a
 * key once: who takes random ones has about 2^32 (SP 800-38D 8.3). Any thread. */
void aes_gcm_seal(struct span key, struct span iv, struct span bound, struct span plaintext,
                  struct byte_buffer *sealed);

#endif
