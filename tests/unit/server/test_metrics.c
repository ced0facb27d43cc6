#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "server/metrics.h"

static const struct metrics_shared nothing_shared;

static void assert_line(const struct metrics *sum, const struct metrics_shared *shared,
                        const char *line)
{
    char needle[160];
    struct byte_buffer text = {0};
    metrics_print(sum, shared, &text);
    byte_buffer_put_u8(&text, '\0');
    snprintf(needle, sizeof(needle), "\n%s\n", line);
    if (strstr((const char *)text.base, needle) == NULL)
        fail_msg("no line '%s' in:\n%s", line, (const char *)text.base);
    byte_buffer_dispose(&text);
}

static void loops_are_added_up(void **state)
{
    (void)state;
    struct metrics *loops = metrics_new(2);
    struct metrics sum;
    metrics_count_response(&loops[0], 206, 1000);
    metrics_count_response(&loops[1], 200, UINT64_C(5000000000));
    metrics_count_response(&loops[1], 403, 10);
    metrics_count_response(&loops[1], 0, 0); /* libh2o had none when the client left */
    metrics_sum(loops, 2, &sum);
    assert_line(&sum, &nothing_shared, "segue_responses_total{class=\"2xx\"} 2");
    assert_line(&sum, &nothing_shared, "segue_responses_total{class=\"4xx\"} 1");
    assert_line(&sum, &nothing_shared, "segue_responses_total{class=\"5xx\"} 0");
    assert_line(&sum, &nothing_shared, "segue_sent_bytes_total 5000001010");
    metrics_free(loops);
}

static void a_connection_is_counted_where_it_is(void **state)
{
    (void)state;
    struct metrics *loop = metrics_new(1);
    struct metrics sum;
    metrics_count_accepted(loop);
    metrics_count_accepted(loop);
    metrics_count_accepted(loop);
    metrics_change_protocol(loop, METRICS_SILENT, METRICS_HTTP1);
    metrics_change_protocol(loop, METRICS_HTTP1, METRICS_HTTP2);
    metrics_change_protocol(loop, METRICS_SILENT, METRICS_HTTP1_TLS);
    metrics_count_gone(loop, METRICS_HTTP1_TLS);
    metrics_sum(loop, 1, &sum);
    assert_line(&sum, &nothing_shared, "segue_connections_accepted_total 3");
    assert_line(&sum, &nothing_shared, "segue_connections{proto=\"none\"} 1");
    assert_line(&sum, &nothing_shared, "segue_connections{proto=\"h1\",tls=\"0\"} 0");
    assert_line(&sum, &nothing_shared, "segue_connections{proto=\"h1\",tls=\"1\"} 0");
    assert_line(&sum, &nothing_shared, "segue_connections{proto=\"h2\",tls=\"0\"} 1");
    assert_line(&sum, &nothing_shared, "segue_connections_total{proto=\"h1\",tls=\"1\"} 1");
    assert_line(&sum, &nothing_shared, "segue_connections_total{proto=\"h2\",tls=\"0\"} 1");
    metrics_free(loop);
}

static void closings_add_up_and_the_largest_is_the_largest_of_all(void **state)
{
    (void)state;
    struct metrics *loops = metrics_new(3);
    struct metrics sum;
    metrics_count_limit(&loops[0], LIMIT_WASTED_STREAMS);
    metrics_count_limit(&loops[2], LIMIT_WASTED_STREAMS);
    metrics_note_largest(&loops[0], LIMIT_HEADER_BYTES, 900);
    metrics_note_largest(&loops[1], LIMIT_HEADER_BYTES, 4000);
    metrics_note_largest(&loops[1], LIMIT_HEADER_BYTES, 3999);
    metrics_sum(loops, 3, &sum);
    assert_line(&sum, &nothing_shared,
                "segue_connections_closed_total{limit=\"wasted-streams\"} 2");
    assert_line(&sum, &nothing_shared, "segue_connections_closed_total{limit=\"send-timeout\"} 0");
    assert_line(&sum, &nothing_shared, "segue_connection_largest{limit=\"header-bytes\"} 4000");
    metrics_free(loops);
}

static void what_is_shared_is_told(void **state)
{
    (void)state;
    const struct metrics sum = {0};
    const struct metrics_shared shared = {
        .waiting_lookups = 1,
        .waiting_reads = 2,
        .objects = {.objects = 3, .bytes = 4, .loads = 5, .checks = 6},
        .catalog = {.titles = 7, .bytes = 8, .absent = 9, .hits = 10, .misses = 11},
        .dropped_log_lines = 12,
    };
    static const char *const lines[] = {
        "segue_waiting_lookups 1",
        "segue_waiting_reads 2",
        "segue_objects 3",
        "segue_objects_bytes 4",
        "segue_object_loads_total 5",
        "segue_object_checks_total 6",
        "segue_titles 7",
        "segue_titles_bytes 8",
        "segue_titles_absent 9",
        "segue_title_hits_total 10",
        "segue_title_misses_total 11",
        "segue_log_lines_dropped_total 12",
        "# TYPE segue_waiting_reads gauge",
    };
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        assert_line(&sum, &shared, lines[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loops_are_added_up),
        cmocka_unit_test(a_connection_is_counted_where_it_is),
        cmocka_unit_test(closings_add_up_and_the_largest_is_the_largest_of_all),
        cmocka_unit_test(what_is_shared_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
