#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plan_fixture.h"

/* Lines 70 to 76, 107 to 110 and 128 to 131 of the range list, and what no line says. Ranges and
 * conditions are in test_response_plan_ranges.c and test_response_plan_conditions.c. */

#define EXPOSED "Content-Range, Content-Length, Accept-Ranges, ETag"

static void assert_kept_by_nobody(const struct response_plan *plan)
{
    assert_header(plan, HEADER_CONTENT_TYPE, "text/plain; charset=utf-8");
    assert_header(plan, HEADER_CACHE_CONTROL, "no-store");
    assert_header(plan, HEADER_CDN_CACHE_CONTROL, NULL);
    assert_header(plan, HEADER_CACHE_TAG, NULL);
    assert_header(plan, HEADER_ETAG, NULL);
    assert_header(plan, HEADER_LAST_MODIFIED, NULL);
    assert_header(plan, HEADER_ALLOW_ORIGIN, "*");
    assert_header(plan, HEADER_EXPOSE_HEADERS, EXPOSED);
    assert_header(plan, HEADER_NOSNIFF, "nosniff");
    assert_true(plan->has_content_length);
    assert_int_equal(plan->body.count, 0);
}

static void head_is_the_whole_without_its_bytes_70_71(void **state)
{
    (void)state;
    static const char *const ranges[] = {NULL, "bytes=0-4", "bytes=10000-", "bytes=0-4,10-14"};
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
        struct request_values values = get(ranges[i]);
        struct response_plan plan;
        values.method = METHOD_HEAD;
        plan_for(&plan, &values);
        assert_int_equal(plan.status, 200);
        assert_true(plan.has_content_length);
        assert_int_equal(plan.content_length, 10000);
        assert_int_equal(plan.body.count, 0);
        assert_int_equal(plan.text.len, 0);
        assert_header(&plan, HEADER_CONTENT_RANGE, NULL);
        assert_header(&plan, HEADER_CONTENT_TYPE, "video/mp4");
        assert_header(&plan, HEADER_ETAG, R_TAG);
        assert_header(&plan, HEADER_LAST_MODIFIED, R_DATE);
        assert_header(&plan, HEADER_ACCEPT_RANGES, "bytes");
    }
}

static void a_preflight_needs_no_token_and_no_range_72_128(void **state)
{
    (void)state;
    struct request_values values = get("bytes=0-4");
    struct response_plan plan;
    values.method = METHOD_OPTIONS;
    response_plan_make(&plan, &r_rules, r_refused, NULL, &values);
    assert_int_equal(plan.status, 204);
    assert_string_equal(plan.reason, "No Content");
    assert_false(plan.has_content_length);
    assert_int_equal(plan.body.count, 0);
    assert_int_equal(plan.text.len, 0);
    assert_header(&plan, HEADER_ALLOW_ORIGIN, "*");
    assert_header(&plan, HEADER_ALLOW_METHODS, "GET, HEAD, OPTIONS");
    assert_header(&plan, HEADER_ALLOW_HEADERS,
                  "Authorization, Range, If-Range, If-None-Match, If-Match, If-Modified-Since, "
                  "If-Unmodified-Since");
    assert_header(&plan, HEADER_MAX_AGE, "86400");
    assert_header(&plan, HEADER_ALLOW, "GET, HEAD, OPTIONS");
    assert_header(&plan, HEADER_NOSNIFF, "nosniff");
    assert_header(&plan, HEADER_EXPOSE_HEADERS, EXPOSED);
    assert_int_equal(plan.header_count, 7);
}

static void other_methods_are_refused_alike_for_everyone_73(void **state)
{
    (void)state;
    struct request_values values = get("bytes=0-4");
    struct response_plan with_token;
    struct response_plan without;
    values.method = METHOD_OTHER;
    plan_for(&with_token, &values);
    response_plan_make(&without, &r_rules, r_refused, NULL, &values);
    assert_int_equal(with_token.status, 405);
    assert_header(&with_token, HEADER_ALLOW, "GET, HEAD, OPTIONS");
    assert_kept_by_nobody(&with_token);
    assert_same(&with_token, &without);
}

