#include "server/metrics.h"

#include <inttypes.h>
#include <stdlib.h>

struct metrics *metrics_new(size_t count)
{
    struct metrics *metrics = aligned_alloc(_Alignof(struct metrics), count * sizeof(*metrics));
    if (metrics == NULL)
        abort();
    memset(metrics, 0, count * sizeof(*metrics));
    return metrics;
}

void metrics_free(struct metrics *metrics)
{
    free(metrics);
}

static uint64_t get(const uint64_t *counter)
{
    return __atomic_load_n(counter, __ATOMIC_RELAXED);
}

static void set(uint64_t *counter, uint64_t value)
{
    __atomic_store_n(counter, value, __ATOMIC_RELAXED);
}

/* There is one writer, so adding need not be atomic; a reader just must not see half a number. */
static void add(uint64_t *counter, uint64_t count)
{
    set(counter, get(counter) + count);
}

void metrics_count_response(struct metrics *metrics, int status, uint64_t sent_bytes)
{
    if (status >= 100 && status < 100 * (METRICS_STATUS_CLASSES + 1))
        add(&metrics->responses[status / 100 - 1], 1);
    add(&metrics->sent_bytes, sent_bytes);
}

void metrics_count_accepted(struct metrics *metrics)
{
    add(&metrics->accepted, 1);
    add(&metrics->connections_now[METRICS_SILENT], 1);
}

void metrics_change_protocol(struct metrics *metrics, enum metrics_protocol from,
                             enum metrics_protocol to)
{
    set(&metrics->connections_now[from], get(&metrics->connections_now[from]) - 1);
    add(&metrics->connections_now[to], 1);
    add(&metrics->connections_total[to], 1);
}

void metrics_count_gone(struct metrics *metrics, enum metrics_protocol protocol)
{
    set(&metrics->connections_now[protocol], get(&metrics->connections_now[protocol]) - 1);
}

void metrics_count_limit(struct metrics *metrics, enum limit limit)
{
    add(&metrics->closed[limit], 1);
}

void metrics_note_largest(struct metrics *metrics, enum limit limit, uint64_t figure)
{
    if (figure > get(&metrics->largest[limit]))
        set(&metrics->largest[limit], figure);
}

static void sum_each(const uint64_t *counters, size_t count, uint64_t *sums)
{
    for (size_t i = 0; i < count; i++)
        sums[i] += get(&counters[i]);
}

void metrics_sum(const struct metrics *loops, size_t count, struct metrics *sum)
{
    *sum = (struct metrics){0};
    for (size_t i = 0; i < count; i++) {
        const struct metrics *each = &loops[i];
        sum_each(each->responses, METRICS_STATUS_CLASSES, sum->responses);
        sum_each(&each->sent_bytes, 1, &sum->sent_bytes);
        sum_each(&each->accepted, 1, &sum->accepted);
        sum_each(each->connections_total, METRICS_PROTOCOL_COUNT, sum->connections_total);
        sum_each(each->connections_now, METRICS_PROTOCOL_COUNT, sum->connections_now);
        sum_each(each->closed, LIMIT_COUNT, sum->closed);
        for (size_t j = 0; j < LIMIT_COUNT; j++)
            metrics_note_largest(sum, (enum limit)j, get(&each->largest[j]));
    }
}

/* ---- Prometheus' text ---- */

static const char *const protocol_labels[METRICS_PROTOCOL_COUNT] = {
    [METRICS_SILENT] = "proto=\"none\"",
    [METRICS_HTTP1] = "proto=\"h1\",tls=\"0\"",
    [METRICS_HTTP1_TLS] = "proto=\"h1\",tls=\"1\"",
    [METRICS_HTTP2] = "proto=\"h2\",tls=\"0\"",
    [METRICS_HTTP2_TLS] = "proto=\"h2\",tls=\"1\"",
};

/* libh2o closes by the other two itself, and tells nobody. A rate is no limit of its own. */
static bool is_counted(size_t limit)
{
    return limit != LIMIT_IDLE_TIMEOUT && limit != LIMIT_HANDSHAKE_TIMEOUT &&
           limit != LIMIT_WASTED_STREAMS_PER_SECOND && limit != LIMIT_CONTROL_FRAMES_PER_SECOND;
}

static bool has_figure(size_t limit)
{
    return is_counted(limit) && limit < LIMIT_SEND_TIMEOUT;
}

