#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server/conditional.h"

#define TAG "\"v1\""
#define DATE "Tue, 01 Jul 2025 10:00:00 GMT"
#define MODIFIED_S 1751364000
#define NOW_S (MODIFIED_S + 1000)

static const struct validators dated = {
    .etag = {(const uint8_t *)TAG, 4},
    .has_date = true,
    .modified_s = MODIFIED_S,
    .now_s = NOW_S,
};
static const struct validators undated = {.etag = {(const uint8_t *)TAG, 4}, .now_s = NOW_S};

static struct span value(const char *text)
{
    return text != NULL ? span_of_string(text) : span_of(NULL, 0);
}

struct list_case {
    const char *value;
    bool is_named_weakly;
    bool is_named_strongly;
};

static const struct list_case lists[] = {
    {TAG, true, true},
    {"W/" TAG, true, false},
    {"*", true, true},
    {" * ", true, true},
    {"\"a\", " TAG, true, true},
    {"\"a\"," TAG ",\"b\"", true, true},
    {"\"a\" ,\tW/" TAG, true, false},
    {"W/" TAG "," TAG, true, true},
    {",, " TAG " ,", true, true},
    {"\"a,\", " TAG, true, true},
    {"\"v0\"", false, false},
    {"\"v1 \"", false, false},
    {"\"V1\"", false, false},
    {"", false, false},
    {",", false, false},
    {"v1", false, false},
    {"\"a\" " TAG, false, false},
    {TAG " x", false, false},
    {TAG ", v1", false, false},
    {"*, " TAG, false, false},
    {"**", false, false},
    {"\"a\", *", false, false},
    {"w/" TAG, false, false},
};

static void none_match_compares_weakly_with_every_tag(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        const struct conditions conditions = {.if_none_match = value(lists[i].value)};
        bool is_named = conditional_evaluate(&conditions, &dated) == PRECONDITION_NOT_MODIFIED;
        if (is_named != lists[i].is_named_weakly)
            fail_msg("'%s'", lists[i].value);
    }
}

static void match_compares_strongly_with_every_tag(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        const struct conditions conditions = {.if_match = value(lists[i].value)};
        enum precondition expected =
            lists[i].is_named_strongly ? PRECONDITION_HOLDS : PRECONDITION_FAILED;
        if (conditional_evaluate(&conditions, &dated) != expected)
            fail_msg("'%s'", lists[i].value);
    }
}

struct date_case {
    const char *value;
    enum precondition modified_since;
    enum precondition unmodified_since;
};

static const struct date_case dates[] = {
    {DATE, PRECONDITION_NOT_MODIFIED, PRECONDITION_HOLDS},
    {" " DATE "\t", PRECONDITION_NOT_MODIFIED, PRECONDITION_HOLDS},
    {"Tuesday, 01-Jul-25 10:00:00 GMT", PRECONDITION_NOT_MODIFIED, PRECONDITION_HOLDS},
    {"Tue Jul  1 10:00:00 2025", PRECONDITION_NOT_MODIFIED, PRECONDITION_HOLDS},
    {"Tue, 01 Jul 2025 10:00:01 GMT", PRECONDITION_NOT_MODIFIED, PRECONDITION_HOLDS},
    {"Tue, 01 Jul 2035 10:00:00 GMT", PRECONDITION_NOT_MODIFIED, PRECONDITION_HOLDS},
    {"Tue, 01 Jul 2025 09:59:59 GMT", PRECONDITION_HOLDS, PRECONDITION_FAILED},
    {"Thu, 01 Jan 1970 00:00:00 GMT", PRECONDITION_HOLDS, PRECONDITION_FAILED},
    /* no dates: ignored (RFC 9110 13.1.3, 13.1.4) */
    {"", PRECONDITION_HOLDS, PRECONDITION_HOLDS},
    {"yesterday", PRECONDITION_HOLDS, PRECONDITION_HOLDS},
    {"0", PRECONDITION_HOLDS, PRECONDITION_HOLDS},
    {DATE ", " DATE, PRECONDITION_HOLDS, PRECONDITION_HOLDS},
    {TAG, PRECONDITION_HOLDS, PRECONDITION_HOLDS},
};

