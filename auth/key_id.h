#ifndef KEY_ID_H
#define KEY_ID_H

#include "auth/jwk.h"

/* Copies the id of a key (kid, RFC 7517 4.5) to *kid, owned by the caller. STATUS_INVALID when it
 * is missing, empty, longer than 256 bytes, or has a control character: it is printed in logs and
 * on terminals. */
MUST_CHECK enum status key_id_copy(const struct jwk *jwk, char **kid, struct fault *fault);

#endif
