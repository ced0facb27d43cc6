#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plan_fixture.h"

/* Lines 77 to 106 of the range list. */

#define OLD "Mon, 30 Jun 2025 10:00:00 GMT"
#define SAME_850 "Tuesday, 01-Jul-25 10:00:00 GMT"
#define SAME_ASCTIME "Tue Jul  1 10:00:00 2025"
#define LATER "Tue, 01 Jul 2025 10:00:01 GMT"
#define EARLIER "Tue, 01 Jul 2025 09:59:59 GMT"

struct one_case {
    int line;
    const char *range;
    const char *value;
    int status;
};

/* Plans each case with its value in the field at `offset` of struct conditions. */
static void assert_each(const struct one_case *cases, size_t count, size_t offset)
{
    for (size_t i = 0; i < count; i++) {
        struct request_values values = get(cases[i].range);
        struct response_plan plan;
        *(struct span *)(void *)((char *)&values.conditions + offset) = field(cases[i].value);
        plan_for(&plan, &values);
        if (plan.status != cases[i].status)
            fail_msg("line %d, '%s': %d instead of %d", cases[i].line, cases[i].value, plan.status,
                     cases[i].status);
    }
}

#define ASSERT_EACH(cases, name)                                                                   \
    assert_each(cases, sizeof(cases) / sizeof((cases)[0]), offsetof(struct conditions, name))

static void if_range_77_to_91(void **state)
{
    (void)state;
    static const struct one_case cases[] = {
        {77, "bytes=0-4", R_TAG, 206},
        {78, "bytes=0-4", "\"v0\"", 200},
        {79, "bytes=0-4", "W/" R_TAG, 200},
        {80, "bytes=0-4", R_BOUNDARY, 200},
        {80, "bytes=0-4", R_TAG ", \"v2\"", 200},
        {80, "bytes=0-4", "*", 200},
        {80, "bytes=0-4", "", 200},
        {81, "bytes=0-4", R_DATE, 206},
        {82, "bytes=0-4", LATER, 200},
        {83, "bytes=0-4", EARLIER, 200},
        {84, "bytes=0-4", SAME_850, 206},
        {84, "bytes=0-4", SAME_ASCTIME, 206},
        {85, "bytes=0-4", "garbage", 200},
        {85, "bytes=0-4", "Tue, 01 Jul 2025 25:00:00 GMT", 200},
        {87, NULL, R_TAG, 200},
        {87, NULL, "\"v0\"", 200},
        {87, NULL, R_DATE, 200},
        {88, "bytes=10000-", R_TAG, 416},
        {88, "bytes=10000-", R_DATE, 416},
        {88, "bytes=10000-", "\"v0\"", 200},
        {89, "bytes=abc", R_TAG, 200},
        {91, "bytes=0-4,10-14", "\"v0\"", 200},
        {91, "bytes=0-4,10-14", R_TAG, 206},
    };
    ASSERT_EACH(cases, if_range);
}

static void a_part_by_if_range_says_what_the_whole_says_90(void **state)
{
    (void)state;
    struct request_values values = get("bytes=0-4");
    values.conditions.if_range = field(R_TAG);
    struct response_plan plan;
    plan_for(&plan, &values);
    assert_part(&plan, 0, 4);
}

/* 86: a date that another publication may yet share is no validator, and is not given out. */
static void a_fresh_publication_has_no_date_86(void **state)
{
    (void)state;
    static const struct {
        int64_t age_s;
        bool is_settled;
    } cases[] = {{-1000000, false}, {-1, false}, {0, false}, {1, false}, {2, true}, {3, true}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct request_values values = get("bytes=0-4");
        struct response_plan plan;
        bool is_settled = cases[i].is_settled;
        values.now_s = R_MODIFIED_S + cases[i].age_s;
        values.conditions.if_range = field(R_DATE);
        plan_for(&plan, &values);
        assert_int_equal(plan.status, is_settled ? 206 : 200);
        assert_header(&plan, HEADER_LAST_MODIFIED, is_settled ? R_DATE : NULL);
        values.conditions = (struct conditions){.if_modified_since = field(R_DATE)};
        plan_for(&plan, &values);
        assert_int_equal(plan.status, is_settled ? 304 : 206);
        values.conditions = (struct conditions){.if_unmodified_since = field(OLD)};
        plan_for(&plan, &values);
        assert_int_equal(plan.status, is_settled ? 412 : 206);
        /* the tag is one at any age */
        values.conditions = (struct conditions){.if_range = field(R_TAG)};
        plan_for(&plan, &values);
        assert_int_equal(plan.status, 206);
    }
}

