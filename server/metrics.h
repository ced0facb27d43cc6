#ifndef METRICS_H
#define METRICS_H

#include "base/byte_buffer.h"
#include "server/catalog.h"
#include "server/limits.h"
#include "server/object_cache.h"

/*
 * What is counted while serving. Each loop has a struct metrics of its own and is the only one to
 * write it, so counting takes no lock and no locked instruction; whoever reads adds them up, and
 * may see one event of many sooner than another. No title, object, client or token is ever in it.
 */
enum metrics_protocol {
    METRICS_SILENT, /* no request yet */
    METRICS_HTTP1,
    METRICS_HTTP1_TLS,
    METRICS_HTTP2,
    METRICS_HTTP2_TLS,
    METRICS_PROTOCOL_COUNT,
};

#define METRICS_STATUS_CLASSES 5

struct metrics {
    _Alignas(64) /* two loops write no line of memory in common */
        uint64_t responses[METRICS_STATUS_CLASSES]; /* 1xx to 5xx */
    uint64_t sent_bytes;                            /* of bodies, counted when a response ends */
    uint64_t accepted;                              /* connections */
    uint64_t connections_total[METRICS_PROTOCOL_COUNT];
    uint64_t connections_now[METRICS_PROTOCOL_COUNT];
    uint64_t closed[LIMIT_COUNT];  /* connections, by the limit that they went beyond */
    uint64_t largest[LIMIT_COUNT]; /* seen on any one connection */
};

/* All zero, one for each of `count` loops. */
struct metrics *metrics_new(size_t count);
void metrics_free(struct metrics *metrics);

/* Counting: on the loop's thread. */
void metrics_count_response(struct metrics *metrics, int status, uint64_t sent_bytes);
void metrics_count_accepted(struct metrics *metrics);

/* A connection that was counted as `from` turns out to speak `to`. */
void metrics_change_protocol(struct metrics *metrics, enum metrics_protocol from,
                             enum metrics_protocol to);

void metrics_count_gone(struct metrics *metrics, enum metrics_protocol protocol);

/* A connection is closed because it went beyond `limit`. */
void metrics_count_limit(struct metrics *metrics, enum limit limit);

/* Keeps `figure` if none as large was seen. */
void metrics_note_largest(struct metrics *metrics, enum limit limit, uint64_t figure);

/* Adds up those of `count` loops; the largest is the largest of all. Any thread. */
void metrics_sum(const struct metrics *loops, size_t count, struct metrics *sum);

/* What is asked of whatever is locked inside, just now. */
struct metrics_shared {
    size_t waiting_lookups;
    size_t waiting_reads;
    struct object_cache_figures objects;
    struct catalog_figures catalog;
    uint64_t dropped_log_lines;
};

/* Appends Prometheus' text format, version 0.0.4. Pure. */
void metrics_print(const struct metrics *sum, const struct metrics_shared *shared,
                   struct byte_buffer *text);

#endif
