/*
 * Time to first byte, as one more client of a server that may be busy with others:
 *
 *     ttfb h1|h1s|h2 PORT PATH FILE_SIZE RANGE_SIZE SECONDS EVERY_MS
 *
 * On one connection to 127.0.0.1, one request at a time, every EVERY_MS a random range. Measured is
 * the time from just before the request is written to the moment the first byte of the *body* has
 * been read; connecting and the TLS handshake are outside of it. Each sample is a line of
 * microseconds on standard output; anything but a 206 ends the program with 1.
 *
 * A small range is read to its end and the connection used again. After the first bytes of a large
 * one the client hangs up, as a player does that seeks, so that what it does not want is no load.
 *
 * When it may, it runs with real-time priority: beside a load generator that fills the core, an
 * ordinary process would measure how long it waits for its own turn.
 */
#include <openssl/ssl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "stream.h"

#define READ_TO_END_MAX_BYTES 65536
#define REQUESTS_PER_CONNECTION 500 /* few enough for every server's limit and any window */
#define FRAME_HEAD_BYTES 9

enum frame_type { FRAME_DATA = 0, FRAME_HEADERS = 1, FRAME_SETTINGS = 4, FRAME_WINDOW_UPDATE = 8 };
enum frame_flag { FLAG_ACK = 1, FLAG_END_STREAM = 1, FLAG_END_HEADERS = 4 };

struct probe {
    bool is_http2;
    uint16_t port;
    const char *path;
    uint64_t file_bytes;
    uint64_t range_bytes;
    SSL_CTX *tls; /* NULL without TLS */
    struct stream stream;
    unsigned requests; /* on this connection */
};

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* --- HTTP/1.1 --------------------------------------------------------------------------------- */

static void send_http1(struct stream *stream, const char *path, const char *range)
{
    char request[2048];
    int len = snprintf(request, sizeof(request),
                       "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nRange: %s\r\n\r\n", path, range);
    if (len < 0 || (size_t)len >= sizeof(request))
        die("the path is too long");
    stream_write(stream, request, (size_t)len);
}

/* Leaves the input at the first byte of the body. */
static void await_http1(struct stream *stream)
{
    static const char expected[] = "HTTP/1.1 206";
    static const char end[] = "\r\n\r\n";
    size_t matched = 0;
    for (size_t i = 0; i < sizeof(expected) - 1; i++)
        if (stream_read_byte(stream) != (unsigned char)expected[i])
            die("the answer is not 206");
    while (matched < sizeof(end) - 1) {
        char byte = (char)stream_read_byte(stream);
        matched = byte == end[matched] ? matched + 1 : byte == '\r';
    }
    stream_await(stream);
}

/* --- HTTP/2, as little as it takes (RFC 9113, RFC 7541) ------------------------------------------
 */

static void send_frame(struct stream *stream, enum frame_type type, uint8_t flags, uint32_t id,
                       const void *payload, size_t len)
{
    unsigned char frame[FRAME_HEAD_BYTES + 2048] = {(unsigned char)(len >> 16),
                                                    (unsigned char)(len >> 8),
                                                    (unsigned char)len,
                                                    (unsigned char)type,
                                                    flags,
                                                    (unsigned char)(id >> 24),
                                                    (unsigned char)(id >> 16),
                                                    (unsigned char)(id >> 8),
                                                    (unsigned char)id};
    if (len > sizeof(frame) - FRAME_HEAD_BYTES)
        die("the path is too long");
    memcpy(frame + FRAME_HEAD_BYTES, payload, len);
    stream_write(stream, frame, FRAME_HEAD_BYTES + len);
}

struct frame {
    uint32_t len;
    uint8_t type, flags;
};

static struct frame read_frame_head(struct stream *stream)
{
    unsigned char head[FRAME_HEAD_BYTES];
    for (size_t i = 0; i < sizeof(head); i++)
        head[i] = stream_read_byte(stream);
    uint32_t len = (uint32_t)head[0] << 16 | (uint32_t)head[1] << 8 | head[2];
    return (struct frame){.len = len, .type = head[3], .flags = head[4]};
}

/* The preface with the windows that h2load opens by default, and the server's settings. */
static void begin_http2(struct stream *stream)
{
    static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    static const unsigned char window[] = {0, 4, 0x3f, 0xff, 0xff, 0xff};
    static const unsigned char more[] = {0x3f, 0xff, 0, 0};
    stream_write(stream, preface, sizeof(preface) - 1);
    send_frame(stream, FRAME_SETTINGS, 0, 0, window, sizeof(window));
    send_frame(stream, FRAME_WINDOW_UPDATE, 0, 0, more, sizeof(more));
    struct frame frame = read_frame_head(stream);
    if (frame.type != FRAME_SETTINGS)
        die("the server does not begin with SETTINGS");
    stream_skip(stream, frame.len);
    send_frame(stream, FRAME_SETTINGS, FLAG_ACK, 0, "", 0);
}

/* A literal field without indexing whose name is an entry of the static table. */
static size_t put_field(unsigned char *out, unsigned name, const char *value)
{
    unsigned char *at = out;
    size_t len = strlen(value);
    *at++ = (unsigned char)(name < 15 ? name : 15);
    if (name >= 15)
        *at++ = (unsigned char)(name - 15);
    *at++ = (unsigned char)(len < 127 ? len : 127);
    if (len >= 127) {
        size_t rest = len - 127;
        for (; rest >= 128; rest >>= 7)
            *at++ = (unsigned char)(rest & 127) | 128;
        *at++ = (unsigned char)rest;
    }
    memcpy(at, value, len);
    return (size_t)(at - out) + len;
}

