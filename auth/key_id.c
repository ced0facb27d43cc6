#include "auth/key_id.h"

#include <stdlib.h>

#define KID_MAX_LEN 256

static bool is_printable(struct span kid)
{
    for (size_t i = 0; i < kid.len; i++) {
        if (kid.base[i] < 0x20 || kid.base[i] == 0x7f)
            return false;
    }
    return kid.len > 0 && kid.len <= KID_MAX_LEN;
}

enum status key_id_copy(const struct jwk *jwk, char **kid, struct fault *fault)
{
    *kid = NULL;
    if (jwk->kid == NULL || !is_printable(span_of_string(jwk->kid)))
        return fault_raise(fault, STATUS_INVALID,
                           "\"kid\" must be there, with 1 to %d bytes and no control character",
                           KID_MAX_LEN);
    *kid = strdup(jwk->kid);
    if (*kid == NULL)
        abort();
    return STATUS_OK;
}
