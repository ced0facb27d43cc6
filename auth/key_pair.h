#ifndef KEY_PAIR_H
#define KEY_PAIR_H

#include "auth/key_algorithm.h"
#include "base/byte_buffer.h"
#include "base/fault.h"

/*
 * A public key, perhaps with its private half, ready to verify and to sign: read once, since
 * reading takes longer than verifying. It never changes; any thread may use it. OpenSSL is behind
 * it (auth/openssl).
 */
struct key_pair;

/* What such keys are made of, as members of a JWK (RFC 7518 6.2 and 6.3, RFC 8037 2): base64url of
 * big-endian bytes. */
enum key_number {
    KEY_NUMBER_E,
    KEY_NUMBER_N,
    KEY_NUMBER_X,
    KEY_NUMBER_Y,
    KEY_NUMBER_D, /* from here on they are private */
    KEY_NUMBER_P,
    KEY_NUMBER_Q,
    KEY_NUMBER_DP,
    KEY_NUMBER_DQ,
    KEY_NUMBER_QI,
    KEY_NUMBER_COUNT,
};

/* "e", "n", ...: the member's name. */
const char *key_number_name(enum key_number number);

/* Whether a key for `algorithm` is made of it; a private one only if the private half is there. */
bool key_number_belongs(enum key_number number, enum key_algorithm algorithm);

/* Owned; an empty one is not there. */
struct key_numbers {
    struct byte_buffer bytes[KEY_NUMBER_COUNT];
};

/* Wipes and frees them. */
void key_numbers_dispose(struct key_numbers *numbers);

/* Makes the numbers of a new key, private ones included, for any algorithm but HS256; RSA has 2048
 * bits. Aborts when OpenSSL cannot: a broken installation. */
void key_numbers_generate(enum key_algorithm algorithm, struct key_numbers *numbers);

/* Returns it owned. STATUS_INVALID when a number is missing, is longer or shorter than the
 * algorithm's, is no point of the curve, when RSA has fewer than 2048 or more than 8192 bits, or
 * when the private half is another key's. `algorithm` is any but HS256. */
MUST_CHECK enum status key_pair_new(enum key_algorithm algorithm, const struct key_numbers *numbers,
                                    struct key_pair **pair, struct fault *fault);

/* Wipes and frees it; NULL is allowed. */
void key_pair_free(struct key_pair *pair);

bool key_pair_can_sign(const struct key_pair *pair);

/* Whether `signature` is one of `text` by this key, in the form of RFC 7518 (3.3 to 3.5) or RFC
 * 8037 (3.1). */
bool key_pair_verify(const struct key_pair *pair, struct span text, struct span signature);

/* Appends the signature of `text` in that form. The private half must be there. */
void key_pair_sign(const struct key_pair *pair, struct span text, struct byte_buffer *signature);

#endif
