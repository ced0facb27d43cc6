#include "server/seen_pages.h"

#include "store/residency.h"

#define MAX_PARTS 64
#define MIN_PART_BYTES (64u * 1024u)

static uint64_t part_bytes(struct span object)
{
    uint64_t bytes = MIN_PART_BYTES;
    while (object.len / MAX_PARTS >= bytes)
        bytes *= 2;
    return bytes;
}

/* Bits `first` to `last`. */
static uint64_t bits(uint64_t first, uint64_t last)
{
    uint64_t count = last - first + 1;
    uint64_t low = count == MAX_PARTS ? UINT64_MAX : (UINT64_C(1) << count) - 1;
    return low << first;
}

static void forget(struct seen_pages *seen, uint64_t all, uint64_t now_ns)
{
    *seen = (struct seen_pages){.since_ns = now_ns, .was_whole = seen->parts == all};
}

bool seen_pages_check(struct seen_pages *seen, struct span object, uint64_t offset, uint64_t length,
                      uint64_t now_ns)
{
    uint64_t size = part_bytes(object);
    uint64_t first = offset / size;
    uint64_t last = (offset + length - 1) / size;
    uint64_t last_of_all = (object.len - 1) / size;
    uint64_t needed = bits(first, last);
    if (now_ns - seen->since_ns >= SEEN_PAGES_FRESH_NS)
        forget(seen, bits(0, last_of_all), now_ns);
    if ((seen->parts & needed) == needed)
        return true;
    /* Whole parts, to know more next time; all of them the second time, or when all were there
     * before, for of pages that are mapped mincore tells 1 MiB as fast as one; and no more than is
     * needed once one was found missing. */
    if ((seen->parts != 0 || seen->was_whole) && seen->patchy == 0 && size == MIN_PART_BYTES) {
        first = 0;
        last = last_of_all;
    }
    uint64_t end = (last + 1) * size < object.len ? (last + 1) * size : object.len;
    struct span whole = span_slice(object, (size_t)(first * size), (size_t)(end - first * size));
    if ((seen->patchy & needed) == 0 && residency_check(whole)) {
        seen->parts |= bits(first, last);
        return true;
    }
    seen->patchy |= bits(first, last);
    return residency_check(span_slice(object, (size_t)offset, (size_t)length));
}
