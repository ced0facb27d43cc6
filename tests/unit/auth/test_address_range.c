#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "auth/address_range.h"

/* From an exact-size copy, so that a sanitizer sees a read of one byte too many. */
static bool parse(const char *text, struct address_range *range)
{
    size_t len = strlen(text);
    uint8_t *copy = malloc(len + (len == 0));
    assert_non_null(copy);
    memcpy(copy, text, len);
    bool is_range = address_range_parse(span_of(copy, len), range);
    free(copy);
    return is_range;
}

static void addresses_and_prefixes_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned prefix_len;
    } rows[] = {
        {"192.0.2.1", 128},
        {"192.0.2.1/32", 128},
        {"192.0.2.0/24", 120},
        {"192.0.2.1/24", 120},
        {"0.0.0.0/0", 96},
        {"::ffff:192.0.2.0/120", 120},
        {"2001:db8::1", 128},
        {"2001:DB8::1/32", 32},
        {"2001:db8::/0", 0},
        {"[2001:db8::1]", 128},
        {"[2001:db8::1/32]", 32},
        {"[2001:db8::1]/32", 32},
        {"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255/128", 128},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct address_range range;
        if (!parse(rows[i].text, &range) || range.prefix_len != rows[i].prefix_len)
            fail_msg("%s", rows[i].text);
    }
}

static void anything_else_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "-",
        "/",
        "/24",
        "localhost",
        "192.0.2",
        "192.0.2.256",
        "192.0.2.01",
        "0xc0.0.2.1",
        "192.0.2.0/",
        "192.0.2.0/33",
        "192.0.2.0/-1",
        "192.0.2.0/+8",
        "192.0.2.0/024",
        "192.0.2.0/00",
        "192.0.2.0/24 ",
        "192.0.2.0/ 24",
        " 192.0.2.0/24",
        "192.0.2.0 /24",
        "192.0.2.0/24/24",
        "192.0.2.0/255.255.255.0",
        "192.0.2.0/24,192.0.3.0/24",
        "192.0.2.0-192.0.2.9",
        "[192.0.2.1]",
        "[192.0.2.1/24]",
        "2001:db8::1/129",
        "2001:db8::1/1000",
        "2001:db8::1/4294967296",
        "2001:db8",
        "2001:db8::1%eth0",
        "fe80::1%1/64",
        "[",
        "]",
        "[]",
        "[]/32",
        "[/32]",
        "[2001:db8::1",
        "2001:db8::1]",
        "[2001:db8::1/32",
        "2001:db8::1/32]",
        "[[2001:db8::1]]",
        "[2001:db8::1]/32]",
        "[2001:db8::1]]/32",
        "[2001:db8::1]:80",
        "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct address_range range;
        if (parse(texts[i], &range))
            fail_msg("accepted: %s", texts[i]);
    }
    struct address_range range;
    assert_false(address_range_parse(span_of("192.0.2.1\0", 10), &range));
}

static void range_contains_what_begins_alike(void **state)
{
    (void)state;
    static const struct {
        const char *outer, *inner;
        bool is_in;
    } rows[] = {
        {"192.0.2.1", "192.0.2.1", true},
        {"192.0.2.1", "192.0.2.0", false},
        {"192.0.2.0/24", "192.0.2.255", true},
        {"192.0.2.77/24", "192.0.2.0", true},
        {"192.0.2.0/24", "192.0.3.0", false},
        {"192.0.2.0/25", "192.0.2.127", true},
        {"192.0.2.0/25", "192.0.2.128", false},
        {"192.0.2.128/31", "192.0.2.129", true},
        {"192.0.2.128/31", "192.0.2.130", false},
        {"192.0.2.0/24", "192.0.2.0/25", true},
        {"192.0.2.0/25", "192.0.2.0/24", false},
        {"0.0.0.0/0", "255.255.255.255", true},
        {"128.0.0.0/1", "127.255.255.255", false},
        {"192.0.2.0/24", "::ffff:192.0.2.9", true},
        {"::ffff:192.0.2.0/120", "192.0.2.9", true},
        {"0.0.0.0/0", "::", false},
        {"0.0.0.0/0", "2001:db8::1", false},
        {"::/0", "192.0.2.1", false},
        {"::/0", "2001:db8::1", true},
        {"::ffff:0.0.0.0/95", "192.0.2.1", false},
        {"2001:db8::1/32", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", true},
        {"2001:db8::1/32", "2001:db9::", false},
        {"2001:db8::/33", "2001:db8:8000::", false},
        {"2001:db8::1/127", "2001:db8::", true},
        {"2001:db8::1", "2001:db8::", false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct address_range outer;
        struct address_range inner;
        assert_true(parse(rows[i].outer, &outer) && parse(rows[i].inner, &inner));
        if (address_range_contains(&outer, &inner) != rows[i].is_in)
            fail_msg("%s in %s", rows[i].inner, rows[i].outer);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_and_prefixes_are_read),
        cmocka_unit_test(anything_else_is_refused),
        cmocka_unit_test(range_contains_what_begins_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
