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

enum component { COMPONENT_PATH, COMPONENT_QUERY };

/* Whether the byte may stand there as it is (RFC 3986 3.3, 3.4). */
static bool is_plain(uint8_t byte, enum component component)
{
    return is_unreserved(byte) || is_one_of(byte, "!$&'()*+,;=:@/") ||
           (component == COMPONENT_QUERY && byte == '?');
}

/* Whether the byte may stand there encoded. In a path, not where the next reader might take it for
 * structure or for the end of a string; a query is never taken apart after this. */
static bool may_be_encoded(uint8_t byte, enum component component)
{
    return component == COMPONENT_QUERY ||
           (byte != '/' && byte != '\\' && byte >= 0x20 && byte != 0x7f);
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
static enum status put_normalised(struct span text, enum component component,
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

/* Cuts the part before the first `separator` off `rest`, and the separator. */
static struct span take_until(struct span *rest, char separator)
{
    const uint8_t *end = rest->len > 0 ? memchr(rest->base, separator, rest->len) : NULL;
    size_t len = end != NULL ? (size_t)(end - rest->base) : rest->len;
    struct span part = span_slice(*rest, 0, len);
    size_t used = end != NULL ? len + 1 : len;
    *rest = span_slice(*rest, used, rest->len - used);
    return part;
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
        struct span segment = take_until(&rest, '/');
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

/* The value of the query parameter `text` if it is the token's, and the empty string for the bare
 * name. */
static bool is_token_parameter(struct span text, struct span *value)
{
    struct span rest = text;
    struct span name = take_until(&rest, '=');
    *value = rest;
    return span_is(name, URI_TOKEN_ATTRIBUTE);
}

/* A query, and whether there is one at all: "/a?" is another URI than "/a". */
struct query {
    struct span before; /* what stands before the token, or all of it */
    struct span after;
    bool is_present;
};

/* Takes the first token parameter out of the query (RFC 9246 2.1.15): with the '&' that ends it or,
 * when it stands last, with the '?' or '&' before it. */
static void strip_token(struct span text, struct query *query, struct byte_buffer *token)
{
    *query = (struct query){.before = text, .is_present = true};
    struct span rest = text;
    while (rest.len > 0) {
        size_t start = text.len - rest.len;
        struct span value;
        bool found = is_token_parameter(take_until(&rest, '&'), &value);
        if (!found)
            continue;
        byte_buffer_put(token, value);
        bool is_last = rest.len == 0 && text.base[text.len - 1] != '&';
        query->before = span_slice(text, 0, is_last && start > 0 ? start - 1 : start);
        query->after = rest;
        query->is_present = !is_last || start > 0;
        return;
    }
}

/* Whether a normalised query still names the attribute: a second token, or one whose name was
 * written with percent-encodings. Which of two is meant is nobody's to guess. */
static bool names_token(struct span query)
{
    while (query.len > 0) {
        struct span value;
        if (is_token_parameter(take_until(&query, '&'), &value))
            return true;
    }
    return false;
}

static enum status put_path(struct span path, struct signed_uri *uri)
{
    struct byte_buffer decoded = {0};
    enum status status = put_normalised(path, COMPONENT_PATH, &decoded);
    if (status == STATUS_OK) {
        uri->path_offset = uri->text.len;
        put_without_dots(byte_buffer_span(&decoded), &uri->text);
        uri->path_len = uri->text.len - uri->path_offset;
    }
    byte_buffer_dispose(&decoded);
    return status;
}

static enum status put_query(const struct query *query, struct byte_buffer *out)
{
    if (!query->is_present)
        return STATUS_OK;
    byte_buffer_put_u8(out, '?');
    size_t start = out->len;
    enum status status = put_normalised(query->before, COMPONENT_QUERY, out);
    if (status == STATUS_OK)
        status = put_normalised(query->after, COMPONENT_QUERY, out);
    if (status == STATUS_OK && names_token(span_of(out->base + start, out->len - start)))
        status = STATUS_INVALID;
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

enum status signed_uri_parse(struct span scheme, struct span authority, struct span target,
                             struct signed_uri *uri)
{
    if (target.len > URI_MAX_LEN)
        return STATUS_LIMIT;
    if (target.len == 0 || target.base[0] != '/')
        return STATUS_INVALID;
    struct span rest = target;
    struct span path = take_until(&rest, '?');
    struct query query = {0};
    if (path.len < target.len)
        strip_token(rest, &query, &uri->token);
    enum status status = put_origin(scheme, authority, &uri->text);
    if (status == STATUS_OK)
        status = put_path(path, uri);
    if (status == STATUS_OK)
        status = put_query(&query, &uri->text);
    return status;
}

void signed_uri_dispose(struct signed_uri *uri)
{
    byte_buffer_dispose(&uri->text);
    byte_buffer_dispose(&uri->token);
    *uri = (struct signed_uri){0};
}
