#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "server/config.h"

#define MAX_ARGUMENTS 48

/* Parses "segued" and the given arguments. */
static enum config_outcome parse(struct config *config, struct fault *fault, const char *first, ...)
{
    char *argv[MAX_ARGUMENTS] = {(char *)(uintptr_t) "segued"};
    int argc = 1;
    va_list args;
    va_start(args, first);
    for (const char *each = first; each != NULL; each = va_arg(args, const char *))
        argv[argc++] = (char *)(uintptr_t)each;
    va_end(args);
    return config_parse(config, argc, argv, fault);
}

static void without_options_it_serves_here(void **state)
{
    (void)state;
    struct config config;
    struct fault fault = {0};
    unsetenv("SEGUE_STORE");
    assert_int_equal(parse(&config, &fault, NULL), CONFIG_RUN);
    assert_string_equal(config.store_path, "./segue-store");
    assert_string_equal(config.keys_path, "./segue-store/keys.json");
    assert_int_equal(config.listener_count, 1);
    assert_string_equal(config.listeners[0].address.host, "127.0.0.1");
    assert_int_equal(config.listeners[0].address.port, 8080);
    assert_false(config.listeners[0].is_tls);
    assert_true(config.has_admin);
    assert_int_equal(config.admin.port, 9090);
    assert_false(config.is_public);
    assert_true(span_is(config.token_name, "URISigningPackage"));
    assert_true(config.has_access_log);
    assert_true(config.threads >= 1);
    assert_int_equal(config.shutdown_timeout_s, 30);
    assert_int_equal(config.index_memory_mib, 24);
    assert_int_equal(config.browser_max_age_s, 300);
    assert_int_equal(config.cdn_max_age_s, 300);
    assert_int_equal(config.cors.origin_count, 0);
    config_dispose(&config);
}

static void takes_every_option(void **state)
{
    (void)state;
    struct config config;
    struct fault fault = {0};
    assert_int_equal(
        parse(&config, &fault, "--store", "s", "--keys=k.json", "--listen-tls", "[::1]:0",
              "--listen", "127.0.0.1:1", "--cert", "c", "--key", "p", "--admin", "off", "--public",
              "--issuer", "a", "--issuer", "b", "--audience", "us", "--access-log", "off",
              "--threads", "3", "--shutdown-timeout", "0", "--browser-max-age", "0",
              "--cdn-max-age", "31536000", "--cors-origin", "https://a.example", "--cors-origin",
              "http://b.example:8080", "--index-memory", "1000", "--limit", "send-timeout=5",
              "--limit=header-fields=50", "--token-name", "u.s-p_~1", NULL),
        CONFIG_RUN);
    assert_string_equal(config.store_path, "s");
    assert_string_equal(config.keys_path, "k.json");
    assert_int_equal(config.listener_count, 2);
    assert_true(config.listeners[0].is_tls);
    assert_string_equal(config.listeners[0].address.host, "::1");
    assert_int_equal(config.listeners[1].address.port, 1);
    assert_string_equal(config.cert_path, "c");
    assert_string_equal(config.key_path, "p");
    assert_false(config.has_admin);
    assert_true(config.is_public);
    assert_int_equal(config.issuer_count, 2);
    assert_string_equal(config.issuers[1], "b");
    assert_true(span_is(config.token_name, "u.s-p_~1"));
    assert_string_equal(config.audience, "us");
    assert_false(config.has_access_log);
    assert_int_equal(config.threads, 3);
    assert_int_equal(config.shutdown_timeout_s, 0);
    assert_int_equal(config.index_memory_mib, 1000);
    assert_int_equal(config.limits.values[LIMIT_SEND_TIMEOUT], 5);
    assert_int_equal(config.limits.values[LIMIT_HEADER_FIELDS], 50);
    assert_int_equal(config.limits.values[LIMIT_HEADER_BYTES], 32768);
    assert_int_equal(config.browser_max_age_s, 0);
    assert_int_equal(config.cdn_max_age_s, 31536000);
    assert_int_equal(config.cors.origin_count, 2);
    assert_true(cors_policy_names(&config.cors, span_of_string("http://b.example:8080")));
    config_dispose(&config);
}

