#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/name.h"

static void names_follow_the_grammar(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is_valid;
    } rows[] = {
        {"a", true},         {"0", true},      {"Bunny-2.final_cut", true},
        {"a..b", true},      {"a.", true},     {"", false},
        {".", false},        {"..", false},    {".hidden", false},
        {"-rf", false},      {"_a", false},    {"a/b", false},
        {"a\\b", false},     {"a b", false},   {"a%2fb", false},
        {"a\n", false},      {"a:b", false},   {"a~", false},
        {"\xc3\xa4", false}, {"a\xff", false}, {"z`", false},
        {"[", false},        {"@", false},     {"{", false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(name_is_valid(span_of_string(rows[i].text)), rows[i].is_valid);
}

static void a_nul_inside_is_refused(void **state)
{
    (void)state;
    assert_false(name_is_valid(span_of("a\0b", 3)));
    assert_false(name_is_valid(span_of("a\0", 2)));
}

static void the_longest_name_has_128_characters(void **state)
{
    (void)state;
    char text[129];
    memset(text, 'a', sizeof(text));
    assert_true(name_is_valid(span_of(text, 128)));
    assert_false(name_is_valid(span_of(text, 129)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_follow_the_grammar),
        cmocka_unit_test(a_nul_inside_is_refused),
        cmocka_unit_test(the_longest_name_has_128_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
