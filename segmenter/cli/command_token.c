#include "segmenter/cli/command.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "auth/address_range.h"
#include "auth/uri_container.h"
#include "base/clock.h"
#include "segmenter/cli/command_line.h"
#include "segmenter/cli/jansson/key_report.h"
#include "segmenter/cli/signing.h"

#define NAME "token"

static const char help[] =
    "Usage: segue token --title ID [OPTION...]\n"
    "       segue token --uri-regex RE [OPTION...]\n"
    "       segue token --uri-hash URI [OPTION...]\n"
    "Signs a token (RFC 9246) and prints it. A client sends it as a query parameter,\n"
    "path parameter or cookie called URISigningPackage, or in an\n"
    "'Authorization: Bearer' header.\n"
    "\n"
    "  --title ID         allow every file of this title, at any host\n"
    "  --uri-regex RE     allow the URIs that this POSIX extended regular expression\n"
    "                     matches as a whole, for example\n"
    "                     'https://media\\.example/v1/bunny/[^/]*'\n"
    "  --uri-hash URI     allow this URI alone, with its query, by its SHA-256, for\n"
    "                     example https://media.example/v1/bunny/video.mp4\n"
    "  --ttl TIME         how long it is good: 90s, 15m, 6h, 7d (default: 6h)\n"
    "  --not-before TIME  from when on it is good: 2026-01-31T18:00:00Z, or 15m for\n"
    "                     in 15 minutes (default: now); --ttl counts from there\n"
    "  --client-ip CIDR   allow this address or prefix alone, such as 192.0.2.0/24;\n"
    "                     encrypted, by a key of 'segue key new --alg A128GCM'\n"
    "  --issuer NAME      who signs (default: nobody is named)\n"
    "  --kid ID           the key that signs (default: the newest that can)\n"
    "  --keys FILE        the keys, a JWKS document (default: keys.json in the store)\n"
    "  --store STORE      the store (default: $SEGUE_STORE, else ./segue-store)\n"
    "  --json             print a JSON object: the token and what it says\n"
    "  --help             show this text\n"
    "\n"
    "Example: segue token --title bunny --ttl 2h\n";

struct options {
    struct signing_options signing;
    int64_t now_s;
    const char *title;
    const char *uri_regex;
    const char *uri_hash; /* the URI */
    bool json;
};

/* A time of day in UTC, as seconds since 1970. */
static bool parse_utc(const char *text, int64_t *time_s)
{
    struct tm parts = {0};
    const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    int day = parts.tm_mday;
    if (end == NULL || *end != '\0')
        return false;
    *time_s = timegm(&parts); /* makes 3 March of 31 February */
    return *time_s > 0 && parts.tm_mday == day;
}

/* That, or a duration from now. */
static bool parse_not_before(const char *text, void *target)
{
    struct options *options = target;
    uint64_t from_now_s;
    if (!command_parse_duration(text, &from_now_s))
        return parse_utc(text, &options->signing.not_before_s);
    options->signing.not_before_s = options->now_s + (int64_t)from_now_s;
    return true;
}

static bool parse_client_ip(const char *text, void *client_ip)
{
    struct address_range range;
    *(const char **)client_ip = text;
    return address_range_parse(span_of_string(text), &range);
}

/* Returned owned and NUL-terminated, to be freed; NULL, with the fault, when there can be none. */
static char *make_container(const struct options *options, struct fault *fault)
{
    struct fault cause = {0};
    struct byte_buffer text = {0};
    const char *option = options->uri_hash != NULL ? "--uri-hash" : "--uri-regex";
    enum status status = STATUS_OK;
    if (options->title != NULL)
        mint_title_container(span_of_string(options->title), &text);
    else if (options->uri_hash != NULL)
        status = mint_hash_container(span_of_string(options->uri_hash), &text, &cause);
    else
        byte_buffer_printf(&text, "regex:%s", options->uri_regex);
    if (status == STATUS_OK)
        status = uri_container_check(byte_buffer_span(&text), &cause);
    byte_buffer_put_u8(&text, '\0');
    if (status == STATUS_OK)
        return (char *)text.base;
    fault_raise(fault, status, "%s: %s", option, cause.text);
    byte_buffer_dispose(&text);
    return NULL;
}

static int print_token(const struct options *options)
{
    struct fault fault = {0};
    struct signed_token token = {0};
    int code = EXIT_OK;
    char *container = make_container(options, &fault);
    if (container == NULL)
        return command_misused(NAME, "%s", fault.text);
    enum status status =
        signing_make_token(&options->signing, container, options->now_s, &token, &fault);
    if (status != STATUS_OK)
        code = command_failed(NAME, &fault, status);
    else if (options->json)
        key_report_token(stdout, &token);
    else
        printf("%.*s\n", SPAN_PRINT(byte_buffer_span(&token.text)));
    signed_token_dispose(&token);
    free(container);
    return code;
}

static int run(int argc, char **argv)
{
    struct options options = {.signing = {.ttl_s = SIGNING_DEFAULT_TTL_S}, .now_s = clock_unix_s()};
    struct signing_options *signing = &options.signing;
    const struct command_option table[] = {
        {"title", .parse = command_parse_title, .target = &options.title,
         .expected = COMMAND_TITLE},
        {"uri-regex", .text = &options.uri_regex},
        {"uri-hash", .text = &options.uri_hash},
        {"ttl", .parse = signing_parse_ttl, .target = &signing->ttl_s, .expected = SIGNING_TTL},
        {"not-before", .parse = parse_not_before, .target = &options,
         .expected = "a time such as 2026-01-31T18:00:00Z, or 15m for in 15 minutes"},
        {"client-ip", .parse = parse_client_ip, .target = &signing->client_ip,
         .expected = "an IP address or a prefix such as 192.0.2.0/24 or 2001:db8::/32"},
        {"issuer", .text = &signing->issuer},
        {"kid", .text = &signing->kid},
        {"json", .flag = &options.json},
        {"keys", .text = &signing->keys_path},
        {"store", .text = &signing->store_path},
        {NULL},
    };
    struct command_line line = {.name = NAME, .help = help, .options = table};
    int code;
    if (!command_line_read(&line, argc, argv, &code))
        return code;
    int containers =
        (options.title != NULL) + (options.uri_regex != NULL) + (options.uri_hash != NULL);
    if (containers != 1)
        return command_misused(NAME, "give one of --title, --uri-regex and --uri-hash");
    return print_token(&options);
}

const struct command command_token = {NAME, "sign a token", run};