static void the_store_may_come_from_the_environment(void **state)
{
    (void)state;
    struct config config;
    struct fault fault = {0};
    setenv("SEGUE_STORE", "/srv/films", 1);
    assert_int_equal(parse(&config, &fault, NULL), CONFIG_RUN);
    assert_string_equal(config.store_path, "/srv/films");
    assert_string_equal(config.keys_path, "/srv/films/keys.json");
    config_dispose(&config);
    unsetenv("SEGUE_STORE");
}

static void says_what_is_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *option;
        const char *value;
        const char *text;
    } cases[] = {
        {"--listen", "8080",
         "--listen takes ADDRESS:PORT such as 127.0.0.1:8080 or [::1]:8080, not '8080'"},
        {"--listen-tls", "x",
         "--listen-tls takes ADDRESS:PORT such as 127.0.0.1:8080 or [::1]:8080, not 'x'"},
        {"--admin", "on", "--admin takes 'off' or ADDRESS:PORT such as 127.0.0.1:9090, not 'on'"},
        {"--access-log", "yes", "--access-log takes 'on' or 'off', not 'yes'"},
        {"--token-name", "a=b",
         "--token-name takes up to 64 letters, digits, '-', '.', '_' and '~', not 'a=b'"},
        {"--threads", "0", "--threads takes a number from 1 to 256, not '0'"},
        {"--index-memory", "0", "--index-memory takes a number from 1 to 1048576, not '0'"},
        {"--threads", "-1", "--threads takes a number from 1 to 256, not '-1'"},
        {"--shutdown-timeout", "5s", "--shutdown-timeout takes a number from 0 to 86400, not '5s'"},
        {"--limit", "idle-timeout=0",
         "--limit idle-timeout takes a number from 1 to 86400, not '0'"},
        {"--browser-max-age", "1h",
         "--browser-max-age takes a number from 0 to 31536000, not '1h'"},
        {"--cdn-max-age", "31536001",
         "--cdn-max-age takes a number from 0 to 31536000, not '31536001'"},
        {"--cdn-max-age", "60",
         "--cdn-max-age needs --public: what a token is asked for no CDN keeps"},
        {"--cors-origin", "*",
         "--cors-origin takes SCHEME://HOST[:PORT] as browsers send it, such as "
         "https://www.example, not '*'"},
        {"--cert", "c", "give --cert and --key together"},
        {"--nonsense", NULL, "there is no option --nonsense"},
        {"--store", NULL, "--store needs a value"},
        {"--store", "", "--store needs a value"},
        {"--store=", NULL, "--store needs a value"},
        {"--public=1", NULL, "--public takes no value"},
        {"stray", NULL, "it takes no argument, but got 'stray'"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct config config;
        struct fault fault = {0};
        assert_int_equal(parse(&config, &fault, cases[i].option, cases[i].value, NULL),
                         CONFIG_WRONG);
        assert_string_equal(fault.text, cases[i].text);
        config_dispose(&config);
    }
}

static void help_and_version_win(void **state)
{
    (void)state;
    struct config config;
    struct fault fault = {0};
    assert_int_equal(parse(&config, &fault, "--help", NULL), CONFIG_HELP);
    config_dispose(&config);
    assert_int_equal(parse(&config, &fault, "--version", NULL), CONFIG_VERSION);
    config_dispose(&config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_options_it_serves_here),
        cmocka_unit_test(takes_every_option),
        cmocka_unit_test(the_store_may_come_from_the_environment),
        cmocka_unit_test(says_what_is_wrong),
        cmocka_unit_test(help_and_version_win),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