/* 75, 76: what asks for a coding or for ranges in other fields is not among the values; bytes stay
 * the file's own on their way. */
static void nobody_may_transform_the_bytes_75(void **state)
{
    (void)state;
    const struct request_values values = get(NULL);
    struct response_plan plan;
    plan_for(&plan, &values);
    assert_header(&plan, HEADER_CACHE_CONTROL, "private, max-age=300, no-transform");
}

static const struct request_values curious[] = {
    {.method = METHOD_GET, .now_s = R_NOW_S},
    {.method = METHOD_GET, .range = {(const uint8_t *)"bytes=99999-", 12}},
    {.method = METHOD_GET, .range = {(const uint8_t *)"bytes=0-4", 9}},
    {.method = METHOD_GET, .range = {(const uint8_t *)"bytes=0-4,10-14", 15}},
    {.method = METHOD_GET, .conditions = {.if_none_match = {(const uint8_t *)"*", 1}}},
    {.method = METHOD_GET,
     .conditions = {.if_none_match = {(const uint8_t *)R_TAG, sizeof(R_TAG) - 1}}},
    {.method = METHOD_GET, .conditions = {.if_match = {(const uint8_t *)"\"v0\"", 4}}},
    {.method = METHOD_GET, .conditions = {.if_match = {(const uint8_t *)"*", 1}}},
    {.method = METHOD_GET,
     .conditions = {.if_modified_since = {(const uint8_t *)R_DATE, sizeof(R_DATE) - 1}}},
    {.method = METHOD_GET,
     .conditions = {.if_unmodified_since = {(const uint8_t *)"Thu Jan  1 00:00:00 1970", 24}}},
    {.method = METHOD_GET,
     .now_s = R_NOW_S,
     .range = {(const uint8_t *)"bytes=0-4", 9},
     .conditions = {.if_range = {(const uint8_t *)R_TAG, sizeof(R_TAG) - 1}}},
};

static void every_refusal_is_the_same_whatever_exists_107_to_109(void **state)
{
    (void)state;
    struct response_plan reference;
    response_plan_make(&reference, &r_rules, r_refused, NULL, &curious[0]);
    assert_int_equal(reference.status, 403);
    assert_string_equal(reference.reason, "Forbidden");
    assert_true(span_is(reference.text, "Forbidden\n"));
    assert_int_equal(reference.content_length, 10);
    assert_kept_by_nobody(&reference);
    assert_header(&reference, HEADER_ACCEPT_RANGES, NULL);
    for (size_t i = 0; i < sizeof(curious) / sizeof(curious[0]); i++) {
        struct response_plan plan;
        response_plan_make(&plan, &r_rules, r_refused, &r, &curious[i]);
        assert_same(&plan, &reference);
        response_plan_make(&plan, &r_rules, r_allowed, NULL, &curious[i]);
        assert_same(&plan, &reference);
        response_plan_make(&plan, &r_rules, r_public, NULL, &curious[i]);
        assert_same(&plan, &reference);
    }
}

static void a_token_that_expires_between_ranges_is_refused_110(void **state)
{
    (void)state;
    const struct request_values values = get("bytes=0-4");
    struct response_plan plan;
    plan_for(&plan, &values);
    assert_part(&plan, 0, 4);
    response_plan_make(&plan, &r_rules, r_refused, &r, &values);
    assert_int_equal(plan.status, 403);
}

static void a_refused_head_has_the_length_but_no_body(void **state)
{
    (void)state;
    const struct request_values values = {.method = METHOD_HEAD};
    struct response_plan plan;
    response_plan_make(&plan, &r_rules, r_refused, &r, &values);
    assert_int_equal(plan.status, 403);
    assert_int_equal(plan.content_length, 10);
    assert_int_equal(plan.text.len, 0);
}

/* One request for each status that has a file behind it, or hides one. */
static const struct {
    const char *range;
    const char *if_none_match;
    const char *if_match;
    int status;
} statuses[] = {
    {NULL, NULL, NULL, 200}, {"bytes=0-4", NULL, NULL, 206}, {"bytes=0-4,9-9", NULL, NULL, 206},
    {NULL, "*", NULL, 304},  {NULL, NULL, "\"v0\"", 412},    {"bytes=10000-", NULL, NULL, 416},
};

