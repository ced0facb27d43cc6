#ifndef OBJECT_NAME_H
#define OBJECT_NAME_H

#include "base/digest.h"

/*
 * The hidden name of an object: HMAC-SHA256(naming key of the store, SHA-256 of the content), cut
 * to 160 bits. Nobody without the key can guess it, even someone who owns a copy of the film; the
 * same content in the same store always has the same name. Names leave the store by no door: no
 * header, body, log line, error text, redirect or metric holds one.
 */
#define OBJECT_NAME_LEN 20
#define OBJECT_NAME_HEX_LEN (2 * OBJECT_NAME_LEN)
#define NAMING_KEY_LEN 32

struct object_name {
    uint8_t bytes[OBJECT_NAME_LEN];
};

struct naming_key {
    uint8_t bytes[NAMING_KEY_LEN];
};

struct object_name object_name_of(const struct naming_key *key, const struct digest *content);

#endif
