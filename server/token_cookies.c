#include "server/token_cookies.h"

/* RFC 6265 4.1.1: both quotes or none. */
static struct span unquote(struct span value)
{
    bool is_quoted = value.len >= 2 && value.base[0] == '"' && value.base[value.len - 1] == '"';
    return is_quoted ? span_slice(value, 1, value.len - 2) : value;
}

/* Its value if `pair` is a cookie called `name`; names have no other case and no other spelling. */
static struct span value_of(struct span pair, struct span name)
{
    const uint8_t *equals = pair.len > 0 ? memchr(pair.base, '=', pair.len) : NULL;
    size_t name_len = equals != NULL ? (size_t)(equals - pair.base) : 0;
    if (equals == NULL || !span_equal(span_trim(span_slice(pair, 0, name_len)), name))
        return span_of(NULL, 0);
    return unquote(span_trim(span_slice(pair, name_len + 1, pair.len - name_len - 1)));
}

void token_cookies_add(struct token_cookies *cookies, struct span field, struct span name)
{
    while (field.len > 0 && cookies->count < TOKEN_COOKIES_MAX) {
        const uint8_t *end = memchr(field.base, ';', field.len);
        size_t len = end != NULL ? (size_t)(end - field.base) : field.len;
        struct span value = value_of(span_slice(field, 0, len), name);
        if (value.len > 0)
            cookies->values[cookies->count++] = value;
        size_t used = end != NULL ? len + 1 : len;
        field = span_slice(field, used, field.len - used);
    }
}