static void a_publication_at_no_time_has_no_date(void **state)
{
    (void)state;
    static const int64_t times[] = {-1, INT64_MIN, HTTP_DATE_LAST_S + 1, INT64_MAX};
    for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
        const struct representation odd = {&r_file, r.title, times[i]};
        struct request_values values = get(NULL);
        struct response_plan plan;
        values.now_s = INT64_MAX;
        response_plan_make(&plan, &r_rules, r_allowed, &odd, &values);
        assert_int_equal(plan.status, 200);
        assert_header(&plan, HEADER_LAST_MODIFIED, NULL);
    }
}

static void if_none_match_92_to_96(void **state)
{
    (void)state;
    static const struct one_case cases[] = {
        {92, "bytes=0-4", R_TAG, 304},           {92, NULL, R_TAG, 304},
        {92, "bytes=10000-", R_TAG, 304},        {93, "bytes=0-4", "W/" R_TAG, 304},
        {94, "bytes=0-4", "\"a\", " R_TAG, 304}, {95, "bytes=0-4", "*", 304},
        {96, "bytes=0-4", "\"v0\"", 206},        {96, NULL, "\"v0\"", 200},
    };
    ASSERT_EACH(cases, if_none_match);
}

static void if_modified_since_97_99(void **state)
{
    (void)state;
    static const struct one_case cases[] = {
        {97, "bytes=0-4", R_DATE, 304},
        {97, NULL, R_DATE, 304},
        {97, "bytes=0-4", SAME_850, 304},
        {97, "bytes=0-4", SAME_ASCTIME, 304},
        {97, "bytes=0-4", LATER, 304},
        {97, "bytes=0-4", OLD, 206},
        {99, "bytes=0-4", "garbage", 206},
        {99, "bytes=0-4", "", 206},
        {99, NULL, "Tue, 31 Jun 2025 10:00:00 GMT", 200},
    };
    ASSERT_EACH(cases, if_modified_since);
}

static void if_match_100_to_102(void **state)
{
    (void)state;
    static const struct one_case cases[] = {
        {100, "bytes=0-4", R_TAG, 206},
        {100, "bytes=0-4", "*", 206},
        {100, "bytes=0-4", "\"a\", " R_TAG, 206},
        {100, NULL, R_TAG, 200},
        {101, "bytes=0-4", "\"v0\"", 412},
        {101, "bytes=10000-", "\"v0\"", 412},
        {101, NULL, "\"v0\"", 412},
        {101, "bytes=10000-", R_TAG, 416},
        {102, "bytes=0-4", "W/" R_TAG, 412},
        {102, "bytes=0-4", "", 412},
    };
    ASSERT_EACH(cases, if_match);
}

static void if_unmodified_since_103(void **state)
{
    (void)state;
    static const struct one_case cases[] = {
        {103, "bytes=0-4", OLD, 412},       {103, "bytes=10000-", OLD, 412},
        {103, "bytes=0-4", R_DATE, 206},    {103, "bytes=0-4", LATER, 206},
        {103, "bytes=0-4", "garbage", 206}, {103, NULL, EARLIER, 412},
    };
    ASSERT_EACH(cases, if_unmodified_since);
}

static void they_come_in_their_order_98_104_to_106(void **state)
{
    (void)state;
    static const struct {
        int line;
        struct {
            const char *match;
            const char *none_match;
            const char *modified;
            const char *unmodified;
            const char *range;
        } fields;
        int status;
    } cases[] = {
        {98, {.none_match = "\"v0\"", .modified = R_DATE}, 206},
        {104, {.match = R_TAG, .unmodified = OLD}, 206},
        {105, {.match = R_TAG, .none_match = R_TAG}, 304},
        {106, {.none_match = "\"v0\"", .range = "\"v0\""}, 200},
        {106, {.none_match = R_TAG, .range = "\"v0\""}, 304},
        {106, {.match = "\"v0\"", .range = R_TAG}, 412},
        {106, {.match = R_TAG, .none_match = "\"v0\"", .range = R_TAG}, 206},
        {106, {.unmodified = R_DATE, .modified = OLD, .range = R_DATE}, 206},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct request_values values = get("bytes=0-4");
        struct response_plan plan;
        values.conditions = (struct conditions){
            .if_match = field(cases[i].fields.match),
            .if_none_match = field(cases[i].fields.none_match),
            .if_modified_since = field(cases[i].fields.modified),
            .if_unmodified_since = field(cases[i].fields.unmodified),
            .if_range = field(cases[i].fields.range),
        };
        plan_for(&plan, &values);
        if (plan.status != cases[i].status)
            fail_msg("case %zu of line %d: %d", i, cases[i].line, plan.status);
    }
}

