#include "server/h2_guard.h"

#define PREFACE_LEN 24
#define FLAG_END_HEADERS 0x4
#define FLAG_PADDED 0x8
#define FLAG_PRIORITY 0x20

enum frame_type { /* RFC 9113, 6 */
                  FRAME_HEADERS = 1,
                  FRAME_RST_STREAM = 3,
                  FRAME_SETTINGS = 4,
                  FRAME_PING = 6,
                  FRAME_WINDOW_UPDATE = 8,
                  FRAME_CONTINUATION = 9,
};

/* SETTINGS may change the window of every open stream. */
#define SETTINGS_COST 10

/* Two WINDOW_UPDATEs for every 4 KiB are the most that a client with a reason sends; Firefox sends
 * a few PRIORITYs with each request. */
#define BYTES_PER_FRAME 2048
#define FRAMES_PER_REQUEST 4

/* libh2o lets a client have a hundred streams. Those that ended while a request was on its way may
 * still be counted: more than twice as many at once are never served. */
#define MAX_OPENED_IN_A_ROW 200

/* ---- Buckets ---- */

static void fill(struct h2_guard_bucket *bucket, uint64_t thousandths)
{
    uint64_t full = bucket->burst * 1000;
    bucket->level = full - bucket->level < thousandths ? full : bucket->level + thousandths;
}

static void open_bucket(struct h2_guard_bucket *bucket, uint64_t burst, uint64_t per_s)
{
    *bucket = (struct h2_guard_bucket){burst * 1000, burst, per_s};
}

static bool take(struct h2_guard_bucket *bucket, uint64_t count, uint64_t *largest)
{
    if (bucket->level / 1000 < count)
        return false;
    bucket->level -= count * 1000;
    uint64_t taken = bucket->burst - bucket->level / 1000;
    if (taken > *largest)
        *largest = taken;
    return true;
}

static void refill(struct h2_guard *guard, const struct h2_guard_progress *progress,
                   uint64_t now_ns)
{
    uint64_t elapsed_ms = (now_ns - guard->refilled_ns) / 1000000;
    uint64_t bytes = progress->bytes_written - guard->credited_bytes;
    uint64_t requests = progress->requests_done - guard->credited_requests;
    fill(&guard->resets, elapsed_ms * guard->resets.per_s);
    fill(&guard->losses, elapsed_ms * guard->losses.per_s);
    fill(&guard->control_frames, elapsed_ms * guard->control_frames.per_s +
                                     bytes * 1000 / BYTES_PER_FRAME +
                                     requests * 1000 * FRAMES_PER_REQUEST);
    guard->refilled_ns += elapsed_ms * 1000000;
    guard->credited_bytes = progress->bytes_written;
    guard->credited_requests = progress->requests_done;
}

static void refuse(struct h2_guard *guard, enum limit limit)
{
    if (guard->broken == LIMIT_COUNT)
        guard->broken = limit;
}

static void charge_reset(struct h2_guard *guard)
{
    if (!take(&guard->resets, 1, &guard->largest.wasted_streams))
        refuse(guard, LIMIT_WASTED_STREAMS);
}

static void charge_frame(struct h2_guard *guard, uint64_t cost)
{
    if (!take(&guard->control_frames, cost, &guard->largest.control_frames))
        refuse(guard, LIMIT_CONTROL_FRAMES);
}

/* Every stream that was opened, is not open any more and had no whole response. */
static void charge_losses(struct h2_guard *guard, const struct h2_guard_progress *progress)
{
    uint64_t accounted = progress->requests_done + progress->requests_open + guard->streams_lost;
    if (guard->streams_opened <= accounted)
        return;
    uint64_t lost = guard->streams_opened - accounted;
    guard->streams_lost += lost;
    if (!take(&guard->losses, lost, &guard->largest.wasted_streams))
        refuse(guard, LIMIT_WASTED_STREAMS);
}

/* ---- Header blocks ---- */

static void note_largest(uint32_t *largest, uint32_t figure)
{
    if (figure > *largest)
        *largest = figure;
}

static void add_to_block(struct h2_guard *guard)
{
    guard->block_bytes += guard->payload_left; /* at most 2^24, and checked each time */
    note_largest(&guard->largest.header_bytes, guard->block_bytes);
    if (guard->block_bytes > guard->limits->values[LIMIT_HEADER_BYTES])
        refuse(guard, LIMIT_HEADER_BYTES);
}

/* Before the block stand the length of the padding and the priority, if their flags say so. */
static uint32_t prefix_len(const struct h2_guard *guard)
{
    uint32_t padding_length = (guard->flags & FLAG_PADDED) != 0 ? 1 : 0;
    uint32_t priority = (guard->flags & FLAG_PRIORITY) != 0 ? 5 : 0;
    return padding_length + priority;
}

static void begin_headers(struct h2_guard *guard)
{
    guard->streams_opened++;
    guard->opened_in_a_row++;
    guard->free_resets++;
    if (guard->opened_in_a_row > MAX_OPENED_IN_A_ROW)
        charge_reset(guard);
    guard->block_bytes = 0;
    guard->block_frames = 0;
    hpack_fields_init(&guard->fields);
    guard->prefix_left = prefix_len(guard);
    add_to_block(guard);
}

