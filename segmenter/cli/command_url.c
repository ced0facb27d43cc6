#include "segmenter/cli/command.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "auth/signed_uri.h"
#include "base/clock.h"
#include "base/name.h"
#include "segmenter/cli/jansson/key_report.h"
#include "segmenter/cli/signing.h"

#define NAME "url"

static const char help[] =
    "Usage: segue url TITLE/FILE [OPTION...]\n"
    "Prints the URL of a file with a token that allows the whole title, ready to paste.\n"
    "\n"
    "  --base URL     where the title is served (default: http://127.0.0.1:8080)\n"
    "  --ttl TIME     how long it is good: 90s, 15m, 6h, 7d (default: 6h)\n"
    "  --issuer NAME  who signs (default: nobody is named)\n"
    "  --kid ID       the key (default: the newest that can sign)\n"
    "  --json         print a JSON object: the URL and what its token says\n"
    "  --keys FILE    the keys, a JWKS document (default: keys.json in the store)\n"
    "  --store STORE  the store (default: $SEGUE_STORE, else ./segue-store)\n"
    "  --help         show this text\n"
    "\n"
    "Example: segue url bunny/video.mp4 --base https://media.example\n";

struct options {
    struct signing_options signing;
    const char *base;
    char *title;      /* owned */
    const char *file; /* in argv */
    bool json;
    bool is_done; /* --help has been answered */
};

static int take_option(int option, struct options *options)
{
    switch (option) {
    case 'b':
        options->base = optarg;
        break;
    case 't':
        if (!command_parse_duration(optarg, &options->signing.ttl_s) || options->signing.ttl_s == 0)
            return command_misused(NAME, "--ttl is like 90s, 15m, 6h or 7d, not '%s'", optarg);
        break;
    case 'i':
        options->signing.issuer = optarg;
        break;
    case 'K':
        options->signing.kid = optarg;
        break;
    case 'j':
        options->json = true;
        break;
    case 'k':
        options->signing.keys_path = optarg;
        break;
    case 's':
        options->signing.store_path = optarg;
        break;
    default:
        fputs(help, stdout);
        options->is_done = true;
    }
    return EXIT_OK;
}

static int take_file(const char *argument, struct options *options)
{
    const char *slash = strchr(argument, '/');
    if (slash == NULL || !name_is_valid(span_of_string(slash + 1)))
        return command_misused(NAME, "'%s' is no TITLE/FILE such as bunny/video.mp4", argument);
    options->title = strndup(argument, (size_t)(slash - argument));
    if (options->title == NULL)
        abort();
    options->file = slash + 1;
    return command_check_title(NAME, options->title) ? EXIT_OK : EXIT_USAGE;
}

static int parse_options(int argc, char **argv, struct options *options)
{
    static const struct option names[] = {{"base", required_argument, NULL, 'b'},
                                          {"ttl", required_argument, NULL, 't'},
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
        int code = take_option(option, options);
        if (code != EXIT_OK || options->is_done)
            return code;
    }
    if (argc - optind != 1)
        return command_misused(NAME, "give one TITLE/FILE");
    return take_file(argv[optind], options);
}

/* Writes base and path in normal form, which is what the token is for. False when `base` is not a
 * scheme, a host and perhaps a port. */
static bool put_url(const struct options *options, struct byte_buffer *url)
{
    struct byte_buffer target = {0};
    struct signed_uri uri = {0};
    const char *authority = strstr(options->base, "://");
    bool valid = authority != NULL && authority[3] != '\0' && authority[3] != '/';
    if (valid) {
        struct span scheme = span_of(options->base, (size_t)(authority - options->base));
        struct span rest = span_of_string(authority + 3);
        if (rest.base[rest.len - 1] == '/')
            rest.len--;
        byte_buffer_printf(&target, "/v1/%s/%s", options->title, options->file);
        valid = signed_uri_parse(scheme, rest, byte_buffer_span(&target), &uri) == STATUS_OK;
        byte_buffer_put(url, byte_buffer_span(&uri.text));
    }
    signed_uri_dispose(&uri);
    byte_buffer_dispose(&target);
    return valid;
}

static int print_url(const struct options *options)
{
    struct fault fault = {0};
    struct signed_token token = {0};
    struct byte_buffer url = {0};
    int code = EXIT_OK;
    char *container = signing_title_container(options->title);
    if (!put_url(options, &url)) {
        code = command_misused(NAME, "--base is like https://media.example:8443, not '%s'",
                               options->base);
        goto done;
    }
    enum status status =
        signing_make_token(&options->signing, container, clock_unix_s(), &token, &fault);
    if (status != STATUS_OK) {
        code = command_failed(NAME, &fault, status);
        goto done;
    }
    byte_buffer_printf(&url, "?" URI_TOKEN_ATTRIBUTE "=%.*s",
                       SPAN_PRINT(byte_buffer_span(&token.text)));
    byte_buffer_put_u8(&url, '\0');
    if (options->json)
        key_report_url(stdout, (const char *)url.base, &token);
    else
        puts((const char *)url.base);

done:
    signed_token_dispose(&token);
    byte_buffer_dispose(&url);
    free(container);
    return code;
}

static int run(int argc, char **argv)
{
    struct options options = {.signing = {.ttl_s = SIGNING_DEFAULT_TTL_S},
                              .base = "http://127.0.0.1:8080"};
    int code = parse_options(argc, argv, &options);
    if (code == EXIT_OK && !options.is_done)
        code = print_url(&options);
    free(options.title);
    return code;
}

const struct command command_url = {NAME, "print a signed URL", run};