/* RFC 9110 15.4.5: what a 200 would have said of validity, and nothing of a body. */
static void not_modified_has_no_body_and_no_length_92(void **state)
{
    (void)state;
    struct request_values values = get("bytes=0-4");
    values.conditions.if_none_match = field(R_TAG);
    struct response_plan plan;
    plan_for(&plan, &values);
    assert_int_equal(plan.status, 304);
    assert_string_equal(plan.reason, "Not Modified");
    assert_false(plan.has_content_length);
    assert_int_equal(plan.body.count, 0);
    assert_int_equal(plan.text.len, 0);
    assert_header(&plan, HEADER_ETAG, R_TAG);
    assert_header(&plan, HEADER_LAST_MODIFIED, R_DATE);
    assert_header(&plan, HEADER_CACHE_CONTROL, "private, max-age=300, no-transform");
    assert_header(&plan, HEADER_CDN_CACHE_CONTROL, "no-store");
    assert_header(&plan, HEADER_CACHE_TAG, "bunny");
    assert_header(&plan, HEADER_ALLOW_ORIGIN, "*");
    assert_header(&plan, HEADER_EXPOSE_HEADERS,
                  "Content-Range, Content-Length, Accept-Ranges, ETag");
    assert_header(&plan, HEADER_NOSNIFF, "nosniff");
    assert_int_equal(plan.header_count, 8);
}

static void a_failed_precondition_is_kept_by_nobody_101(void **state)
{
    (void)state;
    struct request_values values = get("bytes=0-4");
    values.conditions.if_match = field("\"v0\"");
    struct response_plan plan;
    plan_for(&plan, &values);
    assert_int_equal(plan.status, 412);
    assert_string_equal(plan.reason, "Precondition Failed");
    assert_true(span_is(plan.text, "Precondition failed\n"));
    assert_int_equal(plan.content_length, plan.text.len);
    assert_int_equal(plan.body.count, 0);
    assert_header(&plan, HEADER_CACHE_CONTROL, "no-store");
    assert_header(&plan, HEADER_ALLOW_ORIGIN, "*");
    assert_header(&plan, HEADER_EXPOSE_HEADERS,
                  "Content-Range, Content-Length, Accept-Ranges, ETag");
    assert_header(&plan, HEADER_CONTENT_RANGE, NULL);
    assert_header(&plan, HEADER_ETAG, NULL);
}

/* Preconditions are for HEAD too (13.2.2); If-Range and Range are not. */
static void head_has_preconditions(void **state)
{
    (void)state;
    struct request_values values = get("bytes=0-4");
    struct response_plan plan;
    values.method = METHOD_HEAD;
    values.conditions.if_none_match = field(R_TAG);
    plan_for(&plan, &values);
    assert_int_equal(plan.status, 304);
    values.conditions = (struct conditions){.if_match = field("\"v0\"")};
    plan_for(&plan, &values);
    assert_int_equal(plan.status, 412);
    assert_int_equal(plan.text.len, 0);
    values.conditions = (struct conditions){.if_range = field(R_TAG)};
    plan_for(&plan, &values);
    assert_int_equal(plan.status, 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(if_range_77_to_91),
        cmocka_unit_test(a_part_by_if_range_says_what_the_whole_says_90),
        cmocka_unit_test(a_fresh_publication_has_no_date_86),
        cmocka_unit_test(a_publication_at_no_time_has_no_date),
        cmocka_unit_test(if_none_match_92_to_96),
        cmocka_unit_test(if_modified_since_97_99),
        cmocka_unit_test(if_match_100_to_102),
        cmocka_unit_test(if_unmodified_since_103),
        cmocka_unit_test(they_come_in_their_order_98_104_to_106),
        cmocka_unit_test(not_modified_has_no_body_and_no_length_92),
        cmocka_unit_test(a_failed_precondition_is_kept_by_nobody_101),
        cmocka_unit_test(head_has_preconditions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
