#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/byte_buffer.h"
#include "server/h2_guard.h"

#define SECOND_NS 1000000000u

enum { DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH, PING, GOAWAY, WINDOW, CONTINUATION };
enum { END_STREAM = 1, END_HEADERS = 4, PADDED = 8, WITH_PRIORITY = 32 };

static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

static const struct limits limits = {{
    [LIMIT_WASTED_STREAMS] = 20,
    [LIMIT_WASTED_STREAMS_PER_SECOND] = 5,
    [LIMIT_CONTROL_FRAMES] = 30,
    [LIMIT_CONTROL_FRAMES_PER_SECOND] = 10,
    [LIMIT_HEADER_BYTES] = 1000,
    [LIMIT_HEADER_FIELDS] = 10,
    [LIMIT_HEADER_FRAMES] = 3,
}};

/* A client: its bytes are collected and then fed in pieces. */
struct client {
    struct h2_guard guard;
    struct h2_guard_progress progress;
    struct byte_buffer bytes;
    uint64_t now_ns;
};

static struct client *client_new(void)
{
    struct client *client = calloc(1, sizeof(*client));
    assert_non_null(client);
    client->now_ns = 7 * (uint64_t)SECOND_NS;
    h2_guard_init(&client->guard, &limits, client->now_ns);
    byte_buffer_put(&client->bytes, span_of_string(preface));
    return client;
}

static void client_free(struct client *client)
{
    byte_buffer_dispose(&client->bytes);
    free(client);
}

static void add(struct client *client, uint8_t type, uint8_t flags, struct span payload)
{
    const uint8_t head[9] = {(uint8_t)(payload.len >> 16),
                             (uint8_t)(payload.len >> 8),
                             (uint8_t)payload.len,
                             type,
                             flags,
                             0,
                             0,
                             0,
                             1};
    byte_buffer_put(&client->bytes, span_of(head, sizeof(head)));
    byte_buffer_put(&client->bytes, payload);
}

static void add_many(struct client *client, size_t count, uint8_t type, struct span payload)
{
    for (size_t i = 0; i < count; i++)
        add(client, type, END_HEADERS, payload);
}

static enum limit feed_in(struct client *client, size_t step)
{
    struct span bytes = byte_buffer_span(&client->bytes);
    enum limit broken = LIMIT_COUNT;
    for (size_t i = 0; i < bytes.len; i += step) {
        size_t len = bytes.len - i < step ? bytes.len - i : step;
        uint8_t *copy = malloc(len);
        assert_non_null(copy);
        memcpy(copy, bytes.base + i, len);
        broken =
            h2_guard_feed(&client->guard, span_of(copy, len), &client->progress, client->now_ns);
        free(copy);
    }
    client->bytes.len = 0;
    return broken;
}

static enum limit feed(struct client *client)
{
    return feed_in(client, SIZE_MAX / 2);
}

static const struct span no_bytes = {(const uint8_t *)"", 0};

static struct span get(void)
{
    return span_of_string("\x82\x86\x84");
}

/* Requests that are answered cost nothing, however many. */
static void requests_that_are_answered_are_free(void **state)
{
    (void)state;
    struct client *client = client_new();
    for (size_t i = 0; i < 1000; i++) {
        add_many(client, 100, HEADERS, get());
        assert_int_equal(feed(client), LIMIT_COUNT);
        client->progress.requests_done += 100;
    }
    client_free(client);
}

static void rapid_resets_are_a_waste(void **state)
{
    (void)state;
    struct client *client = client_new();
    for (size_t i = 0; i < 20; i++) {
        add(client, HEADERS, END_HEADERS, get());
        add(client, RST_STREAM, 0, span_of("\0\0\0\x08", 4));
    }
    assert_int_equal(feed(client), LIMIT_COUNT);
    add(client, HEADERS, END_HEADERS, get());
    add(client, RST_STREAM, 0, span_of("\0\0\0\x08", 4));
    assert_int_equal(feed(client), LIMIT_WASTED_STREAMS);
    client_free(client);
}

static void a_window_update_of_nothing_is_a_reset(void **state)
{
    (void)state;
    struct client *client = client_new();
    add_many(client, 20, WINDOW, span_of("\0\0\0\0", 4));
    assert_int_equal(feed_in(client, 3), LIMIT_COUNT);
    add_many(client, 1, WINDOW, span_of("\x80\0\0\0", 4)); /* the first bit means nothing */
    assert_int_equal(feed_in(client, 3), LIMIT_WASTED_STREAMS);
    client_free(client);
}

