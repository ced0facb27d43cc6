#include "auth/token_signature.h"

#include "auth/openssl/error_queue.h"

#include <stdlib.h>

#include <jwt.h>

static jwt_alg_t jwt_algorithm(enum key_algorithm algorithm)
{
    return algorithm == KEY_ES256 ? JWT_ALG_ES256 : JWT_ALG_HS256;
}

static struct span signing_part(const struct key *key)
{
    if (key->algorithm == KEY_ES256)
        return span_of_string(key->private_pem);
    return span_of(key->secret, key->secret_len);
}

static bool add_claims(jwt_t *jwt, const struct mint_claims *claims)
{
    if (jwt_add_grant(jwt, "cdniuc", claims->uri_container) != 0 ||
        jwt_add_grant_int(jwt, "exp", (long)claims->expires_s) != 0)
        return false;
    if (claims->not_before_s != 0 && jwt_add_grant_int(jwt, "nbf", (long)claims->not_before_s) != 0)
        return false;
    return claims->issuer == NULL || jwt_add_grant(jwt, "iss", claims->issuer) == 0;
}

enum status token_signature_make(const struct key *key, const struct mint_claims *claims,
                                 struct byte_buffer *token, struct fault *fault)
{
    struct span part = signing_part(key);
    jwt_t *jwt = NULL;
    char *text = NULL;
    if (jwt_new(&jwt) != 0)
        abort();
    if (jwt_add_header(jwt, "kid", key->kid) == 0 && add_claims(jwt, claims) &&
        jwt_set_alg(jwt, jwt_algorithm(key->algorithm), part.base, (int)part.len) == 0)
        text = jwt_encode_str(jwt);
    jwt_free(jwt);
    error_queue_clear();
    if (text == NULL)
        return fault_raise(fault, STATUS_INVALID,
                           "libjwt could not sign with key %s: the issuer must be UTF-8", key->kid);
    byte_buffer_put(token, span_of_string(text));
    free(text);
    return STATUS_OK;
}
