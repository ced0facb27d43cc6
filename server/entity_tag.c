#include "server/entity_tag.h"

#include "base/hex.h"

void entity_tag_print(const uint8_t etag[INDEX_ETAG_LEN], char text[ENTITY_TAG_TEXT_LEN + 1])
{
    hex_encode(span_of(etag, INDEX_ETAG_LEN), text + 1);
    text[0] = '"';
    text[ENTITY_TAG_TEXT_LEN - 1] = '"';
    text[ENTITY_TAG_TEXT_LEN] = '\0';
}

/* RFC 9110 8.8.3: etagc = %x21 / %x23-7E / obs-text. A comma may be inside, a space may not. */
static bool is_tag_byte(uint8_t byte)
{
    return byte == 0x21 || (byte >= 0x23 && byte <= 0x7e) || byte >= 0x80;
}

bool entity_tag_take(struct span *text, struct entity_tag *tag)
{
    struct span rest = *text;
    bool is_weak = rest.len >= 2 && rest.base[0] == 'W' && rest.base[1] == '/';
    if (is_weak)
        rest = span_slice(rest, 2, rest.len - 2);
    if (rest.len < 2 || rest.base[0] != '"')
        return false;
    size_t len = 1;
    while (len < rest.len && is_tag_byte(rest.base[len]))
        len++;
    if (len == rest.len || rest.base[len] != '"')
        return false;
    *tag = (struct entity_tag){is_weak, span_slice(rest, 0, len + 1)};
    *text = span_slice(rest, len + 1, rest.len - len - 1);
    return true;
}
