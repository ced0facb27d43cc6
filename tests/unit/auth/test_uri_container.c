#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "auth/regex_size.h"
#include "auth/uri_container.h"

static bool allows(const char *container, const char *uri)
{
    return uri_container_allows(span_of_string(container), span_of_string(uri));
}

static void expression_matches_the_whole_uri(void **state)
{
    (void)state;
    static const struct {
        const char *container, *uri;
        bool allowed;
    } rows[] = {
        {"regex:http://h/a", "http://h/a", true},
        {"regex:http://h/a", "http://h/ab", false},
        {"regex:http://h/a", "xhttp://h/a", false},
        {"regex:^http://h/a$", "http://h/a", true},
        {"regex:http://h/a|http://h/b", "http://h/b", true},
        {"regex:http://h/a|http://h/b", "http://h/bc", false},
        {"regex:http://h/a|http://h/b", "http://h/ac", false},
        {"regex:http://h/(a|ab)", "http://h/ab", true},
        {"regex:[^:]*\\://[^/]*/folder/content/quality_[^/]*/segment.{3}\\.mp4(\\?.*)?",
         "https://x/folder/content/quality_hi/segment123.mp4?a=b", true},
        {"regex:[^:]*\\://[^/]*/folder/content/quality_[^/]*/segment.{3}\\.mp4(\\?.*)?",
         "https://x/folder/content/quality_hi/segment1234.mp4", false},
        {"regex:http://h/[[:digit:]]+", "http://h/12", true},
        {"regex:http://h/[]a-]", "http://h/]", true},
        {"regex:http://H/A", "http://h/a", false},
        {"regex:", "http://h/a", false},
        {"regex:.*", "", false},
        {"", "http://h/a", false},
        {"http://h/a", "http://h/a", false},
        {"hash:http://h/a", "http://h/a", false},
        {"regex", "regex", false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (allows(rows[i].container, rows[i].uri) != rows[i].allowed)
            fail_msg("%s on %s", rows[i].container, rows[i].uri);
    }
}

static void unbounded_or_ambiguous_expressions_are_refused(void **state)
{
    (void)state;
    static const char *const containers[] = {
        "regex:(",
        "regex:)",
        "regex:x)|(.*",
        "regex:x)|.*|(y",
        "regex:a)",
        "regex:(a))",
        "regex:[",
        "regex:[a",
        "regex:[]",
        "regex:[^]",
        "regex:[[:x:]",
        "regex:[[:alpha:",
        "regex:[[.a.]]",
        "regex:[[=a=]]",
        "regex:[[:ALPHA:]]",
        "regex:[[:nonsense:]]",
        "regex:(a)\\1",
        "regex:\\1",
        "regex:\\w",
        "regex:\\b.*",
        "regex:\\<a",
        "regex:\\`a\\'",
        "regex:\\",
        "regex:a\\",
        "regex:*",
        "regex:+a",
        "regex:(*a)",
        "regex:a|*",
        "regex:{1}",
        "regex:a{",
        "regex:a{}",
        "regex:a{,3}",
        "regex:a{2,1}",
        "regex:a{256}",
        "regex:a{1",
        "regex:a{1,",
        "regex:a{1,2",
        "regex:a{-1}",
        "regex:a{1}{",
        "regex:a{9999999999999}",
        "regex:(((a{100}){100}){100})",
        "regex:((a{1,100}){1,100}){1,100}",
        "regex:((a{0,100}){0,100}){0,100}",
        "regex:((((((((((a+)+)+)+)+)+)+)+)+)+)+",
        "regex:a++++++++++++",
        "regex:((a{255}){255}){0}",
        "regex:([a-z]{30}x){30}",
        "regex:(((((((((((((((((a)))))))))))))))))",
        "regex:a\nb",
        "regex:\x80",
        "regex:\x7f",
    };
    for (size_t i = 0; i < sizeof(containers) / sizeof(containers[0]); i++) {
        struct fault fault = {0};
        if (uri_container_check(span_of_string(containers[i]), &fault) != STATUS_INVALID)
            fail_msg("accepted: %s", containers[i]);
        assert_int_not_equal(fault.text[0], '\0');
        assert_false(allows(containers[i], "a"));
        assert_false(allows(containers[i], "x"));
    }
}

/* Some of these compile for years, which a time limit on the test would show. */
static void repeats_and_alternatives_that_can_be_empty_are_refused(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "regex:(a*)*",
        "regex:(a?)?",
        "regex:(a*)+",
        "regex:(a*){2}",
        "regex:(a{0,3})*",
        "regex:(a{0})*",
        "regex:(a*b?)*",
        "regex:((a*)(b*))*",
        "regex:()*",
        "regex:^*",
        "regex:$+",
        "regex:(^)*",
        "regex:(a|)",
        "regex:(|a)",
        "regex:(a||b)",
        "regex:(a*|b)",
        "regex:(a|b?)",
        "regex:(^|a)",
        "regex:(a|$)",
        "regex:a|",
        "regex:|",
        "regex:a*|b",
        "regex:((a|b*)c)*",
        "regex:a**",
        "regex:a??",
        "regex:a*?",
        "regex:a{0,1}?",
        "regex:((a{2,9}?"
        "?"
        "?"
        "?"
        "?"
        "?"
        "*)+b?"
        "?"
        "?"
        "?"
        "?)+",
        "regex:(((a*|b*)|(c*|d*))((e*|f*)|(g*|h*))((a*|b*)|(c*|d*))((e*|f*)|(g*|h*)))*",
    };
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        struct fault fault = {0};
        if (uri_container_check(span_of_string(refused[i]), &fault) != STATUS_INVALID)
            fail_msg("accepted: %s", refused[i]);
        assert_non_null(strstr(fault.text, "can be empty"));
    }
}