static void plan_status(struct response_plan *plan, const struct response_rules *rules, size_t i,
                        const char *origin)
{
    struct request_values values = get(statuses[i].range);
    values.origin = field(origin);
    values.conditions.if_none_match = field(statuses[i].if_none_match);
    values.conditions.if_match = field(statuses[i].if_match);
    response_plan_make(plan, rules, r_allowed, &r, &values);
    assert_int_equal(plan->status, statuses[i].status);
}

static void every_status_can_be_read_by_every_site_129(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
        struct response_plan plan;
        plan_status(&plan, &r_rules, i, "https://a.example");
        assert_header(&plan, HEADER_ALLOW_ORIGIN, "*");
        assert_header(&plan, HEADER_ALLOW_CREDENTIALS, NULL);
        assert_header(&plan, HEADER_VARY, NULL);
        assert_header(&plan, HEADER_EXPOSE_HEADERS, EXPOSED);
    }
}

static void a_site_on_the_list_is_named_exactly_130(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
        struct response_plan plan;
        plan_status(&plan, &r_site_rules, i, "https://b.example");
        assert_header(&plan, HEADER_ALLOW_ORIGIN, "https://b.example");
        assert_header(&plan, HEADER_ALLOW_CREDENTIALS, "true");
        assert_header(&plan, HEADER_VARY, "Origin");
        assert_header(&plan, HEADER_EXPOSE_HEADERS, EXPOSED);
    }
}

static void a_site_that_is_not_gets_no_leave_130(void **state)
{
    (void)state;
    static const char *const origins[] = {
        NULL, "", "null", "https://c.example", "https://A.example", "*", "https://a.example.evil"};
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
        for (size_t j = 0; j < sizeof(origins) / sizeof(origins[0]); j++) {
            struct response_plan plan;
            plan_status(&plan, &r_site_rules, i, origins[j]);
            assert_header(&plan, HEADER_ALLOW_ORIGIN, NULL);
            assert_header(&plan, HEADER_ALLOW_CREDENTIALS, NULL);
            assert_header(&plan, HEADER_VARY, "Origin");
        }
}

static void refusals_preflights_and_errors_name_the_site_too_130(void **state)
{
    (void)state;
    struct request_values values = get("bytes=0-4");
    struct response_plan plans[5];
    values.origin = field("https://a.example");
    response_plan_make(&plans[0], &r_site_rules, r_refused, &r, &values);
    response_plan_unavailable(&plans[1], &r_site_rules, &values);
    response_plan_bad_request(&plans[2], &r_site_rules, &values);
    values.method = METHOD_OPTIONS;
    response_plan_make(&plans[3], &r_site_rules, r_refused, NULL, &values);
    values.method = METHOD_OTHER;
    response_plan_make(&plans[4], &r_site_rules, r_refused, NULL, &values);
    for (size_t i = 0; i < sizeof(plans) / sizeof(plans[0]); i++) {
        assert_header(&plans[i], HEADER_ALLOW_ORIGIN, "https://a.example");
        assert_header(&plans[i], HEADER_ALLOW_CREDENTIALS, "true");
        assert_header(&plans[i], HEADER_VARY, "Origin");
    }
}

static void what_is_public_cdns_may_keep_131(void **state)
{
    (void)state;
    struct request_values values = get(NULL);
    for (int i = 0; i < 3; i++) {
        struct response_plan plan;
        values.range = field(i == 1 ? "bytes=0-4" : NULL);
        values.conditions.if_none_match = field(i == 2 ? "*" : NULL);
        response_plan_make(&plan, &r_rules, r_public, &r, &values);
        assert_header(&plan, HEADER_CACHE_CONTROL, "public, max-age=300, no-transform");
        assert_header(&plan, HEADER_CDN_CACHE_CONTROL, "public, max-age=300, no-transform");
        assert_header(&plan, HEADER_CACHE_TAG, "bunny");
        response_plan_make(&plan, &r_rules, r_allowed, &r, &values);
        assert_header(&plan, HEADER_CACHE_CONTROL, "private, max-age=300, no-transform");
        assert_header(&plan, HEADER_CDN_CACHE_CONTROL, "no-store");
    }
}

