#include "auth/critical_claims.h"

/* Each name is understood and none comes twice, so a list has at most this many. */
#define UNDERSTOOD_MAX 32

/* Returns the place of `name`, or -1. */
static int find(struct span name, const char *const understood[])
{
    for (int i = 0; i < UNDERSTOOD_MAX && understood[i] != NULL; i++) {
        if (span_is(name, understood[i]))
            return i;
    }
    return -1;
}

bool critical_claims_are_understood(const struct token_claims *claims,
                                    const char *const understood[])
{
    if (claims->critical.state == CLAIM_ABSENT)
        return true;
    if (claims->critical.state == CLAIM_WRONG_TYPE)
        return false;
    struct span list = claims->critical.value;
    bool ends_with_comma = list.len > 0 && list.base[list.len - 1] == ',';
    uint32_t seen = 0;
    do {
        int at = find(span_take_until(&list, ','), understood);
        if (at < 0 || (seen >> at & 1) != 0 || !token_claims_have(claims, understood[at]))
            return false;
        seen |= UINT32_C(1) << at;
    } while (list.len > 0);
    return !ends_with_comma;
}
