#include "server/hpack_fields.h"

/* A length of more than this many bits is longer than any block: whoever decodes it will say so. */
#define MAX_SHIFT 28

void hpack_fields_init(struct hpack_fields *fields)
{
    memset(fields, 0, sizeof(*fields));
}

static void go_on(struct hpack_fields *fields)
{
    fields->state = fields->strings > 0 ? HPACK_STRING : HPACK_REPRESENTATION;
}

/* RFC 7541 6.1 to 6.3: how many strings follow, and how many bits of an integer are in here. */
static void begin_field(struct hpack_fields *fields, uint8_t byte)
{
    uint8_t mask;
    fields->count++;
    if ((byte & 0x80) != 0) { /* indexed */
        mask = 0x7f;
        fields->strings = 0;
    } else if ((byte & 0x40) != 0) { /* literal, to be indexed */
        mask = 0x3f;
        fields->strings = (byte & mask) == 0 ? 2 : 1;
    } else if ((byte & 0x20) != 0) { /* size update */
        mask = 0x1f;
        fields->strings = 0;
    } else { /* literal, not to be indexed */
        mask = 0x0f;
        fields->strings = (byte & mask) == 0 ? 2 : 1;
    }
    if ((byte & mask) == mask)
        fields->state = HPACK_INDEX;
    else
        go_on(fields);
}

static void begin_bytes(struct hpack_fields *fields)
{
    fields->strings--;
    if (fields->left > 0)
        fields->state = HPACK_STRING_BYTES;
    else
        go_on(fields);
}

static void begin_string(struct hpack_fields *fields, uint8_t byte)
{
    fields->left = byte & 0x7f;
    fields->shift = 0;
    if (fields->left == 0x7f)
        fields->state = HPACK_STRING_LENGTH;
    else
        begin_bytes(fields);
}

static void go_on_with_length(struct hpack_fields *fields, uint8_t byte)
{
    if (fields->shift <= MAX_SHIFT)
        fields->left += (uint64_t)(byte & 0x7f) << fields->shift;
    fields->shift += 7;
    if ((byte & 0x80) == 0)
        begin_bytes(fields);
}

/* Returns how many bytes of the piece are behind it. */
static size_t skip_bytes(struct hpack_fields *fields, size_t available)
{
    size_t skipped = fields->left < available ? (size_t)fields->left : available;
    fields->left -= skipped;
    if (fields->left == 0)
        go_on(fields);
    return skipped;
}

void hpack_fields_feed(struct hpack_fields *fields, struct span piece)
{
    size_t i = 0;
    while (i < piece.len) {
        if (fields->state == HPACK_STRING_BYTES) {
            i += skip_bytes(fields, piece.len - i);
            continue;
        }
        uint8_t byte = piece.base[i++];
        if (fields->state == HPACK_REPRESENTATION)
            begin_field(fields, byte);
        else if (fields->state == HPACK_STRING)
            begin_string(fields, byte);
        else if (fields->state == HPACK_STRING_LENGTH)
            go_on_with_length(fields, byte);
        else if ((byte & 0x80) == 0) /* the end of an index */
            go_on(fields);
    }
}
