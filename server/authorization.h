#ifndef AUTHORIZATION_H
#define AUTHORIZATION_H

#include "auth/policy.h"
#include "auth/signed_uri.h"
#include "server/token_cookies.h"

/*
 * From a request to its verdict: finds its tokens and has the policy judge them, in this order: the
 * URI's, that of `Authorization: Bearer` (RFC 6750, 2.1), and those of cookies. The first good one
 * counts, so that neither a cookie nor a link that has expired spoils the other.
 */

/* What a request may have tokens in, beside its URI. */
struct credentials {
    struct span field; /* the value of Authorization; empty: none */
    struct token_cookies cookies;
};

/* So many may one request have checked. */
#define AUTHORIZATION_MAX_TOKENS (2 + TOKEN_COOKIES_MAX)

/* What the attribute and the cookie are called under `policy`. */
struct span authorization_token_name(const struct policy *policy);

/* The token of an Authorization field's value; empty when it is no Bearer credential. */
struct span authorization_bearer(struct span value);

/* *span is as policy_check sets it. When all tokens are refused, the verdict on the first. For each
 * token it takes a tenth of a millisecond when an ES256 signature is to be checked, and a
 * microsecond or two when the policy remembers that it was. */
struct verdict authorization_judge(const struct policy *policy, const struct signed_uri *uri,
                                   const struct credentials *credentials,
                                   const struct request_facts *facts, struct verdict_span *span);

#endif
