#ifndef CORS_POLICY_H
#define CORS_POLICY_H

#include "base/span.h"
#include "base/status.h"

/*
 * Which sites' scripts may read our answers (Fetch, "CORS protocol"). Without a list everybody's:
 * the token decides, not the origin. With one, those sites' and no others, and their cookies count.
 */
#define CORS_POLICY_MAX_ORIGINS 32

struct cors_policy {
    struct span origins[CORS_POLICY_MAX_ORIGINS];
    size_t origin_count; /* 0: everybody */
};

/* Adds `origin`, which is borrowed: scheme://host[:port] in lower case, as browsers send it.
 * STATUS_INVALID for anything else, STATUS_LIMIT when there is no room. */
MUST_CHECK enum status cors_policy_add(struct cors_policy *policy, struct span origin);

/* Whether `origin`, as a request says it, is on the list: equal byte for byte (RFC 6454, 7.3). */
bool cors_policy_names(const struct cors_policy *policy, struct span origin);

#endif
