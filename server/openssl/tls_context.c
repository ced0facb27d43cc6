#include "server/openssl/tls_context.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdbool.h>

/* The protocols of ALPN (RFC 7301), the preferred one first, each with its length before it. */
static const unsigned char alpn_protocols[] = "\x02h2\x08http/1.1";

static const char tls12_ciphers[] = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
                                    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
                                    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

#define SELF_SIGNED_DAYS 30

static enum status fail(struct fault *fault, const char *what)
{
    char text[256] = "unknown error";
    unsigned long error = ERR_get_error();
    if (error != 0)
        ERR_error_string_n(error, text, sizeof(text));
    ERR_clear_error();
    return fault_raise(fault, STATUS_INVALID, "%s: %s", what, text);
}

/* For an option that names a file. */
static enum status fail_file(struct fault *fault, const char *option, const char *path,
                             const char *expected)
{
    unsigned long error = ERR_get_error();
    ERR_clear_error();
    if (ERR_SYSTEM_ERROR(error))
        return fault_raise_errno(fault, ERR_GET_REASON(error), "--%s %s", option, path);
    const char *reason = ERR_reason_error_string(error);
    return fault_raise(fault, STATUS_INVALID, "--%s %s: it is no %s (%s)", option, path, expected,
                       reason != NULL ? reason : "unknown error");
}

static bool is_mismatch(unsigned long error)
{
    int reason = ERR_GET_REASON(error);
    return ERR_GET_LIB(error) == ERR_LIB_X509 &&
           (reason == X509_R_KEY_VALUES_MISMATCH || reason == X509_R_KEY_TYPE_MISMATCH);
}

/* No passphrase, instead of a question on a terminal that a daemon may not have. */
static int give_no_passphrase(char *buffer, int size, int is_writing, void *context)
{
    (void)buffer;
    (void)size;
    (void)is_writing;
    (void)context;
    return -1;
}

static int select_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                           const unsigned char *in, unsigned in_len, void *context)
{
    (void)ssl;
    (void)context;
    unsigned char *selected;
    int result = SSL_select_next_proto(&selected, out_len, alpn_protocols,
                                       sizeof(alpn_protocols) - 1, in, in_len);
    if (result != OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_NOACK;
    *out = selected;
    return SSL_TLSEXT_ERR_OK;
}

static enum status use_files(SSL_CTX *context, const char *cert_path, const char *key_path,
                             struct fault *fault)
{
    SSL_CTX_set_default_passwd_cb(context, give_no_passphrase);
    if (SSL_CTX_use_certificate_chain_file(context, cert_path) != 1)
        return fail_file(fault, "cert", cert_path, "certificate chain in PEM");
    bool has_key = SSL_CTX_use_PrivateKey_file(context, key_path, SSL_FILETYPE_PEM) == 1;
    /* A key of another type is taken, for a certificate that may yet come. */
    if (has_key && SSL_CTX_check_private_key(context) == 1)
        return STATUS_OK;
    if (!has_key && !is_mismatch(ERR_peek_error()))
        return fail_file(fault, "key", key_path, "private key in PEM without a passphrase");
    ERR_clear_error();
    return fault_raise(fault, STATUS_INVALID,
                       "--key %s: it is not the key of the certificate in %s", key_path, cert_path);
}

static bool add_extension(X509 *certificate, int nid, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
    bool is_added = extension != NULL && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return is_added;
}

static bool fill_certificate(X509 *certificate, EVP_PKEY *key)
{
    uint64_t serial;
    X509_NAME *name = X509_get_subject_name(certificate);
    const unsigned char *host = (const unsigned char *)"localhost";
    return RAND_bytes((unsigned char *)&serial, sizeof(serial)) == 1 &&
           X509_set_version(certificate, X509_VERSION_3) == 1 &&
           ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1) == 1 &&
           X509_gmtime_adj(X509_getm_notBefore(certificate), -3600) != NULL &&
           X509_time_adj_ex(X509_getm_notAfter(certificate), SELF_SIGNED_DAYS, 0, NULL) != NULL &&
           X509_set_pubkey(certificate, key) == 1 &&
           X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, host, -1, -1, 0) == 1 &&
           X509_set_issuer_name(certificate, name) == 1 &&
           add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
           add_extension(certificate, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1") &&
           X509_sign(certificate, key, EVP_sha256()) > 0;
}

static enum status use_self_signed(SSL_CTX *context, struct fault *fault)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    bool is_made = key != NULL && certificate != NULL && fill_certificate(certificate, key) &&
                   SSL_CTX_use_certificate(context, certificate) == 1 &&
                   SSL_CTX_use_PrivateKey(context, key) == 1;
    X509_free(certificate);
    EVP_PKEY_free(key);
    return is_made ? STATUS_OK : fail(fault, "cannot make a self-signed certificate");
}

static bool set_parameters(SSL_CTX *context)
{
    static const unsigned char session_context[] = "segued";
    /* Renegotiation: the library above cannot do it, and nobody needs it. Tickets resume sessions
     * without a cache that all loops would lock. */
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                     SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_alpn_select_cb(context, select_protocol, NULL);
    return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
           SSL_CTX_set_cipher_list(context, tls12_ciphers) == 1 &&
           SSL_CTX_set_session_id_context(context, session_context, sizeof(session_context) - 1) ==
               1;
}

enum status tls_context_new(const char *cert_path, const char *key_path,
                            struct ssl_ctx_st **context, struct fault *fault)
{
    enum status status = STATUS_OK;
    SSL_CTX *made = SSL_CTX_new(TLS_server_method());
    if (made == NULL || !set_parameters(made))
        status = fail(fault, "cannot set up TLS");
    else if (cert_path != NULL)
        status = use_files(made, cert_path, key_path, fault);
    else
        status = use_self_signed(made, fault);
    if (status == STATUS_OK)
        *context = made;
    else
        SSL_CTX_free(made);
    return status;
}

void tls_context_free(struct ssl_ctx_st *context)
{
    SSL_CTX_free(context);
}
