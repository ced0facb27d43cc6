#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "auth/base64url.h"

/* RFC 4648 10, and the two letters in which base64url differs. */
static const struct {
    const char *bytes;
    size_t len;
    const char *text;
} pairs[] = {
    {"", 0, ""},
    {"f", 1, "Zg"},
    {"fo", 2, "Zm8"},
    {"foo", 3, "Zm9v"},
    {"foob", 4, "Zm9vYg"},
    {"fooba", 5, "Zm9vYmE"},
    {"foobar", 6, "Zm9vYmFy"},
    {"\xfb\xff", 2, "-_8"},
    {"\0\0\0", 3, "AAAA"},
};

static void encodes_without_padding(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        struct byte_buffer text = {0};
        base64url_encode(span_of(pairs[i].bytes, pairs[i].len), &text);
        assert_true(span_is(byte_buffer_span(&text), pairs[i].text));
        byte_buffer_dispose(&text);
    }
}

static void decodes_what_it_encodes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        struct byte_buffer bytes = {0};
        assert_int_equal(base64url_decode(span_of_string(pairs[i].text), &bytes), STATUS_OK);
        assert_true(span_equal(byte_buffer_span(&bytes), span_of(pairs[i].bytes, pairs[i].len)));
        byte_buffer_dispose(&bytes);
    }
}

static void refuses_every_other_spelling(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "Z",     "Zm9vY", "Zg==", "Zm8=", "Zh",   "Zm9",     "Zv",      "Zm9 v",
        " Zg",   "Zg ",   "Zg\n", "Zm+v", "Zm/v", "Zm.v",    "Z!9v",    "Z~9v",
        "Zm9v.", "AB",    "AAB",  "=",    "====", "Z\x80vv", "\xffZZZ",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct byte_buffer bytes = {0};
        byte_buffer_put_u8(&bytes, 'k');
        assert_int_equal(base64url_decode(span_of_string(texts[i]), &bytes), STATUS_INVALID);
        assert_true(span_is(byte_buffer_span(&bytes), "k"));
        byte_buffer_dispose(&bytes);
    }
    struct byte_buffer bytes = {0};
    assert_int_equal(base64url_decode(span_of("A\0AA", 4), &bytes), STATUS_INVALID);
    byte_buffer_dispose(&bytes);
}

/* Of all two- and three-letter texts, exactly one spells each one- and two-byte string. */
static void each_byte_has_one_spelling(void **state)
{
    (void)state;
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    unsigned counts[256] = {0};
    for (size_t i = 0; i < 64; i++) {
        for (size_t j = 0; j < 64; j++) {
            const char text[2] = {letters[i], letters[j]};
            struct byte_buffer bytes = {0};
            if (base64url_decode(span_of(text, 2), &bytes) == STATUS_OK)
                counts[bytes.base[0]]++;
            byte_buffer_dispose(&bytes);
        }
    }
    for (size_t i = 0; i < 256; i++)
        assert_int_equal(counts[i], 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encodes_without_padding),
        cmocka_unit_test(decodes_what_it_encodes),
        cmocka_unit_test(refuses_every_other_spelling),
        cmocka_unit_test(each_byte_has_one_spelling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
