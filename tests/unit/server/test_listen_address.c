#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server/listen_address.h"

static void reads_address_and_port(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *host;
        uint16_t port;
    } cases[] = {
        {"127.0.0.1:8080", "127.0.0.1", 8080},
        {"[::1]:8443", "::1", 8443},
        {":8080", "", 8080},
        {"[::]:0", "::", 0},
        {"localhost:65535", "localhost", 65535},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct listen_address address;
        assert_true(listen_address_parse(cases[i].text, &address));
        assert_string_equal(address.host, cases[i].host);
        assert_int_equal(address.port, cases[i].port);
    }
}

static void refuses_what_has_no_port_or_too_much(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "8080",
        "127.0.0.1",
        "127.0.0.1:",
        "127.0.0.1:65536",
        "::1:80",
        "[::1]",
        "[::1:80",
        "[::1]80",
        "127.0.0.1:80x",
        "a:b:80",
        "127.0.0.1:-1",
        "127.0.0.1:+80",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:80"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct listen_address address;
        if (listen_address_parse(texts[i], &address))
            fail_msg("'%s' is no address", texts[i]);
    }
}

static void splits_a_host_that_is_harmless(void **state)
{
    (void)state;
    static const struct {
        const char *authority;
        const char *host; /* NULL: not to be used */
    } cases[] = {
        {"localhost:9090", "localhost"},
        {"localhost", "localhost"},
        {"127.0.0.1:9090", "127.0.0.1"},
        {"[::1]:9090", "[::1]"},
        {"[2001:DB8::1]", "[2001:DB8::1]"},
        {"media-1.example.com:1", "media-1.example.com"},
        {"localhost:", "localhost"},
        {"", NULL},
        {":9090", NULL},
        {"[]:9090", NULL},
        {"[::1", NULL},
        {"[::1]x", NULL},
        {"[g::1]", NULL},
        {"a b", NULL},
        {"a<script>", NULL},
        {"a\"b:1", NULL},
        {"a:1:2", NULL},
        {"a:99999", NULL},
        {"user@host", NULL},
        {"a/b", NULL},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct span host;
        bool is_ok = listen_address_split_host(span_of_string(cases[i].authority), &host);
        if (is_ok != (cases[i].host != NULL) || (is_ok && !span_is(host, cases[i].host)))
            fail_msg("'%s'", cases[i].authority);
    }
}

static void only_addresses_and_localhost_need_no_dns(void **state)
{
    (void)state;
    static const struct {
        const char *host;
        bool needs_none;
    } cases[] = {
        {"127.0.0.1", true},
        {"192.0.2.7", true},
        {"localhost", true},
        {"LocalHost", true},
        {"[::1]", true},
        {"[2001:DB8::1]", true},
        {"[::ffff:192.0.2.7]", true},
        {"localhost.", false},
        {"localhost.example", false},
        {"media-1.example.com", false},
        {"127.0.0.1.example", false},
        {"127.1", false},
        {"2130706433", false},
        {"[127.0.0.1]", false},
        {"[1:2]", false},
        {"[]", false},
        {"[", false},
        {"", false},
        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (listen_address_needs_no_dns(span_of_string(cases[i].host)) != cases[i].needs_none)
            fail_msg("'%s'", cases[i].host);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_address_and_port),
        cmocka_unit_test(refuses_what_has_no_port_or_too_much),
        cmocka_unit_test(splits_a_host_that_is_harmless),
        cmocka_unit_test(only_addresses_and_localhost_need_no_dns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
