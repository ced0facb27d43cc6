#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server/response_plan.h"

#define TAG "\"76310000000000000000000000000000\""

static const struct index_file file = {
    .name = {(const uint8_t *)"video.mp4", 9},
    .content_type = {(const uint8_t *)"video/mp4", 9},
    .length = 10000,
    .etag = {'v', '1'},
};

static const struct verdict allowed = {VERIFICATION_OK, NULL};
static const struct verdict is_public = {VERIFICATION_NOT_PERFORMED, NULL};
static const struct verdict refused = {VERIFICATION_EXPIRED, "expired"};

static struct span value(const char *text)
{
    return text != NULL ? span_of_string(text) : span_of(NULL, 0);
}

static void plan_get(struct response_plan *plan, const char *range, const char *if_range,
                     const char *if_none_match)
{
    const struct request_values values = {METHOD_GET, value(range), value(if_range),
                                          value(if_none_match)};
    response_plan_make(plan, allowed, &file, &values);
}

/* The value of a header; NULL when there is none. There is never more than one. */
static const struct span *header(const struct response_plan *plan, const char *name)
{
    const struct span *found = NULL;
    for (size_t i = 0; i < plan->header_count; i++) {
        if (strcmp(plan->headers[i].name, name) != 0)
            continue;
        assert_null(found);
        found = &plan->headers[i].value;
    }
    return found;
}

static void assert_header(const struct response_plan *plan, const char *name, const char *expected)
{
    const struct span *actual = header(plan, name);
    if (expected == NULL && actual != NULL)
        fail_msg("%s should be absent", name);
    if (expected != NULL && (actual == NULL || !span_is(*actual, expected)))
        fail_msg("%s should be '%s' but is '%.*s'", name, expected,
                 actual != NULL ? (int)actual->len : 0,
                 actual != NULL ? (const char *)actual->base : "");
}

static void assert_cors(const struct response_plan *plan)
{
    assert_header(plan, "access-control-allow-origin", "*");
    assert_header(plan, "access-control-expose-headers",
                  "Content-Range, Content-Length, Accept-Ranges, ETag");
    assert_header(plan, "x-content-type-options", "nosniff");
}

static void assert_body(const struct response_plan *plan, uint64_t offset, uint64_t length)
{
    assert_int_equal(plan->body.count, length > 0);
    if (length > 0) {
        assert_int_equal(plan->body.ranges[0].offset, offset);
        assert_int_equal(plan->body.ranges[0].length, length);
    }
    assert_true(plan->has_content_length);
    assert_int_equal(plan->content_length, length);
    assert_int_equal(plan->text.len, 0);
}

static void no_range_is_the_whole_file(void **state)
{
    (void)state;
    struct response_plan plan;
    plan_get(&plan, NULL, NULL, NULL);
    assert_int_equal(plan.status, 200);
    assert_string_equal(plan.reason, "OK");
    assert_body(&plan, 0, 10000);
    assert_cors(&plan);
    assert_header(&plan, "accept-ranges", "bytes");
    assert_header(&plan, "etag", TAG);
    assert_header(&plan, "content-type", "video/mp4");
    assert_header(&plan, "cache-control", "private, max-age=300, no-transform");
    assert_header(&plan, "content-range", NULL);
    assert_int_equal(plan.header_count, 7);
}

static void one_range_is_partial_content(void **state)
{
    (void)state;
    struct response_plan plan;
    plan_get(&plan, "bytes=500-999", NULL, NULL);
    assert_int_equal(plan.status, 206);
    assert_string_equal(plan.reason, "Partial Content");
    assert_body(&plan, 500, 500);
    assert_cors(&plan);
    assert_header(&plan, "content-range", "bytes 500-999/10000");
    assert_header(&plan, "accept-ranges", "bytes");
    assert_header(&plan, "etag", TAG);
    assert_header(&plan, "content-type", "video/mp4");
    assert_header(&plan, "cache-control", "private, max-age=300, no-transform");
    assert_int_equal(plan.header_count, 8);
}

