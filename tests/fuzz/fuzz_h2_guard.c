/*
 * The HTTP/2 guard: however a client's bytes are cut into pieces, it comes to the same verdict and
 * the same figures, and it never says what the limits do not.
 */
#include <stdlib.h>

#include "server/h2_guard.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct limits limits = {{
    [LIMIT_WASTED_STREAMS] = 20,
    [LIMIT_CONTROL_FRAMES] = 30,
    [LIMIT_HEADER_BYTES] = 1000,
    [LIMIT_HEADER_FIELDS] = 10,
    [LIMIT_HEADER_FRAMES] = 3,
}};

static void check(bool holds)
{
    if (!holds)
        abort();
}

static struct h2_guard feed(const uint8_t *data, size_t size, size_t step)
{
    static const struct h2_guard_progress nothing = {0};
    struct h2_guard guard;
    h2_guard_init(&guard, &limits, 0);
    guard.preface_left = 0;
    /* Streams in a row and lost ones are judged once a call: this is about the parser. */
    guard.streams_lost = UINT32_MAX;
    for (size_t i = 0; i < size; i += step) {
        size_t len = size - i < step ? size - i : step;
        guard.opened_in_a_row = 0;
        (void)h2_guard_feed(&guard, span_of(data + i, len), &nothing, 0);
    }
    return guard;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > 4096)
        return 0;
    struct h2_guard whole = feed(data, size, 64);
    struct h2_guard single = feed(data, size, 1);
    check(whole.broken == single.broken);
    if (whole.broken != LIMIT_COUNT)
        return 0;
    check(whole.fields.count == single.fields.count && whole.block_bytes == single.block_bytes);
    check(whole.payload_left == single.payload_left && whole.head_len == single.head_len);
    check(whole.largest.header_fields <= limits.values[LIMIT_HEADER_FIELDS] &&
          whole.largest.header_bytes <= limits.values[LIMIT_HEADER_BYTES] &&
          whole.largest.header_frames <= limits.values[LIMIT_HEADER_FRAMES]);
    return 0;
}
