#include "server/h2o/handshake.h"

#include <stdbool.h>

#include <h2o/http1.h>
#include <h2o/http2.h>

#include "server/h2o/guarded_read.h"

struct handshake {
    h2o_accept_ctx_t *accept;
    h2o_socket_t *socket;
    struct timeval connected_at;
    h2o_timeout_entry_t timeout;
};

static const char http2_preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

static void end(struct handshake *handshake)
{
    h2o_timeout_unlink(&handshake->timeout);
    handshake->socket->data = NULL;
    free(handshake);
}

static void close_socket(struct handshake *handshake)
{
    h2o_socket_t *socket = handshake->socket;
    end(handshake);
    h2o_socket_close(socket);
}

static void on_timeout(h2o_timeout_entry_t *entry)
{
    close_socket(H2O_STRUCT_FROM_MEMBER(struct handshake, timeout, entry));
}

static void speak_http1(struct handshake *handshake)
{
    h2o_socket_t *socket = handshake->socket;
    h2o_accept_ctx_t *accept = handshake->accept;
    struct timeval connected_at = handshake->connected_at;
    end(handshake);
    h2o_http1_accept(accept, socket, connected_at);
}

static void speak_http2(struct handshake *handshake)
{
    h2o_socket_t *socket = handshake->socket;
    h2o_accept_ctx_t *accept = handshake->accept;
    struct timeval connected_at = handshake->connected_at;
    end(handshake);
    guarded_read_start(accept, socket, connected_at);
}

static bool has_chosen_http2(h2o_socket_t *socket)
{
    h2o_iovec_t chosen = h2o_socket_ssl_get_selected_protocol(socket);
    for (const h2o_iovec_t *protocol = h2o_http2_alpn_protocols; protocol->len > 0; protocol++) {
        if (h2o_memis(chosen.base, chosen.len, protocol->base, protocol->len))
            return true;
    }
    return false;
}

static void on_tls_done(h2o_socket_t *socket, const char *error)
{
    struct handshake *handshake = socket->data;
    if (error != NULL)
        close_socket(handshake);
    else if (has_chosen_http2(socket))
        speak_http2(handshake);
    else
        speak_http1(handshake);
}

static void on_first_bytes(h2o_socket_t *socket, const char *error)
{
    struct handshake *handshake = socket->data;
    size_t preface_len = sizeof(http2_preface) - 1;
    size_t len = socket->input->size < preface_len ? socket->input->size : preface_len;
    if (error != NULL)
        close_socket(handshake);
    else if (memcmp(socket->input->bytes, http2_preface, len) != 0)
        speak_http1(handshake);
    else if (len == preface_len)
        speak_http2(handshake);
}

void handshake_start(h2o_accept_ctx_t *accept, h2o_socket_t *socket)
{
    struct handshake *handshake = h2o_mem_alloc(sizeof(*handshake));
    *handshake = (struct handshake){
        .accept = accept,
        .socket = socket,
        .connected_at = *h2o_get_timestamp(accept->ctx, NULL, NULL),
        .timeout = {.cb = on_timeout},
    };
    socket->data = handshake;
    h2o_timeout_link(accept->ctx->loop, &accept->ctx->handshake_timeout, &handshake->timeout);
    if (accept->ssl_ctx != NULL)
        h2o_socket_ssl_handshake(socket, accept->ssl_ctx, NULL, on_tls_done);
    else
        h2o_socket_read_start(socket, on_first_bytes);
}
