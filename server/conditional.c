/*
 * Every comparison here is of our own strong tag and date with what a client sent. The date may be
 * used as a strong validator, for it is handed out only when no later publication can share it
 * (response_plan.c).
 */
#include "server/conditional.h"

#include "server/entity_tag.h"
#include "server/http_date.h"

static bool is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t';
}

static void skip_blanks(struct span *text)
{
    while (text->len > 0 && is_blank(text->base[0]))
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

/* Whether a list of tags, or *, names our tag (RFC 9110 13.1.1 and 13.1.2). One that is malformed
 * names nothing. */
static bool list_names(struct span value, struct span etag, bool is_weak_enough)
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
        is_named = is_named || (span_equal(tag.quoted, etag) && (is_weak_enough || !tag.is_weak));
        skip_blanks(&value);
        if (value.len > 0 && value.base[0] != ',')
            return false;
    }
}

static struct span trim(struct span value)
{
    skip_blanks(&value);
    while (value.len > 0 && is_blank(value.base[value.len - 1]))
        value.len--;
    return value;
}

/* False also where there is no field. */
static bool read_date(struct span value, const struct validators *validators, int64_t *date_s)
{
    return value.base != NULL && http_date_parse(trim(value), validators->now_s, date_s);
}

/* RFC 9110 13.2.2, steps 1 and 2: If-Unmodified-Since counts only without If-Match. */
static bool is_expected_state(const struct conditions *conditions,
                              const struct validators *validators)
{
    int64_t date_s;
    if (conditions->if_match.base != NULL)
        return list_names(conditions->if_match, validators->etag, false);
    if (!validators->has_date || !read_date(conditions->if_unmodified_since, validators, &date_s))
        return true;
    return validators->modified_s <= date_s;
}

/* Steps 3 and 4: If-Modified-Since counts only without If-None-Match. */
static bool is_known_state(const struct conditions *conditions, const struct validators *validators)
{
    int64_t date_s;
    if (conditions->if_none_match.base != NULL)
        return list_names(conditions->if_none_match, validators->etag, true);
    if (!validators->has_date || !read_date(conditions->if_modified_since, validators, &date_s))
        return false;
    return validators->modified_s <= date_s;
}

enum precondition conditional_evaluate(const struct conditions *conditions,
                                       const struct validators *validators)
{
    if (!is_expected_state(conditions, validators))
        return PRECONDITION_FAILED;
    if (is_known_state(conditions, validators))
        return PRECONDITION_NOT_MODIFIED;
    return PRECONDITION_HOLDS;
}

bool conditional_range_holds(struct span if_range, const struct validators *validators)
{
    if (if_range.base == NULL)
        return true;
    int64_t date_s;
    struct entity_tag tag;
    struct span value = trim(if_range);
    if (entity_tag_take(&value, &tag))
        return value.len == 0 && !tag.is_weak && span_equal(tag.quoted, validators->etag);
    return validators->has_date && http_date_parse(value, validators->now_s, &date_s) &&
           date_s == validators->modified_s;
}
