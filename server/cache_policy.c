#include "server/cache_policy.h"

#include <assert.h>
#include <stdio.h>

static size_t print(char text[48], const char *who, unsigned max_age_s)
{
    int len = snprintf(text, 48, "%s, max-age=%u, no-transform", who, max_age_s);
    assert(len > 0 && len < 48);
    return (size_t)len;
}

void cache_policy_init(struct cache_policy *policy, enum cache_audience audience,
                       unsigned browser_max_age_s, unsigned cdn_max_age_s)
{
    static const char nobody[] = "no-store";
    assert(browser_max_age_s <= CACHE_POLICY_MAX_AGE_S && cdn_max_age_s <= CACHE_POLICY_MAX_AGE_S);
    if (audience == CACHE_EVERYONE) {
        policy->browser_len = print(policy->browser, "public", browser_max_age_s);
        policy->cdn_len = print(policy->cdn, "public", cdn_max_age_s);
    } else {
        policy->browser_len = print(policy->browser, "private", browser_max_age_s);
        policy->cdn_len = sizeof(nobody) - 1;
        memcpy(policy->cdn, nobody, sizeof(nobody));
    }
}