static void send_http2(struct stream *stream, uint32_t id, const char *path, const char *range)
{
    unsigned char block[2048] = {0x82, 0x87}; /* :method GET, :scheme https */
    size_t len = 2;
    if (strlen(path) > sizeof(block) - 256)
        die("the path is too long");
    len += put_field(block + len, 1, "127.0.0.1"); /* :authority */
    len += put_field(block + len, 4, path);        /* :path */
    len += put_field(block + len, 50, range);      /* range */
    send_frame(stream, FRAME_HEADERS, FLAG_END_STREAM | FLAG_END_HEADERS, id, block, len);
}

/* Leaves the input at the first byte of the body, and returns what is left of its frame. */
static struct frame await_http2(struct stream *stream)
{
    for (;;) {
        struct frame frame = read_frame_head(stream);
        if (frame.type == FRAME_DATA && frame.len > 0) {
            stream_await(stream);
            return frame;
        }
        if (frame.type == FRAME_HEADERS && frame.len > 0) {
            if (stream_read_byte(stream) != 0x8a) /* :status 206, entry 10 of the static table */
                die("the answer is not 206");
            frame.len--;
        }
        stream_skip(stream, frame.len);
    }
}

static void end_http2(struct stream *stream, struct frame frame)
{
    stream_skip(stream, frame.len);
    while (frame.type != FRAME_DATA || (frame.flags & FLAG_END_STREAM) == 0) {
        frame = read_frame_head(stream);
        stream_skip(stream, frame.len);
    }
}

/* --- A connection, and requests on it -----------------------------------------------------------
 */

static void dial(struct probe *probe)
{
    stream_open(&probe->stream, probe->port, probe->tls, probe->is_http2 ? "h2" : "http/1.1");
    probe->requests = 0;
    if (probe->is_http2)
        begin_http2(&probe->stream);
}

static int64_t ask(struct probe *probe)
{
    char range[64];
    struct frame frame = {0};
    uint64_t random = (uint64_t)rand() << 31 | (uint64_t)rand();
    uint64_t first = random % (probe->file_bytes - probe->range_bytes + 1);
    snprintf(range, sizeof(range), "bytes=%ju-%ju", (uintmax_t)first,
             (uintmax_t)(first + probe->range_bytes - 1));
    int64_t begin_ns = now_ns();
    if (probe->is_http2) {
        send_http2(&probe->stream, 2 * probe->requests + 1, probe->path, range);
        frame = await_http2(&probe->stream);
    } else {
        send_http1(&probe->stream, probe->path, range);
        await_http1(&probe->stream);
    }
    int64_t took_ns = now_ns() - begin_ns;
    probe->requests++;
    if (probe->range_bytes > READ_TO_END_MAX_BYTES || probe->requests == REQUESTS_PER_CONNECTION)
        stream_close(&probe->stream);
    else if (probe->is_http2)
        end_http2(&probe->stream, frame);
    else
        stream_skip(&probe->stream, probe->range_bytes);
    return took_ns;
}

static void run(struct probe *probe, double seconds, unsigned every_ms)
{
    int64_t begin_ns = now_ns();
    int64_t end_ns = begin_ns + (int64_t)(seconds * 1e9);
    for (int64_t due_ns = begin_ns; due_ns < end_ns; due_ns += (int64_t)every_ms * 1000000) {
        int64_t now = now_ns();
        if (due_ns > now) {
            int64_t wait = due_ns - now;
            struct timespec pause = {.tv_sec = wait / 1000000000, .tv_nsec = wait % 1000000000};
            nanosleep(&pause, NULL);
        } else {
            due_ns = now;
        }
        if (probe->stream.fd < 0)
            dial(probe);
        printf("%.1f\n", (double)ask(probe) / 1000);
    }
}

int main(int argc, char **argv)
{
    struct sched_param priority = {.sched_priority = 1};
    struct probe *probe = calloc(1, sizeof(*probe));
    if (argc != 8 || probe == NULL)
        die("h1|h1s|h2 PORT PATH FILE_SIZE RANGE_SIZE SECONDS EVERY_MS");
    probe->is_http2 = strcmp(argv[1], "h2") == 0;
    probe->port = (uint16_t)atoi(argv[2]);
    probe->path = argv[3];
    probe->file_bytes = strtoull(argv[4], NULL, 10);
    probe->range_bytes = strtoull(argv[5], NULL, 10);
    if (strcmp(argv[1], "h1") != 0 && (probe->tls = SSL_CTX_new(TLS_client_method())) == NULL)
        die("cannot set up TLS");
    probe->stream.fd = -1;
    if (probe->range_bytes == 0 || probe->range_bytes > probe->file_bytes)
        die("wants a range that fits into the file");
    signal(SIGPIPE, SIG_IGN);
    srand((unsigned)(now_ns() ^ getpid()));
    if (sched_setscheduler(0, SCHED_FIFO, &priority) != 0)
        fprintf(stderr, "ttfb: no real-time priority: it counts the wait for its own turn, too\n");
    run(probe, strtod(argv[6], NULL), (unsigned)atoi(argv[7]));
    if (probe->stream.fd >= 0)
        stream_close(&probe->stream);
    SSL_CTX_free(probe->tls);
    free(probe);
    return 0;
}
