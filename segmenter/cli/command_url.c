#include "segmenter/cli/command.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "auth/signed_uri.h"
#include "base/clock.h"
#include "base/name.h"
#include "segmenter/cli/command_line.h"
#include "segmenter/cli/jansson/key_report.h"
#include "segmenter/cli/signing.h"

#define NAME "url"

static const char help[] =
    "Usage: segue url TITLE/FILE [OPTION...]\n"
    "Prints the URL of a file with a token that allows the whole title, ready to\n"
    "paste. Whether there is such a title is not checked.\n"
    "\n"
    "  --base URL         where the title is served, scheme, host and perhaps port\n"
    "                     (default: http://127.0.0.1:8080)\n"
    "  --ttl TIME         how long it is good: 90s, 15m, 6h, 7d (default: 6h)\n"
    "  --token-name NAME  what segued was told that tokens are called (default:\n"
    "                     " URI_TOKEN_ATTRIBUTE ")\n"
    "  --issuer NAME      who signs (default: nobody is named)\n"
    "  --kid ID           the key that signs (default: the newest that can)\n"
    "  --keys FILE        the keys, a JWKS document (default: keys.json in the store)\n"
    "  --store STORE      the store (default: $SEGUE_STORE, else ./segue-store)\n"
    "  --json             print a JSON object: the URL and what its token says\n"
    "  --help             show this text\n"
    "\n"
    "Example: segue url bunny/video.mp4 --base https://media.example\n";

struct options {
    struct signing_options signing;
    const char *base;
    const char *token_name;
    char *title;      /* owned */
    const char *file; /* in argv */
    bool json;
};

static int take_file(const char *argument, struct options *options)
{
    const char *slash = strchr(argument, '/');
    if (slash == NULL || !name_is_valid(span_of_string(slash + 1)))
        return command_misused(NAME, "'%s' is no TITLE/FILE: write it like bunny/video.mp4",
                               argument);
    options->title = strndup(argument, (size_t)(slash - argument));
    if (options->title == NULL)
        abort();
    options->file = slash + 1;
    return command_check_title(NAME, options->title) ? EXIT_OK : EXIT_USAGE;
}

/* RFC 9110 4.2.3: in any case. */
static bool is_http(struct span scheme)
{
    const char *text = (const char *)scheme.base;
    return (scheme.len == 4 && strncasecmp(text, "http", 4) == 0) ||
           (scheme.len == 5 && strncasecmp(text, "https", 5) == 0);
}

/* Writes base and path in normal form, which is what the token is for. False when `base` is not a
 * scheme, a host and perhaps a port. */
static bool put_url(const struct options *options, struct byte_buffer *url)
{
    struct byte_buffer target = {0};
    struct signed_uri uri = {0};
    const char *authority = strstr(options->base, "://");
    struct span scheme =
        span_of(options->base, authority != NULL ? (size_t)(authority - options->base) : 0);
    bool valid = is_http(scheme) && authority[3] != '\0' && authority[3] != '/';
    if (valid) {
        struct span rest = span_of_string(authority + 3);
        if (rest.base[rest.len - 1] == '/')
            rest.len--;
        byte_buffer_printf(&target, "/v1/%s/%s", options->title, options->file);
        valid = signed_uri_parse(scheme, rest, byte_buffer_span(&target),
                                 span_of_string(options->token_name), &uri) == STATUS_OK;
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
        code = command_misused(NAME,
                               "--base takes a scheme, a host and perhaps a port, such as "
                               "https://media.example:8443, not '%s'",
                               options->base);
        goto done;
    }
    enum status status =
        signing_make_token(&options->signing, container, clock_unix_s(), &token, &fault);
    if (status != STATUS_OK) {
        code = command_failed(NAME, &fault, status);
        goto done;
    }
    byte_buffer_printf(&url, "?%s=%.*s", options->token_name,
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

static bool parse_token_name(const char *text, void *target)
{
    *(const char **)target = text;
    return uri_token_name_is_valid(span_of_string(text));
}

static int run(int argc, char **argv)
{
    struct options options = {.signing = {.ttl_s = SIGNING_DEFAULT_TTL_S},
                              .base = "http://127.0.0.1:8080",
                              .token_name = URI_TOKEN_ATTRIBUTE};
    struct signing_options *signing = &options.signing;
    const struct command_option table[] = {
        {"base", .text = &options.base},
        {"ttl", .parse = signing_parse_ttl, .target = &signing->ttl_s, .expected = SIGNING_TTL},
        {"token-name", .parse = parse_token_name, .target = &options.token_name,
         .expected = URI_TOKEN_NAME_EXPECTED},
        {"issuer", .text = &signing->issuer},
        {"kid", .text = &signing->kid},
        {"json", .flag = &options.json},
        {"keys", .text = &signing->keys_path},
        {"store", .text = &signing->store_path},
        {NULL},
    };
    struct command_line line = {
        .name = NAME,
        .help = help,
        .options = table,
        .wanted = "the file, as TITLE/FILE",
        .min_count = 1,
        .max_count = 1,
    };
    int code;
    if (!command_line_read(&line, argc, argv, &code))
        return code;
    code = take_file(line.arguments[0], &options);
    if (code == EXIT_OK)
        code = print_url(&options);
    free(options.title);
    return code;
}

const struct command command_url = {NAME, "print a signed URL", run};
