#ifndef CACHE_POLICY_H
#define CACHE_POLICY_H

#include "base/span.h"

/*
 * How long a file may be used from a cache without asking again, for one kind of response, printed
 * once. A title that is cut again has other tags, and whoever joins old bytes and new ones must
 * compare them first (If-Range), so minutes are safe. `no-transform`: the bytes of ranges must stay
 * the file's own.
 */
enum cache_audience {
    CACHE_EVERYONE, /* served without a token: CDNs may keep it */
    CACHE_ONE,      /* served for a token: nobody but the one it was given to may keep it */
};

#define CACHE_POLICY_MAX_AGE_S 31536000 /* a year: nothing longer means more (RFC 9111, 5.3) */

struct cache_policy {
    size_t browser_len;
    size_t cdn_len;
    char browser[48];
    char cdn[48];
};

/* Ages are at most CACHE_POLICY_MAX_AGE_S; `cdn_max_age_s` counts for CACHE_EVERYONE alone. */
void cache_policy_init(struct cache_policy *policy, enum cache_audience audience,
                       unsigned browser_max_age_s, unsigned cdn_max_age_s);

/* Cache-Control (RFC 9111, 5.2). */
static inline struct span cache_policy_browser(const struct cache_policy *policy)
{
    return span_of(policy->browser, policy->browser_len);
}

/* CDN-Cache-Control, which a CDN obeys instead (RFC 9213): a structured field, whose numbers are
 * integers and never quoted. */
static inline struct span cache_policy_cdn(const struct cache_policy *policy)
{
    return span_of(policy->cdn, policy->cdn_len);
}

#endif