static void begin_continuation(struct h2_guard *guard)
{
    guard->block_frames++;
    note_largest(&guard->largest.header_frames, guard->block_frames);
    if (guard->block_frames > guard->limits->values[LIMIT_HEADER_FRAMES])
        refuse(guard, LIMIT_HEADER_FRAMES);
    add_to_block(guard);
}

static void read_prefix(struct h2_guard *guard, struct span *bytes)
{
    if ((guard->flags & FLAG_PADDED) != 0 && guard->prefix_left == prefix_len(guard))
        guard->padding = bytes->base[0];
    guard->prefix_left--;
    guard->payload_left--;
    *bytes = span_slice(*bytes, 1, bytes->len - 1);
}

static void read_block(struct h2_guard *guard, struct span bytes)
{
    while (bytes.len > 0 && guard->prefix_left > 0)
        read_prefix(guard, &bytes);
    uint32_t fragment =
        guard->payload_left > guard->padding ? guard->payload_left - guard->padding : 0;
    hpack_fields_feed(&guard->fields,
                      span_slice(bytes, 0, bytes.len < fragment ? bytes.len : fragment));
    guard->payload_left -= (uint32_t)bytes.len;
    note_largest(&guard->largest.header_fields, guard->fields.count);
    if (guard->fields.count > guard->limits->values[LIMIT_HEADER_FIELDS])
        refuse(guard, LIMIT_HEADER_FIELDS);
}

/* ---- Frames ---- */

static void begin_reset(struct h2_guard *guard)
{
    charge_reset(guard);
    if (guard->free_resets > 0)
        guard->free_resets--;
    else
        charge_frame(guard, 1);
}

static void begin_frame(struct h2_guard *guard)
{
    const uint8_t *head = guard->head;
    guard->payload_left = (uint32_t)head[0] << 16 | (uint32_t)head[1] << 8 | head[2];
    guard->type = head[3];
    guard->flags = head[4];
    guard->head_len = 0;
    guard->prefix_left = 0;
    guard->padding = 0;
    guard->increment = 0;
    switch (guard->type) {
    case FRAME_HEADERS:
        begin_headers(guard);
        break;
    case FRAME_CONTINUATION:
        begin_continuation(guard);
        break;
    case FRAME_RST_STREAM:
        begin_reset(guard);
        break;
    case FRAME_SETTINGS:
        guard->largest.answers++;
        charge_frame(guard, SETTINGS_COST);
        break;
    case FRAME_PING:
        guard->largest.answers++;
        charge_frame(guard, 1);
        break;
    default: /* DATA, too: no request of ours has a body, and each on a stream that is over is
                answered with a RST_STREAM */
        charge_frame(guard, 1);
        break;
    }
}

static void read_increment(struct h2_guard *guard, struct span bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        guard->increment = guard->increment << 8 | bytes.base[i];
    guard->payload_left -= (uint32_t)bytes.len;
    if (guard->payload_left == 0 && (guard->increment & 0x7fffffff) == 0)
        charge_reset(guard);
}

static void read_payload(struct h2_guard *guard, struct span bytes)
{
    if (guard->type == FRAME_HEADERS || guard->type == FRAME_CONTINUATION)
        read_block(guard, bytes);
    else if (guard->type == FRAME_WINDOW_UPDATE)
        read_increment(guard, bytes);
    else
        guard->payload_left -= (uint32_t)bytes.len;
}

static size_t min(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Takes some of `bytes`, at least one, and returns how many. */
static size_t step(struct h2_guard *guard, struct span bytes)
{
    size_t count;
    if (guard->preface_left > 0) {
        count = min(guard->preface_left, bytes.len);
        guard->preface_left -= (uint32_t)count;
    } else if (guard->payload_left > 0) {
        count = min(guard->payload_left, bytes.len);
        read_payload(guard, span_slice(bytes, 0, count));
    } else {
        count = min(sizeof(guard->head) - guard->head_len, bytes.len);
        memcpy(guard->head + guard->head_len, bytes.base, count);
        guard->head_len += (uint32_t)count;
        if (guard->head_len == sizeof(guard->head))
            begin_frame(guard);
    }
    return count;
}

void h2_guard_init(struct h2_guard *guard, const struct limits *limits, uint64_t now_ns)
{
    const uint64_t *values = limits->values;
    memset(guard, 0, sizeof(*guard));
    guard->limits = limits;
    guard->broken = LIMIT_COUNT;
    guard->refilled_ns = now_ns;
    guard->preface_left = PREFACE_LEN;
    open_bucket(&guard->resets, values[LIMIT_WASTED_STREAMS],
                values[LIMIT_WASTED_STREAMS_PER_SECOND]);
    guard->losses = guard->resets;
    open_bucket(&guard->control_frames, values[LIMIT_CONTROL_FRAMES],
                values[LIMIT_CONTROL_FRAMES_PER_SECOND]);
}

enum limit h2_guard_feed(struct h2_guard *guard, struct span bytes,
                         const struct h2_guard_progress *progress, uint64_t now_ns)
{
    refill(guard, progress, now_ns);
    charge_losses(guard, progress);
    guard->opened_in_a_row = 0;
    for (size_t i = 0; i < bytes.len && guard->broken == LIMIT_COUNT;)
        i += step(guard, span_slice(bytes, i, bytes.len - i));
    return guard->broken;
}