static void dates_are_compared_to_the_second(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
        const struct conditions since = {.if_modified_since = value(dates[i].value)};
        const struct conditions until = {.if_unmodified_since = value(dates[i].value)};
        if (conditional_evaluate(&since, &dated) != dates[i].modified_since)
            fail_msg("since '%s'", dates[i].value);
        if (conditional_evaluate(&until, &dated) != dates[i].unmodified_since)
            fail_msg("until '%s'", dates[i].value);
    }
}

static void dates_mean_nothing_when_there_is_none_to_compare(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
        const struct conditions since = {.if_modified_since = value(dates[i].value)};
        const struct conditions until = {.if_unmodified_since = value(dates[i].value)};
        assert_int_equal(conditional_evaluate(&since, &undated), PRECONDITION_HOLDS);
        assert_int_equal(conditional_evaluate(&until, &undated), PRECONDITION_HOLDS);
    }
}

/* RFC 9110 13.2.2: tags go before dates, what would fail before what is known. */
static void they_come_in_their_order(void **state)
{
    (void)state;
    static const char old[] = "Thu, 01 Jan 1970 00:00:00 GMT";
    static const struct {
        const char *match;
        const char *unmodified_since;
        const char *none_match;
        const char *modified_since;
        enum precondition expected;
    } cases[] = {
        {NULL, NULL, NULL, NULL, PRECONDITION_HOLDS},
        {TAG, old, NULL, NULL, PRECONDITION_HOLDS},
        {"\"v0\"", DATE, NULL, NULL, PRECONDITION_FAILED},
        {"", DATE, NULL, NULL, PRECONDITION_FAILED},
        {NULL, NULL, "\"v0\"", DATE, PRECONDITION_HOLDS},
        {NULL, NULL, "", DATE, PRECONDITION_HOLDS},
        {NULL, NULL, TAG, old, PRECONDITION_NOT_MODIFIED},
        {TAG, NULL, TAG, NULL, PRECONDITION_NOT_MODIFIED},
        {"\"v0\"", NULL, TAG, NULL, PRECONDITION_FAILED},
        {NULL, old, TAG, NULL, PRECONDITION_FAILED},
        {NULL, DATE, NULL, DATE, PRECONDITION_NOT_MODIFIED},
        {NULL, old, NULL, DATE, PRECONDITION_FAILED},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct conditions conditions = {
            .if_match = value(cases[i].match),
            .if_unmodified_since = value(cases[i].unmodified_since),
            .if_none_match = value(cases[i].none_match),
            .if_modified_since = value(cases[i].modified_since),
        };
        if (conditional_evaluate(&conditions, &dated) != cases[i].expected)
            fail_msg("case %zu", i);
    }
}

static void if_range_takes_one_strong_tag_or_the_very_date(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        bool holds;
    } cases[] = {
        {NULL, true},
        {TAG, true},
        {" " TAG " ", true},
        {DATE, true},
        {DATE " ", true},
        {"Tuesday, 01-Jul-25 10:00:00 GMT", true},
        {"Tue Jul  1 10:00:00 2025", true},
        {"\"v0\"", false},
        {"W/" TAG, false},
        {"v1", false},
        {TAG ", \"v2\"", false},
        {TAG ", " TAG, false},
        {"*", false},
        {"", false},
        {"Tue, 01 Jul 2025 10:00:01 GMT", false},
        {"Tue, 01 Jul 2025 09:59:59 GMT", false},
        {"W/" DATE, false},
        {"\"" DATE "\"", false},
        {"today", false},
        {DATE ", " DATE, false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (conditional_range_holds(value(cases[i].value), &dated) != cases[i].holds)
            fail_msg("'%s'", cases[i].value);
    assert_true(conditional_range_holds(value(TAG), &undated));
    assert_false(conditional_range_holds(value(DATE), &undated));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(none_match_compares_weakly_with_every_tag),
        cmocka_unit_test(match_compares_strongly_with_every_tag),
        cmocka_unit_test(dates_are_compared_to_the_second),
        cmocka_unit_test(dates_mean_nothing_when_there_is_none_to_compare),
        cmocka_unit_test(they_come_in_their_order),
        cmocka_unit_test(if_range_takes_one_strong_tag_or_the_very_date),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