static void unavailable_says_when_to_come_back(void **state)
{
    (void)state;
    struct request_values values = get("bytes=0-4");
    struct response_plan plan;
    response_plan_unavailable(&plan, &r_rules, &values);
    assert_int_equal(plan.status, 503);
    assert_header(&plan, HEADER_RETRY_AFTER, "1");
    assert_kept_by_nobody(&plan);
    assert_int_equal(plan.content_length, plan.text.len);
    values.method = METHOD_HEAD;
    response_plan_unavailable(&plan, &r_rules, &values);
    assert_int_equal(plan.text.len, 0);
}

/* The adapter plans anew when bytes cannot be had after all. */
static void nothing_is_left_of_an_earlier_plan(void **state)
{
    (void)state;
    const struct request_values values = get("bytes=0-4,10-14");
    struct response_plan fresh;
    struct response_plan reused;
    plan_for(&reused, &values);
    response_plan_unavailable(&reused, &r_rules, &values);
    response_plan_unavailable(&fresh, &r_rules, &values);
    assert_same(&reused, &fresh);
}

static void a_bad_request_can_be_read_by_scripts_and_is_kept_by_nobody(void **state)
{
    (void)state;
    struct request_values values = {.method = METHOD_OTHER};
    struct response_plan plan;
    response_plan_bad_request(&plan, &r_rules, &values);
    assert_int_equal(plan.status, 400);
    assert_kept_by_nobody(&plan);
    assert_int_equal(plan.content_length, plan.text.len);
    values.method = METHOD_HEAD;
    response_plan_bad_request(&plan, &r_rules, &values);
    assert_int_equal(plan.text.len, 0);
}

static void methods_are_case_sensitive(void **state)
{
    (void)state;
    assert_int_equal(request_method_parse(span_of_string("GET")), METHOD_GET);
    assert_int_equal(request_method_parse(span_of_string("HEAD")), METHOD_HEAD);
    assert_int_equal(request_method_parse(span_of_string("OPTIONS")), METHOD_OPTIONS);
    assert_int_equal(request_method_parse(span_of_string("get")), METHOD_OTHER);
    assert_int_equal(request_method_parse(span_of_string("GETS")), METHOD_OTHER);
    assert_int_equal(request_method_parse(span_of_string("")), METHOD_OTHER);
    assert_true(response_plan_needs_no_file(METHOD_OPTIONS));
    assert_true(response_plan_needs_no_file(METHOD_OTHER));
    assert_false(response_plan_needs_no_file(METHOD_GET));
    assert_false(response_plan_needs_no_file(METHOD_HEAD));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(head_is_the_whole_without_its_bytes_70_71),
        cmocka_unit_test(a_preflight_needs_no_token_and_no_range_72_128),
        cmocka_unit_test(other_methods_are_refused_alike_for_everyone_73),
        cmocka_unit_test(nobody_may_transform_the_bytes_75),
        cmocka_unit_test(every_refusal_is_the_same_whatever_exists_107_to_109),
        cmocka_unit_test(a_token_that_expires_between_ranges_is_refused_110),
        cmocka_unit_test(a_refused_head_has_the_length_but_no_body),
        cmocka_unit_test(every_status_can_be_read_by_every_site_129),
        cmocka_unit_test(a_site_on_the_list_is_named_exactly_130),
        cmocka_unit_test(a_site_that_is_not_gets_no_leave_130),
        cmocka_unit_test(refusals_preflights_and_errors_name_the_site_too_130),
        cmocka_unit_test(what_is_public_cdns_may_keep_131),
        cmocka_unit_test(unavailable_says_when_to_come_back),
        cmocka_unit_test(nothing_is_left_of_an_earlier_plan),
        cmocka_unit_test(a_bad_request_can_be_read_by_scripts_and_is_kept_by_nobody),
        cmocka_unit_test(methods_are_case_sensitive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
