#include "stream.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define PATIENCE_S 20

void die(const char *what)
{
    fprintf(stderr, "ttfb: %s\n", what);
    exit(1);
}

static void secure(struct stream *stream, SSL_CTX *tls, const char *alpn)
{
    unsigned char offer[16];
    size_t len = strlen(alpn);
    offer[0] = (unsigned char)len;
    memcpy(offer + 1, alpn, len);
    stream->ssl = SSL_new(tls);
    if (stream->ssl == NULL || SSL_set_fd(stream->ssl, stream->fd) != 1 ||
        SSL_set_alpn_protos(stream->ssl, offer, (unsigned)len + 1) != 0 ||
        SSL_connect(stream->ssl) != 1)
        die("no TLS connection");
}

void stream_open(struct stream *stream, uint16_t port, SSL_CTX *tls, const char *alpn)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval patience = {.tv_sec = PATIENCE_S};
    int on = 1;
    stream->input_begin = stream->input_end = 0;
    stream->ssl = NULL;
    stream->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(stream->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    setsockopt(stream->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    if (connect(stream->fd, (struct sockaddr *)&address, sizeof(address)) != 0)
        die("cannot connect");
    if (tls != NULL)
        secure(stream, tls, alpn);
}

void stream_close(struct stream *stream)
{
    SSL_free(stream->ssl);
    close(stream->fd);
    stream->ssl = NULL;
    stream->fd = -1;
}

void stream_write(struct stream *stream, const void *bytes, size_t len)
{
    const char *at = bytes;
    while (len > 0) {
        ssize_t n = stream->ssl != NULL ? SSL_write(stream->ssl, at, (int)len)
                                        : send(stream->fd, at, len, MSG_NOSIGNAL);
        if (n <= 0)
            die("cannot write");
        at += n;
        len -= (size_t)n;
    }
}

void stream_await(struct stream *stream)
{
    if (stream->input_begin < stream->input_end)
        return;
    ssize_t n = stream->ssl != NULL ? SSL_read(stream->ssl, stream->input, sizeof(stream->input))
                                    : recv(stream->fd, stream->input, sizeof(stream->input), 0);
    if (n <= 0)
        die("the server closed, or said nothing for too long");
    stream->input_begin = 0;
    stream->input_end = (size_t)n;
}

unsigned char stream_read_byte(struct stream *stream)
{
    stream_await(stream);
    return stream->input[stream->input_begin++];
}

void stream_skip(struct stream *stream, uint64_t len)
{
    while (len > 0) {
        stream_await(stream);
        size_t there = stream->input_end - stream->input_begin;
        size_t n = len < there ? (size_t)len : there;
        stream->input_begin += n;
        len -= n;
    }
}