static void a_range_of_everything_is_still_partial_content(void **state)
{
    (void)state;
    struct response_plan plan;
    plan_get(&plan, "bytes=0-", NULL, NULL);
    assert_int_equal(plan.status, 206);
    assert_header(&plan, "content-range", "bytes 0-9999/10000");
    assert_body(&plan, 0, 10000);
}

static void an_unsatisfiable_range_says_only_the_length(void **state)
{
    (void)state;
    struct response_plan plan;
    plan_get(&plan, "bytes=10000-", NULL, NULL);
    assert_int_equal(plan.status, 416);
    assert_cors(&plan);
    assert_header(&plan, "content-range", "bytes */10000");
    assert_header(&plan, "cache-control", "no-store");
    assert_header(&plan, "etag", NULL);
    assert_int_equal(plan.body.count, 0);
    assert_true(span_is(plan.text, "Range not satisfiable\n"));
    assert_int_equal(plan.content_length, plan.text.len);
}

static void several_ranges_are_the_whole_file(void **state)
{
    (void)state;
    struct response_plan plan;
    plan_get(&plan, "bytes=0-4,10-14", NULL, NULL);
    assert_int_equal(plan.status, 200);
    assert_header(&plan, "content-range", NULL);
    assert_body(&plan, 0, 10000);
}

static void an_invalid_range_is_the_whole_file(void **state)
{
    (void)state;
    struct response_plan plan;
    plan_get(&plan, "bytes=5-4", NULL, NULL);
    assert_int_equal(plan.status, 200);
    assert_header(&plan, "content-range", NULL);
    assert_body(&plan, 0, 10000);
}

static void conditions_come_in_their_order(void **state)
{
    (void)state;
    static const struct {
        const char *range;
        const char *if_range;
        const char *if_none_match;
        int status;
    } cases[] = {
        {"bytes=0-4", TAG, NULL, 206},
        {"bytes=0-4", "\"v0\"", NULL, 200},
        {"bytes=0-4", "W/" TAG, NULL, 200},
        {"bytes=0-4", TAG "," TAG, NULL, 200},
        {"bytes=0-4", "*", NULL, 200},
        {"bytes=0-4", "", NULL, 200},
        {"bytes=0-4", "Tue, 01 Jul 2025 10:00:00 GMT", NULL, 200},
        {NULL, TAG, NULL, 200},
        {NULL, "\"v0\"", NULL, 200},
        {"bytes=10000-", TAG, NULL, 416},
        {"bytes=10000-", "\"v0\"", NULL, 200},
        {"bytes=abc", TAG, NULL, 200},
        {"bytes=0-4,10-14", "\"v0\"", NULL, 200},
        {"bytes=0-4", NULL, TAG, 304},
        {"bytes=0-4", NULL, "W/" TAG, 304},
        {"bytes=0-4", NULL, "\"a\", " TAG, 304},
        {"bytes=0-4", NULL, "*", 304},
        {"bytes=0-4", NULL, "\"v0\"", 206},
        {"bytes=10000-", NULL, TAG, 304},
        {NULL, NULL, TAG, 304},
        {NULL, NULL, "\"v0\"", 200},
        {"bytes=0-4", "\"v0\"", "\"v0\"", 200},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct response_plan plan;
        plan_get(&plan, cases[i].range, cases[i].if_range, cases[i].if_none_match);
        if (plan.status != cases[i].status)
            fail_msg("case %zu: %d instead of %d", i, plan.status, cases[i].status);
    }
}

static void not_modified_has_no_body_and_no_length(void **state)
{
    (void)state;
    struct response_plan plan;
    plan_get(&plan, "bytes=0-4", NULL, TAG);
    assert_int_equal(plan.status, 304);
    assert_false(plan.has_content_length);
    assert_int_equal(plan.body.count, 0);
    assert_int_equal(plan.text.len, 0);
    assert_cors(&plan);
    assert_header(&plan, "etag", TAG);
    assert_header(&plan, "cache-control", "private, max-age=300, no-transform");
    assert_header(&plan, "content-range", NULL);
    assert_header(&plan, "content-type", NULL);
}

