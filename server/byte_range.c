/*
 * The Range field: `bytes=` and a list of `first-last`, `first-` and `-suffix` (RFC 9110, 14.1.2
 * and 14.2). One malformed element makes the whole field invalid, and an invalid field is ignored
 * (14.1.1), so the parser goes through all of it before it says anything. Its work is bounded by
 * the length of the field.
 */
#include "server/byte_range.h"

/* What one element of the list means for a file of a known length. */
enum element {
    ELEMENT_INVALID,
    ELEMENT_OUTSIDE, /* valid, but not satisfiable */
    ELEMENT_INSIDE,
};

/* Cuts `text` at the first `delimiter`: the part before is returned, the part after stays. Without
 * one everything is returned and *found is false. */
static struct span cut(struct span *text, uint8_t delimiter, bool *found)
{
    const uint8_t *at = text->len > 0 ? memchr(text->base, delimiter, text->len) : NULL;
    struct span head = *text;
    *found = at != NULL;
    if (at == NULL) {
        *text = span_slice(*text, text->len, 0);
        return head;
    }
    head.len = (size_t)(at - text->base);
    *text = span_slice(*text, head.len + 1, text->len - head.len - 1);
    return head;
}

/* RFC 9110 14.1.2: a recipient must expect numbers of any size. What does not fit saturates: it is
 * beyond the end of every file either way. */
static bool parse_number(struct span digits, uint64_t *number)
{
    uint64_t value = 0;
    for (size_t i = 0; i < digits.len; i++) {
        uint8_t byte = digits.base[i];
        if (byte < '0' || byte > '9')
            return false;
        uint64_t digit = (uint64_t)(byte - '0');
        value = value > (UINT64_MAX - digit) / 10 ? UINT64_MAX : value * 10 + digit;
    }
    *number = value;
    return digits.len > 0;
}

static enum element resolve_suffix(uint64_t suffix, uint64_t length, struct byte_range *range)
{
    if (suffix == 0)
        return ELEMENT_OUTSIDE;
    range->length = suffix < length ? suffix : length;
    range->offset = length - range->length;
    return ELEMENT_INSIDE;
}

static enum element resolve_element(struct span element, uint64_t length, struct byte_range *range)
{
    bool has_dash;
    struct span last_digits = element;
    struct span first_digits = cut(&last_digits, '-', &has_dash);
    uint64_t first;
    uint64_t last = UINT64_MAX;
    if (!has_dash)
        return ELEMENT_INVALID;
    if (first_digits.len == 0) {
        if (!parse_number(last_digits, &last))
            return ELEMENT_INVALID;
        return resolve_suffix(last, length, range);
    }
    if (!parse_number(first_digits, &first))
        return ELEMENT_INVALID;
    if (last_digits.len > 0 && (!parse_number(last_digits, &last) || last < first))
        return ELEMENT_INVALID;
    if (first >= length)
        return ELEMENT_OUTSIDE;
    range->offset = first;
    range->length = (last < length ? last + 1 : length) - first;
    return ELEMENT_INSIDE;
}

static bool is_touching(struct byte_range a, struct byte_range b)
{
    return a.offset <= b.offset + b.length && b.offset <= a.offset + a.length;
}

static bool is_overlapping(struct byte_range a, struct byte_range b)
{
    return a.offset < b.offset + b.length && b.offset < a.offset + a.length;
}

static struct byte_range join(struct byte_range a, struct byte_range b)
{
    uint64_t a_end = a.offset + a.length;
    uint64_t b_end = b.offset + b.length;
    struct byte_range whole = {.offset = a.offset < b.offset ? a.offset : b.offset};
    whole.length = (a_end > b_end ? a_end : b_end) - whole.offset;
    return whole;
}

/* Adds `range`, joined with all that it touches. Ranges of the set do not touch each other, so what
 * the joined one touches, `range` touches itself. False when there is no room. */
static bool add(struct byte_range_set *set, struct byte_range range, bool *is_overlap)
{
    struct byte_range *place = NULL;
    size_t kept = 0;
    *is_overlap = false;
    for (size_t i = 0; i < set->count; i++) {
        struct byte_range other = set->ranges[i];
        if (!is_touching(range, other)) {
            set->ranges[kept++] = other;
            continue;
        }
        *is_overlap = *is_overlap || is_overlapping(range, other);
        if (place == NULL)
            place = &set->ranges[kept++];
        range = join(range, other);
    }
    set->count = kept;
    if (place == NULL) {
        if (set->count == BYTE_RANGE_MAX)
            return false;
        place = &set->ranges[set->count++];
    }
    *place = range;
    return true;
}

/* RFC 9110 5.6.1.2: empty elements are tolerated, but they do not count as ranges. */
static enum byte_range_outcome parse_list(struct span list, uint64_t length,
                                          struct byte_range_set *set)
{
    size_t range_count = 0;
    size_t overlap_count = 0;
    bool is_more = true;
    for (size_t i = 0; is_more; i++) {
        if (i == BYTE_RANGE_MAX_ELEMENTS)
            return BYTE_RANGE_IGNORED;
        struct span element = span_trim(cut(&list, ',', &is_more));
        if (element.len == 0)
            continue;
        struct byte_range range;
        enum element meaning = resolve_element(element, length, &range);
        if (meaning == ELEMENT_INVALID)
            return BYTE_RANGE_IGNORED;
        range_count++;
        if (meaning == ELEMENT_OUTSIDE)
            continue;
        bool is_overlap;
        if (!add(set, range, &is_overlap))
            return BYTE_RANGE_IGNORED;
        overlap_count += is_overlap;
    }
    if (range_count == 0 || overlap_count > 1)
        return BYTE_RANGE_IGNORED;
    return set->count > 0 ? BYTE_RANGE_SATISFIABLE : BYTE_RANGE_UNSATISFIABLE;
}

enum byte_range_outcome byte_range_parse(struct span value, uint64_t length,
                                         struct byte_range_set *set)
{
    set->count = 0;
    bool has_unit;
    struct span list = span_trim(value);
    struct span unit = cut(&list, '=', &has_unit);
    /* RFC 9110 14.1: the unit's case does not matter; 14.2: an unknown unit is ignored. */
    if (!has_unit || !span_is_ignoring_case(unit, "bytes"))
        return BYTE_RANGE_IGNORED;
    /* No Content-Range can say anything of an empty file, so a range of it cannot be answered. */
    if (length == 0)
        return BYTE_RANGE_IGNORED;
    enum byte_range_outcome outcome = parse_list(list, length, set);
    if (outcome != BYTE_RANGE_SATISFIABLE)
        set->count = 0;
    return outcome;
}

static char *put(char *at, const char *text)
{
    size_t len = strlen(text);
    memcpy(at, text, len);
    return at + len;
}

size_t byte_range_print(struct byte_range range, uint64_t length, char text[CONTENT_RANGE_MAX])
{
    char *at = decimal_print(range.offset, put(text, "bytes "));
    at = decimal_print(range.offset + range.length - 1, put(at, "-"));
    return (size_t)(decimal_print(length, put(at, "/")) - text);
}

size_t byte_range_print_unsatisfied(uint64_t length, char text[CONTENT_RANGE_MAX])
{
    return (size_t)(decimal_print(length, put(text, "bytes */")) - text);
}
