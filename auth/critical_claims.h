#ifndef CRITICAL_CLAIMS_H
#define CRITICAL_CLAIMS_H

#include "auth/token_claims.h"

/* Whether cdnicrit (RFC 9246 2.1.9), if it is there, asks for nothing that we do not do: it is a
 * list of names with commas between them, each in `understood`, which ends with NULL, each a claim
 * of the token, and none twice. White space is part of a name. `understood` has no name that the
 * RFC defines, so that these are refused, too. */
bool critical_claims_are_understood(const struct token_claims *claims,
                                    const char *const understood[]);

#endif