static void head_says_the_length_and_ignores_range(void **state)
{
    (void)state;
    const struct request_values values = {METHOD_HEAD, value("bytes=0-4"), value(NULL),
                                          value(NULL)};
    struct response_plan plan;
    response_plan_make(&plan, allowed, &file, &values);
    assert_int_equal(plan.status, 200);
    assert_true(plan.has_content_length);
    assert_int_equal(plan.content_length, 10000);
    assert_int_equal(plan.body.count, 0);
    assert_header(&plan, "content-range", NULL);
    assert_header(&plan, "etag", TAG);
    assert_header(&plan, "accept-ranges", "bytes");
}

static void an_empty_file_is_always_whole(void **state)
{
    (void)state;
    static const char *const ranges[] = {NULL, "bytes=0-0", "bytes=0-", "bytes=-1", "bytes=-0"};
    struct index_file empty = file;
    empty.length = 0;
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
        const struct request_values values = {.method = METHOD_GET, .range = value(ranges[i])};
        struct response_plan plan;
        response_plan_make(&plan, allowed, &empty, &values);
        assert_int_equal(plan.status, 200);
        assert_body(&plan, 0, 0);
    }
}

static void what_everyone_may_see_everyone_may_keep(void **state)
{
    (void)state;
    const struct request_values values = {.method = METHOD_GET};
    struct response_plan plan;
    response_plan_make(&plan, is_public, &file, &values);
    assert_int_equal(plan.status, 200);
    assert_header(&plan, "cache-control", "public, max-age=300, no-transform");
}

static void assert_same(const struct response_plan *a, const struct response_plan *b)
{
    assert_int_equal(a->status, b->status);
    assert_string_equal(a->reason, b->reason);
    assert_int_equal(a->header_count, b->header_count);
    for (size_t i = 0; i < a->header_count; i++) {
        assert_string_equal(a->headers[i].name, b->headers[i].name);
        assert_true(span_equal(a->headers[i].value, b->headers[i].value));
    }
    assert_true(a->has_content_length && b->has_content_length);
    assert_int_equal(a->content_length, b->content_length);
    assert_int_equal(a->body.count, 0);
    assert_int_equal(b->body.count, 0);
    assert_true(span_equal(a->text, b->text));
}

static void every_refusal_is_the_same_whatever_exists(void **state)
{
    (void)state;
    static const struct request_values requests[] = {
        {.method = METHOD_GET},
        {.method = METHOD_GET, .range = {(const uint8_t *)"bytes=99999-", 12}},
        {.method = METHOD_GET, .range = {(const uint8_t *)"bytes=0-4", 9}},
        {.method = METHOD_GET, .if_none_match = {(const uint8_t *)"*", 1}},
        {.method = METHOD_GET, .if_none_match = {(const uint8_t *)TAG, sizeof(TAG) - 1}},
    };
    struct response_plan reference;
    response_plan_make(&reference, refused, NULL, &requests[0]);
    assert_int_equal(reference.status, 403);
    assert_string_equal(reference.reason, "Forbidden");
    assert_true(span_is(reference.text, "Forbidden\n"));
    assert_int_equal(reference.content_length, 10);
    assert_cors(&reference);
    assert_header(&reference, "cache-control", "no-store");
    assert_header(&reference, "etag", NULL);
    assert_header(&reference, "accept-ranges", NULL);
    for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
        struct response_plan plan;
        response_plan_make(&plan, refused, &file, &requests[i]);
        assert_same(&plan, &reference);
        response_plan_make(&plan, allowed, NULL, &requests[i]);
        assert_same(&plan, &reference);
        response_plan_make(&plan, is_public, NULL, &requests[i]);
        assert_same(&plan, &reference);
    }
}

