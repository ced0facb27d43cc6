#include "server/request_target.h"

static bool cut_scheme(struct span target, const char *scheme, struct span *rest)
{
    size_t len = strlen(scheme);
    if (target.len < len || !span_is_ignoring_case(span_slice(target, 0, len), scheme))
        return false;
    *rest = span_slice(target, len, target.len - len);
    return true;
}

void request_target_normalise(struct span *authority, struct span *target)
{
    struct span rest;
    if (!cut_scheme(*target, "http://", &rest) && !cut_scheme(*target, "https://", &rest))
        return;
    size_t len = 0;
    while (len < rest.len && rest.base[len] != '/' && rest.base[len] != '?')
        len++;
    *authority = span_slice(rest, 0, len);
    *target = len < rest.len ? span_slice(rest, len, rest.len - len) : span_of_string("/");
}
