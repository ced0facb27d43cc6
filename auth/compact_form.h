#ifndef COMPACT_FORM_H
#define COMPACT_FORM_H

#include "base/byte_buffer.h"
#include "base/status.h"

/*
 * A token as it travels: three base64url components with two dots between them, the compact
 * serialisation of RFC 7515 (3.1), and nothing else. Many libraries read other spellings as if they
 * were this one.
 */
struct compact_form {
    struct byte_buffer header;    /* decoded: JSON, not yet looked at */
    struct byte_buffer payload;   /* decoded: JSON, not yet looked at */
    struct byte_buffer signature; /* decoded */
    struct span signed_text; /* what the signature is of (RFC 7515 5.2): of the token, borrowed */
};

/* STATUS_INVALID for anything but three non-empty components in canonical base64url; STATUS_LIMIT
 * above `max_len` bytes. `form` must be empty ({0}) and must be disposed of either way. */
MUST_CHECK enum status compact_form_parse(struct span token, size_t max_len,
                                          struct compact_form *form);

void compact_form_dispose(struct compact_form *form);

#endif
