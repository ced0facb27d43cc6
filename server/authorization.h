#ifndef AUTHORIZATION_H
#define AUTHORIZATION_H

#include "auth/policy.h"
#include "auth/signed_uri.h"

/*
 * From a request to its verdict: finds the token, in the URI first and else in `Authorization:
 * Bearer` (RFC 6750, 2.1), and has the policy judge it.
 */

/* The token of an Authorization field's value; empty when it is no Bearer credential. */
struct span authorization_bearer(struct span value);

/* `field` is the value of Authorization, empty when there is none; *span as policy_check sets it.
 * Takes half a millisecond when an ES256 signature is to be checked, and a microsecond or two when
 * the policy remembers that it was. */
struct verdict authorization_judge(const struct policy *policy, const struct signed_uri *uri,
                                   struct span field, const struct request_facts *facts,
                                   struct verdict_span *span);

#endif
