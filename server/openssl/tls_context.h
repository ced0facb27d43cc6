#ifndef TLS_CONTEXT_H
#define TLS_CONTEXT_H

#include "base/fault.h"

/*
 * What TLS connections are accepted with: TLS 1.2 and 1.3, ciphers with forward secrecy and
 * authenticated encryption, ALPN for HTTP/2 and HTTP/1.1.
 */
struct ssl_ctx_st; /* OpenSSL's SSL_CTX */

/* With a certificate chain and its private key in PEM files, or, when both are NULL, with a
 * self-signed certificate for localhost that is made now and lives in memory only. STATUS_INVALID
 * when the files do not hold what they should. Returns it owned. */
MUST_CHECK enum status tls_context_new(const char *cert_path, const char *key_path,
                                       struct ssl_ctx_st **context, struct fault *fault);

/* NULL is allowed. */
void tls_context_free(struct ssl_ctx_st *context);

#endif