/* Whoever ended them, and however. */
static void streams_that_come_to_nothing_are_a_waste(void **state)
{
    (void)state;
    struct client *client = client_new();
    add_many(client, 30, HEADERS, get());
    assert_int_equal(feed(client), LIMIT_COUNT);
    client->progress.requests_open = 10;
    add_many(client, 1, HEADERS, get());
    assert_int_equal(feed(client), LIMIT_COUNT); /* 20 are lost */
    client->progress.requests_open = 10;
    add_many(client, 1, HEADERS, get());
    assert_int_equal(feed(client), LIMIT_WASTED_STREAMS);
    client_free(client);
}

static void time_forgives_waste(void **state)
{
    (void)state;
    struct client *client = client_new();
    for (size_t i = 0; i < 100; i++) {
        for (size_t j = 0; j < 5; j++) {
            add(client, HEADERS, END_HEADERS, get());
            add(client, RST_STREAM, 0, span_of("\0\0\0\x08", 4));
        }
        assert_int_equal(feed(client), LIMIT_COUNT);
        client->now_ns += SECOND_NS;
    }
    client_free(client);
}

static void more_streams_at_once_than_there_can_be_are_a_waste(void **state)
{
    (void)state;
    struct client *client = client_new();
    add_many(client, 220, HEADERS, get());
    assert_int_equal(feed(client), LIMIT_COUNT);
    client_free(client);
    client = client_new();
    add_many(client, 221, HEADERS, get());
    assert_int_equal(feed(client), LIMIT_WASTED_STREAMS);
    client_free(client);
}

static void frames_that_bring_nobody_forward_are_counted(void **state)
{
    (void)state;
    static const struct {
        uint8_t type;
        size_t len;
        size_t most;
    } rows[] = {{PRIORITY, 5, 30}, {SETTINGS, 6, 3}, {PING, 8, 30},  {WINDOW, 4, 30},
                {DATA, 0, 30},     {GOAWAY, 8, 30},  {200, 100, 30}, {RST_STREAM, 4, 20}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct client *client = client_new();
        static const uint8_t payload[100] = {1, 1, 1, 1};
        add_many(client, rows[i].most, rows[i].type, span_of(payload, rows[i].len));
        assert_int_equal(feed_in(client, 5), LIMIT_COUNT);
        add_many(client, 1, rows[i].type, span_of(payload, rows[i].len));
        assert_int_not_equal(feed_in(client, 5), LIMIT_COUNT);
        client_free(client);
    }
}

/* On a stream that is over, each is answered. */
static void data_brings_nobody_forward(void **state)
{
    (void)state;
    struct client *client = client_new();
    add_many(client, 30, DATA, span_of_string("x"));
    assert_int_equal(feed(client), LIMIT_COUNT);
    add_many(client, 1, DATA, span_of_string("x"));
    assert_int_equal(feed(client), LIMIT_CONTROL_FRAMES);
    client_free(client);
}

static void what_was_sent_pays_for_frames(void **state)
{
    (void)state;
    struct client *client = client_new();
    for (size_t i = 0; i < 1000; i++) {
        client->progress.bytes_written += 32768;
        add_many(client, 16, WINDOW, span_of("\0\0\x20\0", 4));
        assert_int_equal(feed(client), LIMIT_COUNT);
    }
    client->progress.bytes_written += UINT32_MAX; /* never more than the burst */
    add_many(client, 31, WINDOW, span_of("\0\0\x20\0", 4));
    assert_int_equal(feed(client), LIMIT_CONTROL_FRAMES);
    client_free(client);
}

static void requests_pay_for_frames(void **state)
{
    (void)state;
    struct client *client = client_new();
    for (size_t i = 0; i < 1000; i++) {
        add(client, HEADERS, END_HEADERS, get());
        add_many(client, 4, PRIORITY, span_of("\0\0\0\0\0", 5));
        assert_int_equal(feed(client), LIMIT_COUNT);
        client->progress.requests_done++;
    }
    client_free(client);
}

static void a_block_has_so_many_bytes(void **state)
{
    (void)state;
    static const uint8_t block[1001] = {0x00, 0x7f, 0xff, 0x0f};
    struct client *client = client_new();
    add(client, HEADERS, END_HEADERS, span_of(block, 1000));
    add(client, HEADERS, 0, span_of(block, 500));
    add(client, CONTINUATION, END_HEADERS, span_of(block, 500));
    assert_int_equal(feed_in(client, 11), LIMIT_COUNT);
    add(client, HEADERS, 0, span_of(block, 500));
    add(client, CONTINUATION, END_HEADERS, span_of(block, 501));
    assert_int_equal(feed_in(client, 11), LIMIT_HEADER_BYTES);
    client_free(client);
}