static void what_cannot_be_empty_may_be_repeated(void **state)
{
    (void)state;
    static const struct {
        const char *container, *uri;
    } rows[] = {
        {"regex:x(a*b)*", "xaabb"},     {"regex:x(a?b)?", "x"},       {"regex:(a|b)*x", "abx"},
        {"regex:(a*b|b*a)+", "aabbba"}, {"regex:x(a+)*", "xaa"},      {"regex:x(.*)", "x"},
        {"regex:x(\\?.*)?", "x?a"},     {"regex:(^a|b)c$", "ac"},     {"regex:x()y", "xy"},
        {"regex:x(a*)(b*)", "x"},       {"regex:((a*))b", "b"},       {"regex:a+?b", "b"},
        {"regex:(a{1,2}b?){2}", "aba"}, {"regex:x((a|b)c?)*", "xac"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (!allows(rows[i].container, rows[i].uri))
            fail_msg("%s on %s", rows[i].container, rows[i].uri);
    }
}

static void length_of_expression_and_uri_is_bounded(void **state)
{
    (void)state;
    char text[6 + URI_MATCH_MAX_LEN + 2];
    memset(text, 'a', sizeof(text));
    memcpy(text, "regex:", 6);
    struct fault fault = {0};
    assert_int_equal(uri_container_check(span_of(text, 6 + 500), &fault), STATUS_OK);
    assert_int_equal(uri_container_check(span_of(text, 6 + URI_REGEX_MAX_NODES + 1), &fault),
                     STATUS_INVALID);
    struct span all = span_of_string("regex:a*");
    assert_true(uri_container_allows(all, span_of(text + 6, URI_MATCH_MAX_LEN)));
    assert_false(uri_container_allows(all, span_of(text + 6, URI_MATCH_MAX_LEN + 1)));
    assert_false(uri_container_allows(span_of_string("regex:.*"), span_of("a\0b", 3)));
}

static void other_prefix_is_told_apart_from_a_bad_expression(void **state)
{
    (void)state;
    struct fault fault = {0};
    static const char *const others[] = {
        "",
        "hash",
        "hash:",
        "hash:md5;AAAA",
        "hash:SHA-256;AAAA",
        "hash:sha-256-32;AAAA",
        "hash:ni:///sha-256;AAAA",
        "Hash:sha-256;AAAA",
        "uri:http://h/a",
        "regex",
    };
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        if (uri_container_check(span_of_string(others[i]), &fault) != STATUS_UNSUPPORTED)
            fail_msg("%s", others[i]);
        assert_false(allows(others[i], "http://h/a"));
    }
    assert_int_equal(uri_container_check(span_of_string("regex:http://h/.*"), &fault), STATUS_OK);
}

