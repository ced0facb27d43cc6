/*
 * A request target and its authority, as the network sends them: the input is "authority target",
 * cut at the first space. What comes out must be clean, in normal form, and its own normal form.
 */
#include <stdlib.h>

#include "auth/signed_uri.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static bool contains(struct span text, const char *what)
{
    return text.len > 0 && memmem(text.base, text.len, what, strlen(what)) != NULL;
}

static void check_path(struct span path)
{
    require(path.len > 0 && path.base[0] == '/');
    require(!contains(path, "/../") && !contains(path, "/./"));
    require(!contains(path, "%2F") && !contains(path, "%5C") && !contains(path, "%00"));
    require(!contains(path, "?") && !contains(path, "#") && !contains(path, "\\"));
}

static void check_bytes(struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        require(text.base[i] > 0x20 && text.base[i] < 0x7f);
}

/* No parameter is left that another reader could take for the token. */
static void check_parameters(struct span path, struct span query)
{
    static const char first[] = "?" URI_TOKEN_ATTRIBUTE "=";
    require(query.len < strlen(first) || memcmp(query.base, first, strlen(first)) != 0);
    require(!contains(query, "&" URI_TOKEN_ATTRIBUTE "="));
    require(!contains(path, "/" URI_TOKEN_ATTRIBUTE "="));
    require(!contains(path, ";" URI_TOKEN_ATTRIBUTE "="));
    require(!contains(path, ";" URI_TOKEN_ATTRIBUTE "/"));
}

/* The token is bytes that were sent, and could be in the compact form. */
static void check_token(struct span token, struct span target)
{
    for (size_t i = 0; i < token.len; i++)
        require(strchr("-_.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
                       token.base[i]) != NULL);
    require(token.len == 0 || memmem(target.base, target.len, token.base, token.len) != NULL);
}

static void check_again(const struct signed_uri *once)
{
    struct signed_uri twice = {0};
    struct span text = byte_buffer_span(&once->text);
    struct span authority =
        span_slice(text, sizeof("https://") - 1, once->path_offset - (sizeof("https://") - 1));
    struct span target = span_slice(text, once->path_offset, text.len - once->path_offset);
    require(signed_uri_parse(span_of_string("https"), authority, target,
                             span_of_string(URI_TOKEN_ATTRIBUTE), &twice) == STATUS_OK);
    require(span_equal(byte_buffer_span(&twice.text), text) && twice.token.len == 0);
    signed_uri_dispose(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *space = size > 0 ? memchr(data, ' ', size) : NULL;
    size_t split = space != NULL ? (size_t)(space - data) : 0;
    size_t start = space != NULL ? split + 1 : 0;
    struct signed_uri uri = {0};
    struct span target = span_of(data + start, size - start);
    enum status status = signed_uri_parse(span_of_string("https"), span_of(data, split), target,
                                          span_of_string(URI_TOKEN_ATTRIBUTE), &uri);
    if (status == STATUS_OK) {
        struct span text = byte_buffer_span(&uri.text);
        size_t path_end = uri.path_offset + uri.path_len;
        check_bytes(text);
        check_parameters(signed_uri_path(&uri), span_slice(text, path_end, text.len - path_end));
        check_token(byte_buffer_span(&uri.token), target);
        check_path(signed_uri_path(&uri));
        check_again(&uri);
    } else {
        require(status == STATUS_INVALID || status == STATUS_LIMIT);
    }
    signed_uri_dispose(&uri);
    return 0;
}
