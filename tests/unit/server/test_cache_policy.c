#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server/cache_policy.h"

static void assert_text(struct span actual, const char *expected)
{
    if (!span_is(actual, expected))
        fail_msg("'%.*s' should be '%s'", SPAN_PRINT(actual), expected);
}

static void what_everyone_may_see_everyone_may_keep(void **state)
{
    (void)state;
    struct cache_policy policy;
    cache_policy_init(&policy, CACHE_EVERYONE, 300, 86400);
    assert_text(cache_policy_browser(&policy), "public, max-age=300, no-transform");
    assert_text(cache_policy_cdn(&policy), "public, max-age=86400, no-transform");
}

static void what_is_for_one_is_kept_by_no_cdn(void **state)
{
    (void)state;
    struct cache_policy policy;
    cache_policy_init(&policy, CACHE_ONE, 60, 86400);
    assert_text(cache_policy_browser(&policy), "private, max-age=60, no-transform");
    assert_text(cache_policy_cdn(&policy), "no-store");
}

static void ages_may_be_none_and_a_year(void **state)
{
    (void)state;
    struct cache_policy policy;
    cache_policy_init(&policy, CACHE_EVERYONE, 0, CACHE_POLICY_MAX_AGE_S);
    assert_text(cache_policy_browser(&policy), "public, max-age=0, no-transform");
    assert_text(cache_policy_cdn(&policy), "public, max-age=31536000, no-transform");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_everyone_may_see_everyone_may_keep),
        cmocka_unit_test(what_is_for_one_is_kept_by_no_cdn),
        cmocka_unit_test(ages_may_be_none_and_a_year),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
