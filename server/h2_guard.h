#ifndef H2_GUARD_H
#define H2_GUARD_H

#include "server/hpack_fields.h"
#include "server/limits.h"

/*
 * Watches what an HTTP/2 client sends, in front of libh2o, which sets no bounds to what costs work
 * and brings nobody forward: streams that are opened and reset, frames that only want an answer,
 * headers that swell when they are decoded. It reads frame headers (RFC 9113, 4.1) and counts; it
 * validates nothing, for the library does. It sees bytes before the library and can keep them from
 * it. Pure: time and what the connection has done are the caller's.
 *
 * Budgets are buckets: a burst, refilled by time. What a client has been sent refills its budget
 * for frames, too: with small windows every few kilobytes take two WINDOW_UPDATEs.
 */
/* What the connection has done so far. */
struct h2_guard_progress {
    uint64_t bytes_written;
    uint64_t requests_done; /* whose whole response was written */
    uint64_t requests_open;
};

/* A budget that time refills. */
struct h2_guard_bucket {
    uint64_t level; /* thousandths */
    uint64_t burst;
    uint64_t per_s;
};

struct h2_guard {
    const struct limits *limits; /* borrowed */
    enum limit broken;           /* sticky; LIMIT_COUNT: none */
    uint64_t refilled_ns;
    uint64_t credited_bytes;
    uint64_t credited_requests;

    struct h2_guard_bucket resets; /* by the client, or because of a WINDOW_UPDATE of 0 */
    struct h2_guard_bucket losses; /* streams without a whole response, for whatever reason */
    struct h2_guard_bucket control_frames;
    uint64_t streams_opened;
    uint64_t streams_lost;    /* that were taken from `losses` */
    uint64_t opened_in_a_row; /* within one call */
    uint64_t free_resets;     /* RST_STREAMs that have a stream of their own */

    uint32_t preface_left;
    uint8_t head[9];
    uint32_t head_len;
    uint8_t type;
    uint8_t flags;
    uint32_t payload_left;
    uint32_t prefix_left; /* before the header block: pad length, priority */
    uint32_t padding;
    uint32_t increment; /* of a WINDOW_UPDATE */

    struct hpack_fields fields;
    uint32_t block_bytes;
    uint32_t block_frames;

    struct h2_guard_largest { /* the largest figures so far */
        uint64_t wasted_streams;
        uint64_t control_frames;
        uint32_t header_bytes;
        uint32_t header_fields;
        uint32_t header_frames;
        uint64_t answers; /* PING and SETTINGS, which the server answers */
    } largest;
};

void h2_guard_init(struct h2_guard *guard, const struct limits *limits, uint64_t now_ns);

/* Looks at the next bytes of the connection, from the preface on. Returns the limit that is broken:
 * then nothing of `bytes` may reach the library, and it stays so; or LIMIT_COUNT. `now_ns` never
 * goes back. */
enum limit h2_guard_feed(struct h2_guard *guard, struct span bytes,
                         const struct h2_guard_progress *progress, uint64_t now_ns);

#endif
