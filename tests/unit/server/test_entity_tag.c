#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server/entity_tag.h"

static void prints_hex_in_quotes(void **state)
{
    (void)state;
    const uint8_t etag[INDEX_ETAG_LEN] = {0x00, 0x01, 0x7f, 0x80, 0xff};
    char text[ENTITY_TAG_TEXT_LEN + 1];
    entity_tag_print(etag, text);
    assert_string_equal(text, "\"00017f80ff0000000000000000000000\"");
}

static void takes_one_tag_and_leaves_the_rest(void **state)
{
    (void)state;
    struct span text = span_of_string("W/\"a,b\", \"c\"");
    struct entity_tag tag;
    assert_true(entity_tag_take(&text, &tag));
    assert_true(tag.is_weak);
    assert_true(span_is(tag.quoted, "\"a,b\""));
    assert_true(span_is(text, ", \"c\""));
}

static void an_empty_tag_is_a_tag(void **state)
{
    (void)state;
    struct span text = span_of_string("\"\"");
    struct entity_tag tag;
    assert_true(entity_tag_take(&text, &tag));
    assert_false(tag.is_weak);
    assert_true(span_is(tag.quoted, "\"\""));
}

static void what_is_no_tag_stays(void **state)
{
    (void)state;
    static const char *const texts[] = {"",         "\"",       "v1",       "\"v1",   "v1\"",
                                        "W/v1",     "W/",       "w/\"v1\"", "W\"a\"", "\"a b\"",
                                        "\"\x7f\"", "\"\x1f\"", " \"v1\""};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct span text = span_of_string(texts[i]);
        struct entity_tag tag;
        if (entity_tag_take(&text, &tag))
            fail_msg("'%s' is no tag", texts[i]);
        assert_true(span_is(text, texts[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prints_hex_in_quotes),
        cmocka_unit_test(takes_one_tag_and_leaves_the_rest),
        cmocka_unit_test(an_empty_tag_is_a_tag),
        cmocka_unit_test(what_is_no_tag_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