static void print_head(struct byte_buffer *text, const char *name, const char *type,
                       const char *help)
{
    byte_buffer_printf(text, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void print_one(struct byte_buffer *text, const char *name, const char *type,
                      const char *help, uint64_t value)
{
    print_head(text, name, type, help);
    byte_buffer_printf(text, "%s %" PRIu64 "\n", name, value);
}

static void print_responses(struct byte_buffer *text, const struct metrics *sum)
{
    static const char name[] = "segue_responses_total";
    print_head(text, name, "counter", "Responses that ended, by class of status.");
    for (size_t i = 0; i < METRICS_STATUS_CLASSES; i++)
        byte_buffer_printf(text, "%s{class=\"%zuxx\"} %" PRIu64 "\n", name, i + 1,
                           sum->responses[i]);
    print_one(text, "segue_sent_bytes_total", "counter",
              "Bytes of bodies, counted when a response ends.", sum->sent_bytes);
}

static void print_connections(struct byte_buffer *text, const struct metrics *sum)
{
    static const char now[] = "segue_connections";
    static const char total[] = "segue_connections_total";
    print_one(text, "segue_connections_accepted_total", "counter", "Connections accepted.",
              sum->accepted);
    print_head(text, now, "gauge", "Connections now, by what the latest request spoke.");
    for (size_t i = 0; i < METRICS_PROTOCOL_COUNT; i++)
        byte_buffer_printf(text, "%s{%s} %" PRIu64 "\n", now, protocol_labels[i],
                           sum->connections_now[i]);
    print_head(text, total, "counter", "Connections that made a request.");
    for (size_t i = METRICS_SILENT + 1; i < METRICS_PROTOCOL_COUNT; i++)
        byte_buffer_printf(text, "%s{%s} %" PRIu64 "\n", total, protocol_labels[i],
                           sum->connections_total[i]);
}

static void print_limits(struct byte_buffer *text, const char *name, const char *type,
                         const char *help, bool (*is_shown)(size_t limit),
                         const uint64_t figures[LIMIT_COUNT])
{
    print_head(text, name, type, help);
    for (size_t i = 0; i < LIMIT_COUNT; i++) {
        if (is_shown(i))
            byte_buffer_printf(text, "%s{limit=\"%s\"} %" PRIu64 "\n", name,
                               limit_name((enum limit)i), figures[i]);
    }
}

static void print_shared(struct byte_buffer *text, const struct metrics_shared *shared)
{
    const struct {
        const char *name;
        const char *type;
        const char *help;
        uint64_t value;
    } rows[] = {
        {"segue_waiting_lookups", "gauge", "Lookups that wait for a thread.",
         shared->waiting_lookups},
        {"segue_waiting_reads", "gauge", "Reads from disk that wait for a thread.",
         shared->waiting_reads},
        {"segue_objects", "gauge", "Objects that are mapped.", shared->objects.objects},
        {"segue_objects_bytes", "gauge", "Their sizes together.", shared->objects.bytes},
        {"segue_object_loads_total", "counter", "Objects opened.", shared->objects.loads},
        {"segue_object_checks_total", "counter", "Objects looked at again.",
         shared->objects.checks},
        {"segue_titles", "gauge", "Titles that are open.", shared->catalog.titles},
        {"segue_titles_bytes", "gauge", "What they hold in memory.", shared->catalog.bytes},
        {"segue_titles_absent", "gauge", "Names remembered to be no title.",
         shared->catalog.absent},
        {"segue_title_hits_total", "counter", "Titles known when asked for.", shared->catalog.hits},
        {"segue_title_misses_total", "counter", "Titles that the store was asked for.",
         shared->catalog.misses},
        {"segue_log_lines_dropped_total", "counter", "Log lines that nobody read in time.",
         shared->dropped_log_lines},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        print_one(text, rows[i].name, rows[i].type, rows[i].help, rows[i].value);
}

void metrics_print(const struct metrics *sum, const struct metrics_shared *shared,
                   struct byte_buffer *text)
{
    print_responses(text, sum);
    print_connections(text, sum);
    print_limits(text, "segue_connections_closed_total", "counter",
                 "Connections closed because they went beyond a limit.", is_counted, sum->closed);
    print_limits(text, "segue_connection_largest", "gauge",
                 "The largest figure seen on any one connection.", has_figure, sum->largest);
    print_shared(text, shared);
}
