#include "segmenter/cli/command.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "auth/uri_container.h"
#include "base/clock.h"
#include "segmenter/cli/jansson/key_report.h"
#include "segmenter/cli/signing.h"

#define NAME "token"

static const char help[] =
    "Usage: segue token --title ID | --uri-regex RE [OPTION...]\n"
    "Signs a token (RFC 9246) and prints it. It travels in the query parameter URISigningPackage\n"
    "or in an 'Authorization: Bearer' header.\n"
    "\n"
    "  --title ID          allow every file of this title, at any host\n"
    "  --uri-regex RE      allow the URIs that this POSIX extended regular expression matches as "
    "a\n"
    "                      whole, e.g. 'https://media\\.example/v1/bunny/[^/]*'\n"
    "  --ttl TIME          how long it is good: 90s, 15m, 6h, 7d (default: 6h)\n"
    "  --not-before TIME   from when on: 2026-01-31T18:00:00Z, or 15m for in 15 minutes (default:\n"
    "                      from now on); --ttl counts from there\n"
    "  --issuer NAME       who signs (default: nobody is named)\n"
    "  --kid ID            the key (default: the newest that can sign)\n"
    "  --json              print a JSON object: the token and what it says\n"
    "  --keys FILE         the keys, a JWKS document (default: keys.json in the store)\n"
    "  --store STORE       the store (default: $SEGUE_STORE, else ./segue-store)\n"
    "  --help              show this text\n"
    "\n"
    "Example: segue token --title bunny --ttl 2h\n";

struct options {
    struct signing_options signing;
    const char *title;
    const char *uri_regex;
    bool json;
    bool is_done; /* --help has been answered */
};

/* A time of day in UTC or a duration from now. */
static bool parse_not_before(const char *text, int64_t now_s, int64_t *time_s)
{
    uint64_t from_now_s;
    struct tm parts = {0};
    if (command_parse_duration(text, &from_now_s)) {
        *time_s = now_s + (int64_t)from_now_s;
        return true;
    }
    const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    if (end == NULL || *end != '\0')
        return false;
    *time_s = timegm(&parts);
    return *time_s > 0;
}

static int take_time(int option, int64_t now_s, struct signing_options *signing)
{
    if (option == 'n' && !parse_not_before(optarg, now_s, &signing->not_before_s))
        return command_misused(NAME, "--not-before is like 2026-01-31T18:00:00Z or 15m, not '%s'",
                               optarg);
    if (option == 't' && (!command_parse_duration(optarg, &signing->ttl_s) || signing->ttl_s == 0))
        return command_misused(NAME, "--ttl is like 90s, 15m, 6h or 7d, not '%s'", optarg);
    return EXIT_OK;
}

static int take_option(int option, int64_t now_s, struct options *options)
{
    switch (option) {
    case 'T':
        options->title = optarg;
        return command_check_title(NAME, optarg) ? EXIT_OK : EXIT_USAGE;
    case 'r':
        options->uri_regex = optarg;
        return EXIT_OK;
    case 'i':
        options->signing.issuer = optarg;
        return EXIT_OK;
    case 'K':
        options->signing.kid = optarg;
        return EXIT_OK;
    case 'j':
        options->json = true;
        return EXIT_OK;
    case 'k':
        options->signing.keys_path = optarg;
        return EXIT_OK;
    case 's':
        options->signing.store_path = optarg;
        return EXIT_OK;
    case 'h':
        fputs(help, stdout);
        options->is_done = true;
        return EXIT_OK;
    default:
        return take_time(option, now_s, &options->signing);
    }
}

static int parse_options(int argc, char **argv, int64_t now_s, struct options *options)
{
    static const struct option names[] = {{"title", required_argument, NULL, 'T'},
                                          {"uri-regex", required_argument, NULL, 'r'},
                                          {"ttl", required_argument, NULL, 't'},
                                          {"not-before", required_argument, NULL, 'n'},
                                          {"issuer", required_argument, NULL, 'i'},
                                          {"kid", required_argument, NULL, 'K'},
                                          {"json", no_argument, NULL, 'j'},
                                          {"keys", required_argument, NULL, 'k'},
                                          {"store", required_argument, NULL, 's'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    int option;
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":h", names, NULL)) != -1) {
        if (option == '?' || option == ':')
            return command_bad_option(NAME, option, argv);
        int code = take_option(option, now_s, options);
        if (code != EXIT_OK || options->is_done)
            return code;
    }
    if (optind < argc)
        return command_misused(NAME, "it takes no argument, but got '%s'", argv[optind]);
    if ((options->title == NULL) == (options->uri_regex == NULL))
        return command_misused(NAME, "give one of --title and --uri-regex");
    return EXIT_OK;
}

/* Returned owned and NUL-terminated, to be freed. */
static char *container_of(const struct options *options)
{
    if (options->title != NULL)
        return signing_title_container(options->title);
    struct byte_buffer text = {0};
    byte_buffer_printf(&text, "regex:%s", options->uri_regex);
    byte_buffer_put_u8(&text, '\0');
    return (char *)text.base;
}

static int print_token(const struct options *options, int64_t now_s)
{
    struct fault fault = {0};
    struct signed_token token = {0};
    int code = EXIT_OK;
    char *container = container_of(options);
    enum status status = uri_container_check(span_of_string(container), &fault);
    if (status != STATUS_OK) {
        free(container);
        return command_misused(NAME, "--uri-regex: %s", fault.text);
    }
    status = signing_make_token(&options->signing, container, now_s, &token, &fault);
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
    struct options options = {.signing = {.ttl_s = SIGNING_DEFAULT_TTL_S}};
    int64_t now_s = clock_unix_s();
    int code = parse_options(argc, argv, now_s, &options);
    if (code != EXIT_OK || options.is_done)
        return code;
    return print_token(&options, now_s);
}

const struct command command_token = {NAME, "sign a token", run};
