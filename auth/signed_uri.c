#include "auth/signed_uri.h"

#include "auth/authority.h"

/* A byte is tested for membership in a few small sets. */
static bool is_one_of(uint8_t byte, const char *set)
{
    return byte != '\0' && strchr(set, byte) != NULL;
}

/* RFC 3986 2.3 */
static bool is_unreserved(uint8_t byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= 'a' && byte <= 'z') || is_one_of(byte, "-._~");
}

/* Whether the byte may stand there as it is (RFC 3986 3.3, 3.4). */
static bool is_plain(uint8_t byte, enum uri_component component)
{
    return is_unreserved(byte) || is_one_of(byte, "!$&'()*+,;=:@/") ||
           (component == URI_QUERY && byte == '?');
}

/* Whether the byte may stand there encoded. In a path, not where the next reader might take it for
 * structure or for the end of a string; a query is never taken apart after this. */
static bool may_be_encoded(uint8_t byte, enum uri_component component)
{
    return component == URI_QUERY || (byte != '/' && byte != '\\' && byte >= 0x20 && byte != 0x7f);
}

static int hex_value(uint8_t digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/* Appends the component with its percent-encodings in the one normal spelling: none for unreserved
 * characters, upper-case digits for the rest (RFC 3986 6.2.2.1 and 6.2.2.2). */
static enum status put_normalised(struct span text, enum uri_component component,
                                  struct byte_buffer *out)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = text.base[i];
        if (byte != '%') {
            if (!is_plain(byte, component))
                return STATUS_INVALID;
            byte_buffer_put_u8(out, byte);
            continue;
        }
        int high = i + 2 < text.len ? hex_value(text.base[i + 1]) : -1;
        int low = i + 2 < text.len ? hex_value(text.base[i + 2]) : -1;
        if (high < 0 || low < 0)
            return STATUS_INVALID;
        byte = (uint8_t)(high << 4 | low);
        i += 2;
        if (is_unreserved(byte))
            byte_buffer_put_u8(out, byte);
        else if (may_be_encoded(byte, component))
            byte_buffer_printf(out, "%%%02X", byte);
        else
            return STATUS_INVALID;
    }
    return STATUS_OK;
}

/* Removes the last segment and its slash from what has been written since `start`. */
static void drop_last_segment(struct byte_buffer *out, size_t start)
{
    while (out->len > start && out->base[out->len - 1] != '/')
        out->len--;
    if (out->len > start)
        out->len--;
}

/* Appends `path`, which begins with a slash, without its dot segments (RFC 3986 5.2.4). */
static void put_without_dots(struct span path, struct byte_buffer *out)
{
    size_t start = out->len;
    struct span rest = span_slice(path, 1, path.len - 1);
    bool is_last;
    do {
        is_last = rest.len == 0 || memchr(rest.base, '/', rest.len) == NULL;
        struct span segment = span_take_until(&rest, '/');
        bool is_parent = span_is(segment, "..");
        if (is_parent)
            drop_last_segment(out, start);
        if (is_parent || span_is(segment, ".")) {
            if (is_last)
                byte_buffer_put_u8(out, '/');
            continue;
        }
        byte_buffer_put_u8(out, '/');
        byte_buffer_put(out, segment);
    } while (!is_last);
}

/* Appends what is left of a component in normal form. The two halves are normalised apart, so that
 * no percent-encoding comes of joining them. STATUS_INVALID when it still names the attribute, now
 * that every name is spelt in one way: a second token, or one that was encoded. Which of two is
 * meant is nobody's to guess. */
static enum status put_rest(const struct uri_token *rest, enum uri_component component,
                            struct span token_name, struct byte_buffer *out)
{
    size_t start = out->len;
    struct uri_token second = {.is_found = false};
    enum status status = put_normalised(rest->before, component, out);
    if (status == STATUS_OK)
        status = put_normalised(rest->after, component, out);
    if (status == STATUS_OK)
        status = uri_token_find(span_slice(byte_buffer_span(out), start, out->len - start),
                                component, token_name, &second);
    return status == STATUS_OK && second.is_found ? STATUS_INVALID : status;
}

/* A token may have been all of the path, which then is "/" (RFC 3986 6.2.3). Dot segments go last:
 * the token is taken out first (RFC 9246 2.1.15), and one that they would remove still counts. */
static enum status put_path(const struct uri_token *rest, struct span token_name,
                            struct signed_uri *uri)
{
    struct byte_buffer decoded = {0};
    enum status status = put_rest(rest, URI_PATH, token_name, &decoded);
    if (status == STATUS_OK) {
        if (decoded.len == 0)
            byte_buffer_put_u8(&decoded, '/');
        uri->path_offset = uri->text.len;
        put_without_dots(byte_buffer_span(&decoded), &uri->text);
        uri->path_len = uri->text.len - uri->path_offset;
    }
    byte_buffer_dispose(&decoded);
    return status;
}

static enum status put_origin(struct span scheme, struct span authority, struct byte_buffer *out)
{
    bool is_secure = span_is_ignoring_case(scheme, "https");
    if (!is_secure && !span_is_ignoring_case(scheme, "http"))
        return STATUS_INVALID;
    byte_buffer_put(out, span_of_string(is_secure ? "https://" : "http://"));
    return authority_normalise(authority, is_secure ? 443 : 80, out);
}

/* Takes the first token out of the two components (RFC 9246 2.1.15). */
static enum status take_token(struct span target, struct span token_name, struct uri_token *path,
                              struct uri_token *query, struct byte_buffer *token)
{
    const uint8_t *mark = memchr(target.base, '?', target.len);
    size_t path_len = mark != NULL ? (size_t)(mark - target.base) : target.len;
    struct span query_text = span_slice(target, path_len, target.len - path_len);
    *query = (struct uri_token){.before = query_text};
    enum status status =
        uri_token_find(span_slice(target, 0, path_len), URI_PATH, token_name, path);
    if (status == STATUS_OK && !path->is_found)
        status = uri_token_find(query_text, URI_QUERY, token_name, query);
    if (status == STATUS_OK)
        byte_buffer_put(token, path->is_found ? path->value : query->value);
    return status;
}

enum status signed_uri_parse(struct span scheme, struct span authority, struct span target,
                             struct span token_name, struct signed_uri *uri)
{
    if (target.len > URI_MAX_LEN)
        return STATUS_LIMIT;
    if (target.len == 0 || target.base[0] != '/')
        return STATUS_INVALID;
    struct uri_token path;
    struct uri_token query;
    enum status status = take_token(target, token_name, &path, &query, &uri->token);
    if (status == STATUS_OK)
        status = put_origin(scheme, authority, &uri->text);
    if (status == STATUS_OK)
        status = put_path(&path, token_name, uri);
    if (status == STATUS_OK)
        status = put_rest(&query, URI_QUERY, token_name, &uri->text);
    return status;
}

void signed_uri_dispose(struct signed_uri *uri)
{
    byte_buffer_dispose(&uri->text);
    byte_buffer_dispose(&uri->token);
    *uri = (struct signed_uri){0};
}
