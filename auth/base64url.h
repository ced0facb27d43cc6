#ifndef BASE64URL_H
#define BASE64URL_H

#include "base/byte_buffer.h"
#include "base/status.h"

/* base64url without padding (RFC 4648 5, RFC 7515 2), in which every byte string has exactly one
 * spelling. */

void base64url_encode(struct span bytes, struct byte_buffer *text);

/* Appends the bytes that `text` spells. STATUS_INVALID, with `bytes` as it was, for another letter,
 * '=', white space, a length that cannot be, or unused bits that are not zero (RFC 4648 3.5): each
 * would let one token have several spellings. Allocates at most once, so that a secret decoded into
 * an empty buffer leaves no copy behind. */
MUST_CHECK enum status base64url_decode(struct span text, struct byte_buffer *bytes);

#endif
