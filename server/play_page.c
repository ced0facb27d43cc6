#include "server/play_page.h"

#include "auth/policy.h"
#include "base/name.h"

/* server/play.html as CMake has turned it into C. */
extern const unsigned char play_html[];
extern const unsigned int play_html_len;

static bool is_token(struct span value)
{
    if (value.len == 0 || value.len > TOKEN_MAX_LEN)
        return false;
    for (size_t i = 0; i < value.len; i++) {
        uint8_t byte = value.base[i];
        uint8_t lower = byte | 0x20;
        if (!(lower >= 'a' && lower <= 'z') && !(byte >= '0' && byte <= '9') && byte != '.' &&
            byte != '-' && byte != '_')
            return false;
    }
    return true;
}

static bool set_parameter(struct play_request *request, struct span name, struct span value)
{
    if (span_is(name, "title")) {
        request->title = value;
        return name_is_valid(value);
    }
    if (span_is(name, "file")) {
        request->file = value;
        return name_is_valid(value);
    }
    if (span_equal(name, request->token_name)) {
        request->token = value;
        return is_token(value);
    }
    return true;
}

bool play_request_parse(struct span query, struct span token_name, struct play_request *request)
{
    *request = (struct play_request){.file = span_of_string("video.mp4"), .token_name = token_name};
    while (query.len > 0) {
        const uint8_t *end = memchr(query.base, '&', query.len);
        size_t len = end != NULL ? (size_t)(end - query.base) : query.len;
        const uint8_t *equals = len > 0 ? memchr(query.base, '=', len) : NULL;
        if (equals != NULL) {
            size_t name_len = (size_t)(equals - query.base);
            if (!set_parameter(request, span_slice(query, 0, name_len),
                               span_slice(query, name_len + 1, len - name_len - 1)))
                return false;
        }
        size_t used = end != NULL ? len + 1 : len;
        query = span_slice(query, used, query.len - used);
    }
    return request->title.len > 0;
}

static void put_source(const struct play_request *request, struct span origin,
                       struct byte_buffer *page)
{
    byte_buffer_printf(page, "%.*s/v1/%.*s/%.*s", SPAN_PRINT(origin), SPAN_PRINT(request->title),
                       SPAN_PRINT(request->file));
    if (request->token.len > 0)
        byte_buffer_printf(page, "?%.*s=%.*s", SPAN_PRINT(request->token_name),
                           SPAN_PRINT(request->token));
}

/* Puts the value of the slot that `rest` starts with, and returns the slot's length; 0 when it
 * starts with none. */
static size_t put_slot(struct span rest, const struct play_request *request, struct span origin,
                       const char *nonce, struct byte_buffer *page)
{
    static const char *const slots[] = {"{{title}}", "{{file}}", "{{source}}", "{{nonce}}"};
    for (size_t i = 0; i < sizeof(slots) / sizeof(slots[0]); i++) {
        size_t len = strlen(slots[i]);
        if (rest.len < len || memcmp(rest.base, slots[i], len) != 0)
            continue;
        if (i == 0)
            byte_buffer_put(page, request->title);
        else if (i == 1)
            byte_buffer_put(page, request->file);
        else if (i == 2)
            put_source(request, origin, page);
        else
            byte_buffer_put(page, span_of_string(nonce));
        return len;
    }
    return 0;
}

void play_page_print(const struct play_request *request, struct span origin,
                     const char nonce[PLAY_NONCE_LEN + 1], struct byte_buffer *page)
{
    struct span rest = span_of(play_html, play_html_len);
    while (rest.len > 0) {
        const uint8_t *brace = memchr(rest.base, '{', rest.len);
        size_t plain = brace != NULL ? (size_t)(brace - rest.base) : rest.len;
        byte_buffer_put(page, span_slice(rest, 0, plain));
        rest = span_slice(rest, plain, rest.len - plain);
        size_t used = put_slot(rest, request, origin, nonce, page);
        if (used == 0 && rest.len > 0) {
            byte_buffer_put_u8(page, rest.base[0]);
            used = 1;
        }
        rest = span_slice(rest, used, rest.len - used);
    }
}

void play_page_print_policy(struct span origin, const char nonce[PLAY_NONCE_LEN + 1],
                            struct byte_buffer *policy)
{
    byte_buffer_printf(policy,
                       "default-src 'none'; style-src 'nonce-%s'; script-src 'nonce-%s'; "
                       "media-src %.*s; connect-src %.*s; base-uri 'none'; form-action 'none'; "
                       "frame-ancestors 'none'",
                       nonce, nonce, SPAN_PRINT(origin), SPAN_PRINT(origin));
}