/* The first is RFC 9246's own (A.1). */
static void digest_is_for_one_uri(void **state)
{
    (void)state;
    static const struct {
        const char *container, *uri;
    } rows[] = {
        {"hash:sha-256;2tderfWPa86Ku7YnzW51YUp7dGUjBS_3SW3ELx4hmWY", "http://cdni.example/foo/bar"},
        {"hash:sha-256;mymeLmu_9t02UBXnYFnPGOHm5j_pRlNtBZqHC9-h6WE",
         "http://cdni.example/foo/bar/"},
        {"hash:sha-256;7QGdObAAXgZTaoIbZgaSM7WQ6828BxkpxrY4Fr8PrrY",
         "https://media.example.com/v1/media/a1/video.mp4"},
    };
    for (size_t i = 0; i < 3; i++) {
        struct byte_buffer made = {0};
        uri_container_put_hash(span_of_string(rows[i].uri), &made);
        assert_true(span_is(byte_buffer_span(&made), rows[i].container));
        byte_buffer_dispose(&made);
        assert_int_equal(uri_container_check(span_of_string(rows[i].container), NULL), STATUS_OK);
        for (size_t j = 0; j < 3; j++)
            assert_int_equal(allows(rows[i].container, rows[j].uri), i == j);
    }
}

static void digest_of_another_form_is_refused(void **state)
{
    (void)state;
    static const char *const containers[] = {
        "hash:sha-256;",
        "hash:sha-256;AAAA",
        "hash:sha-256;2tderfWPa86Ku7YnzW51YUp7dGUjBS_3SW3ELx4hmWY=",
        "hash:sha-256;2tderfWPa86Ku7YnzW51YUp7dGUjBS_3SW3ELx4hmWZ",
        "hash:sha-256;2tderfWPa86Ku7YnzW51YUp7dGUjBS/3SW3ELx4hmWY",
        "hash:sha-256; 2tderfWPa86Ku7YnzW51YUp7dGUjBS_3SW3ELx4hmWY",
        "hash:sha-256;2tderfWPa86Ku7YnzW51YUp7dGUjBS_3SW3ELx4hmWYA",
        "hash:sha-256;2tderfWPa86Ku7YnzW51YUp7dGUjBS_3SW3ELx4hmWYAAA",
        "hash:sha-256;2tderfWPa86Ku7YnzW51YUp7dGUjBS_3SW3ELx4hmWY?ct=video/mp4",
    };
    for (size_t i = 0; i < sizeof(containers) / sizeof(containers[0]); i++) {
        struct fault fault = {0};
        if (uri_container_check(span_of_string(containers[i]), &fault) != STATUS_INVALID)
            fail_msg("accepted: %s", containers[i]);
        assert_int_not_equal(fault.text[0], '\0');
        assert_false(allows(containers[i], "http://cdni.example/foo/bar"));
    }
}

static void repeats_count_as_what_they_are_written_out_to(void **state)
{
    (void)state;
    static const struct {
        const char *pattern;
        unsigned least, most;
    } rows[] = {
        {"", 0, 0},           {"abc", 3, 3},
        {"a\\.[^/]", 3, 3},   {"a{10}", 10, 12},
        {"a{2,10}", 10, 12},  {"a{10,}", 11, 13},
        {"(ab){10}", 20, 40}, {"((a{10}){10}){10}", 1000, 1500},
        {"((a+)+)+", 8, 32},  {"((a{255}){255}){255}", 1000000, 1000000},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        unsigned nodes;
        assert_int_equal(regex_size(span_of_string(rows[i].pattern), 1024, &nodes, NULL),
                         STATUS_OK);
        if (nodes < rows[i].least || nodes > rows[i].most)
            fail_msg("%s: %u", rows[i].pattern, nodes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expression_matches_the_whole_uri),
        cmocka_unit_test(unbounded_or_ambiguous_expressions_are_refused),
        cmocka_unit_test(repeats_and_alternatives_that_can_be_empty_are_refused),
        cmocka_unit_test(what_cannot_be_empty_may_be_repeated),
        cmocka_unit_test(length_of_expression_and_uri_is_bounded),
        cmocka_unit_test(other_prefix_is_told_apart_from_a_bad_expression),
        cmocka_unit_test(digest_is_for_one_uri),
        cmocka_unit_test(digest_of_another_form_is_refused),
        cmocka_unit_test(repeats_count_as_what_they_are_written_out_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