static void a_block_has_so_many_fields(void **state)
{
    (void)state;
    struct client *client = client_new();
    add(client, HEADERS, END_HEADERS, span_of_string("\x82\x82\x82\x82\x82\x82\x82\x82\x82\x82"));
    add(client, HEADERS, 0, span_of_string("\x82\x82\x82\x82\x82"));
    add(client, CONTINUATION, END_HEADERS, span_of_string("\x82\x82\x82\x82\x82"));
    assert_int_equal(feed_in(client, 2), LIMIT_COUNT);
    add(client, HEADERS, 0, span_of_string("\x82\x82\x82\x82\x82"));
    add(client, CONTINUATION, END_HEADERS, span_of_string("\x82\x82\x82\x82\x82\x82"));
    assert_int_equal(feed_in(client, 2), LIMIT_HEADER_FIELDS);
    client_free(client);
}

static void a_block_has_so_many_frames(void **state)
{
    (void)state;
    struct client *client = client_new();
    add(client, HEADERS, 0, get());
    add_many(client, 3, CONTINUATION, no_bytes);
    assert_int_equal(feed(client), LIMIT_COUNT);
    add(client, HEADERS, 0, get());
    add_many(client, 4, CONTINUATION, no_bytes);
    assert_int_equal(feed(client), LIMIT_HEADER_FRAMES);
    client_free(client);
}

/* Otherwise a bomb would hide in what looks like padding, or the other way round. */
static void padding_and_priority_are_no_fields(void **state)
{
    (void)state;
    for (size_t step = 1; step < 40; step++) {
        struct client *client = client_new();
        add(client, HEADERS, END_HEADERS | PADDED | WITH_PRIORITY,
            span_of("\x0b\x82\x82\x82\x82\x82"
                    "\x82\x86\x84"
                    "\x82\x82\x82\x82\x82\x82\x82\x82\x82\x82\x82",
                    20));
        add(client, HEADERS, END_HEADERS | PADDED,
            span_of("\x0b"
                    "\x82\x86\x84"
                    "\x82\x82\x82\x82\x82\x82\x82\x82\x82\x82\x82",
                    15));
        add(client, HEADERS, END_HEADERS | PADDED, span_of("\xff\x82\x82", 3)); /* wrong, too */
        assert_int_equal(feed_in(client, step), LIMIT_COUNT);
        assert_int_equal(client->guard.largest.header_fields, 3);
        add(client, HEADERS, END_HEADERS | PADDED,
            span_of("\x01"
                    "\x82\x82\x82\x82\x82\x82\x82\x82\x82\x82\x82"
                    "\x00",
                    13));
        assert_int_equal(feed_in(client, step), LIMIT_HEADER_FIELDS);
        client_free(client);
    }
}

static void a_refusal_is_for_good(void **state)
{
    (void)state;
    struct client *client = client_new();
    add_many(client, 31, PING, span_of_string("12345678"));
    assert_int_equal(feed(client), LIMIT_CONTROL_FRAMES);
    client->now_ns += 3600 * (uint64_t)SECOND_NS;
    add(client, HEADERS, END_HEADERS, get());
    assert_int_equal(feed(client), LIMIT_CONTROL_FRAMES);
    client_free(client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_that_are_answered_are_free),
        cmocka_unit_test(rapid_resets_are_a_waste),
        cmocka_unit_test(a_window_update_of_nothing_is_a_reset),
        cmocka_unit_test(streams_that_come_to_nothing_are_a_waste),
        cmocka_unit_test(time_forgives_waste),
        cmocka_unit_test(more_streams_at_once_than_there_can_be_are_a_waste),
        cmocka_unit_test(frames_that_bring_nobody_forward_are_counted),
        cmocka_unit_test(data_brings_nobody_forward),
        cmocka_unit_test(what_was_sent_pays_for_frames),
        cmocka_unit_test(requests_pay_for_frames),
        cmocka_unit_test(a_block_has_so_many_bytes),
        cmocka_unit_test(a_block_has_so_many_fields),
        cmocka_unit_test(a_block_has_so_many_frames),
        cmocka_unit_test(padding_and_priority_are_no_fields),
        cmocka_unit_test(a_refusal_is_for_good),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