static void a_refused_head_has_the_length_but_no_body(void **state)
{
    (void)state;
    const struct request_values values = {.method = METHOD_HEAD};
    struct response_plan plan;
    response_plan_make(&plan, refused, &file, &values);
    assert_int_equal(plan.status, 403);
    assert_int_equal(plan.content_length, 10);
    assert_int_equal(plan.text.len, 0);
}

static void other_methods_are_refused_alike_for_everyone(void **state)
{
    (void)state;
    const struct request_values values = {.method = METHOD_OTHER};
    struct response_plan with_token;
    struct response_plan without;
    response_plan_make(&with_token, allowed, &file, &values);
    response_plan_make(&without, refused, NULL, &values);
    assert_int_equal(with_token.status, 405);
    assert_header(&with_token, "allow", "GET, HEAD, OPTIONS");
    assert_cors(&with_token);
    assert_same(&with_token, &without);
}

static void a_preflight_needs_no_token(void **state)
{
    (void)state;
    const struct request_values values = {.method = METHOD_OPTIONS, .range = value("bytes=0-4")};
    struct response_plan plan;
    response_plan_make(&plan, refused, NULL, &values);
    assert_int_equal(plan.status, 204);
    assert_false(plan.has_content_length);
    assert_int_equal(plan.text.len, 0);
    assert_cors(&plan);
    assert_header(&plan, "access-control-allow-methods", "GET, HEAD, OPTIONS");
    assert_header(&plan, "access-control-allow-headers",
                  "Authorization, Range, If-Range, If-None-Match, If-Match, If-Modified-Since, "
                  "If-Unmodified-Since");
    assert_header(&plan, "access-control-max-age", "86400");
}

static void unavailable_says_when_to_come_back(void **state)
{
    (void)state;
    struct response_plan plan;
    response_plan_unavailable(&plan, METHOD_GET);
    assert_int_equal(plan.status, 503);
    assert_header(&plan, "retry-after", "1");
    assert_header(&plan, "cache-control", "no-store");
    assert_cors(&plan);
    assert_int_equal(plan.content_length, plan.text.len);
    response_plan_unavailable(&plan, METHOD_HEAD);
    assert_int_equal(plan.text.len, 0);
}

static void a_bad_request_can_be_read_by_scripts_and_is_kept_by_nobody(void **state)
{
    (void)state;
    struct response_plan plan;
    response_plan_bad_request(&plan, METHOD_OTHER);
    assert_int_equal(plan.status, 400);
    assert_header(&plan, "cache-control", "no-store");
    assert_cors(&plan);
    assert_int_equal(plan.content_length, plan.text.len);
    response_plan_bad_request(&plan, METHOD_HEAD);
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
        cmocka_unit_test(no_range_is_the_whole_file),
        cmocka_unit_test(one_range_is_partial_content),
        cmocka_unit_test(a_range_of_everything_is_still_partial_content),
        cmocka_unit_test(an_unsatisfiable_range_says_only_the_length),
        cmocka_unit_test(several_ranges_are_the_whole_file),
        cmocka_unit_test(an_invalid_range_is_the_whole_file),
        cmocka_unit_test(conditions_come_in_their_order),
        cmocka_unit_test(not_modified_has_no_body_and_no_length),
        cmocka_unit_test(head_says_the_length_and_ignores_range),
        cmocka_unit_test(an_empty_file_is_always_whole),
        cmocka_unit_test(what_everyone_may_see_everyone_may_keep),
        cmocka_unit_test(every_refusal_is_the_same_whatever_exists),
        cmocka_unit_test(a_refused_head_has_the_length_but_no_body),
        cmocka_unit_test(other_methods_are_refused_alike_for_everyone),
        cmocka_unit_test(a_preflight_needs_no_token),
        cmocka_unit_test(unavailable_says_when_to_come_back),
        cmocka_unit_test(a_bad_request_can_be_read_by_scripts_and_is_kept_by_nobody),
        cmocka_unit_test(methods_are_case_sensitive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
