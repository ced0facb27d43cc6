#include "server/conditional.h"

#include "server/entity_tag.h"

static void skip_blanks(struct span *text)
{
    while (text->len > 0 && (text->base[0] == ' ' || text->base[0] == '\t'))
        *text = span_slice(*text, 1, text->len - 1);
}

static bool take_comma(struct span *text)
{
    if (text->len == 0 || text->base[0] != ',')
        return false;
    *text = span_slice(*text, 1, text->len - 1);
    return true;
}

static bool is_asterisk(struct span value)
{
    skip_blanks(&value);
    if (value.len == 0 || value.base[0] != '*')
        return false;
    value = span_slice(value, 1, value.len - 1);
    skip_blanks(&value);
    return value.len == 0;
}

bool conditional_none_match_names(struct span value, struct span etag)
{
    if (is_asterisk(value))
        return true;
    bool is_named = false;
    for (;;) {
        do
            skip_blanks(&value);
        while (take_comma(&value)); /* empty elements, RFC 9110 5.6.1.2 */
        if (value.len == 0)
            return is_named;
        struct entity_tag tag;
        if (!entity_tag_take(&value, &tag))
            return false;
        is_named = is_named || span_equal(tag.quoted, etag);
        skip_blanks(&value);
        if (value.len > 0 && value.base[0] != ',')
            return false;
    }
}

bool conditional_range_holds(struct span value, struct span etag)
{
    if (value.base == NULL)
        return true;
    struct entity_tag tag;
    skip_blanks(&value);
    if (!entity_tag_take(&value, &tag))
        return false;
    skip_blanks(&value);
    return value.len == 0 && !tag.is_weak && span_equal(tag.quoted, etag);
}
