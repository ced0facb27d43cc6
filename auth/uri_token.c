#include "auth/uri_token.h"

static bool is_one_of(uint8_t byte, const char *set)
{
    return byte != '\0' && strchr(set, byte) != NULL;
}

static bool is_alphanumeric(uint8_t byte)
{
    uint8_t lower = byte | 0x20;
    return (byte >= '0' && byte <= '9') || (lower >= 'a' && lower <= 'z');
}

/* Of the compact form: base64url and the dots between (RFC 7515 3.1). */
static bool is_token_byte(uint8_t byte)
{
    return is_alphanumeric(byte) || is_one_of(byte, "-_.");
}

bool uri_token_name_is_valid(struct span name)
{
    for (size_t i = 0; i < name.len; i++) {
        if (!is_alphanumeric(name.base[i]) && !is_one_of(name.base[i], "-._~"))
            return false;
    }
    return name.len > 0 && name.len <= URI_TOKEN_NAME_MAX_LEN;
}

/* Whether a parameter may begin behind text[at]. */
static bool is_separator(struct span text, size_t at, enum uri_component component)
{
    if (component == URI_PATH)
        return is_one_of(text.base[at], "/;");
    return at == 0 || text.base[at] == '&';
}

/* A name without a value has an empty one (RFC 6570 3.2.7); but a segment that only reads like it
 * may be a title. */
static bool may_be_bare(struct span text, size_t start, size_t end, enum uri_component component)
{
    if (component == URI_PATH)
        return text.base[start - 1] == ';' && (end == text.len || is_one_of(text.base[end], "/;"));
    return end == text.len || text.base[end] == '&';
}

/* Whether the attribute begins at `start`, which is behind a separator; if so, *value is where its
 * value does. */
static bool begins_at(struct span text, size_t start, enum uri_component component,
                      struct span name, size_t *value)
{
    size_t end = start + name.len;
    if (text.len < end || !span_equal(span_slice(text, start, name.len), name))
        return false;
    bool has_value = end < text.len && text.base[end] == '=';
    *value = has_value ? end + 1 : end;
    return has_value || may_be_bare(text, start, end, component);
}

static bool find(struct span text, enum uri_component component, struct span name, size_t *start,
                 size_t *value)
{
    for (size_t i = 0; i < text.len; i++) {
        *start = i + 1;
        if (is_separator(text, i, component) && begins_at(text, i + 1, component, name, value))
            return true;
    }
    return false;
}

enum status uri_token_find(struct span text, enum uri_component component, struct span name,
                           struct uri_token *token)
{
    size_t start;
    size_t value;
    *token = (struct uri_token){.before = text};
    if (!find(text, component, name, &start, &value))
        return STATUS_OK;
    size_t end = value;
    while (end < text.len && is_token_byte(text.base[end]))
        end++;
    token->is_found = true;
    token->value = span_slice(text, value, end - value);
    if (end == text.len || (component == URI_PATH && text.base[end] == '/')) {
        start--;
    } else {
        if (!is_one_of(text.base[end], "!$&'()*+,;"))
            return STATUS_INVALID;
        end++;
    }
    token->before = span_slice(text, 0, start);
    token->after = span_slice(text, end, text.len - end);
    return STATUS_OK;
}
