#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "auth/compact_form.h"

static void three_components_are_decoded(void **state)
{
    (void)state;
    struct compact_form form = {0};
    assert_int_equal(compact_form_parse(span_of_string("Zm9v.YmE.AAAA"), 13, &form), STATUS_OK);
    assert_true(span_is(byte_buffer_span(&form.header), "foo"));
    assert_true(span_is(byte_buffer_span(&form.payload), "ba"));
    assert_int_equal(form.signature.len, 3);
    assert_true(span_is(form.signed_text, "Zm9v.YmE"));
    compact_form_dispose(&form);
}

static void anything_else_is_refused(void **state)
{
    (void)state;
    static const char *const tokens[] = {
        "",          ".",         "..",         "...",        "Zg",         "Zg.",
        "Zg.Zg",     "Zg.Zg.",    ".Zg.Zg",     "Zg..Zg",     "Zg.Zg.Zg.",  "Zg.Zg.Zg.Zg",
        ".Zg.Zg.Zg", "Zg.Zg..Zg", "Zg==.Zg.Zg", "Zg.Zg==.Zg", "Zg.Zg.Zg==", "Zh.Zg.Zg",
        "Zg.Zh.Zg",  "Zg.Zg.Zh",  " Zg.Zg.Zg",  "Zg.Zg.Zg\n", "Zg .Zg.Zg",  "Zg. Zg.Zg",
        "Z.Zg.Zg",   "Zg.Z.Zg",   "Zg.Zg.Z",    "Zg,Zg,Zg",
    };
    for (size_t i = 0; i < sizeof(tokens) / sizeof(tokens[0]); i++) {
        struct compact_form form = {0};
        if (compact_form_parse(span_of_string(tokens[i]), 8192, &form) != STATUS_INVALID)
            fail_msg("accepted: %s", tokens[i]);
        compact_form_dispose(&form);
    }
}

static void length_is_bounded_before_anything_else(void **state)
{
    (void)state;
    struct compact_form form = {0};
    assert_int_equal(compact_form_parse(span_of_string("Zm9v.YmE.AAAA"), 12, &form), STATUS_LIMIT);
    assert_int_equal(form.header.capacity, 0);
    compact_form_dispose(&form);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_components_are_decoded),
        cmocka_unit_test(anything_else_is_refused),
        cmocka_unit_test(length_is_bounded_before_anything_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
