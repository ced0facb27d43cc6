/*
 * A connection to a server on 127.0.0.1, with or without TLS, that blocks; for programs that
 * measure. Whatever fails ends the program: a measurement with a hole in it is none.
 */
#ifndef SEGUE_TESTS_BENCH_STREAM_H
#define SEGUE_TESTS_BENCH_STREAM_H

#include <stddef.h>
#include <stdint.h>

struct ssl_ctx_st;
struct ssl_st;

struct stream {
    int fd;             /* -1 when there is no connection */
    struct ssl_st *ssl; /* NULL without TLS */
    unsigned char input[65536];
    size_t input_begin, input_end;
};

/* Prints why, and exits with 1. */
_Noreturn void die(const char *what);

/* Connects; with `tls`, shakes hands and offers the one protocol `alpn` (RFC 7301), such as "h2".
 */
void stream_open(struct stream *stream, uint16_t port, struct ssl_ctx_st *tls, const char *alpn);
void stream_close(struct stream *stream);

void stream_write(struct stream *stream, const void *bytes, size_t len);

/* Waits until there is something to read. */
void stream_await(struct stream *stream);
unsigned char stream_read_byte(struct stream *stream);
void stream_skip(struct stream *stream, uint64_t len);

#endif
