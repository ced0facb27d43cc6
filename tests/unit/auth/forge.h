#ifndef FORGE_H
#define FORGE_H

#include "auth/key_set.h"
#include "forge_keys.h"

/*
 * Tokens that no honest library makes: any header, any payload, validly signed all the same. Built
 * on OpenSSL alone, so that neither libjwt nor our own code mends what a test wants broken.
 */

/* The key pair published in RFC 9246, appendix A, and a shared secret called "shared". */
#define FORGE_EC_KID "P5UpOv0eMq1wcxLf7WxIg09JdSYGYFDOWkldueaImf0"
#define FORGE_SECRET_KID "shared"
#define FORGE_EC_PUBLIC                                                                            \
    "\"kty\":\"EC\",\"crv\":\"P-256\",\"alg\":\"ES256\",\"use\":\"sig\","                          \
    "\"kid\":\"" FORGE_EC_KID "\",\"x\":\"be807S4O7dzB6I4hTiCUvmxCI6FuxWba1xYBlLSSsZ8\","          \
    "\"y\":\"rOGC4vI69g-WF9AGEVI37sNNwbjIzBxSjLvIL7f3RBA\""
#define FORGE_PUBLIC_JWKS "{\"keys\":[{" FORGE_EC_PUBLIC "}]}"
#define FORGE_JWKS                                                                                 \
    "{\"keys\":[{" FORGE_EC_PUBLIC ",\"d\":\"yaowezrCLTU6yIwUL5RQw67cHgvZeMTLVZXjUGb1A1M\"},"      \
    "{\"kty\":\"oct\",\"alg\":\"HS256\",\"kid\":\"" FORGE_SECRET_KID "\","                         \
    "\"k\":\"hFHF4CeBuRsvbDL_Pq6JUNO4HM2Qd2n4nc5WYuH7CrE\"}]}"

#define FORGE_EC_HEADER "{\"alg\":\"ES256\",\"kid\":\"" FORGE_EC_KID "\"}"
#define FORGE_SECRET_HEADER "{\"alg\":\"HS256\",\"kid\":\"" FORGE_SECRET_KID "\"}"

/* Appends base64url of the parts with a dot between them. */
void forge_unsigned(struct span header, struct span payload, struct byte_buffer *token);

/* Appends a dot and `signature` in base64url. */
void forge_attach(struct span signature, struct byte_buffer *token);

/* The public half of a key as PEM text, owned by the caller. */
char *forge_public_pem(const char *private_pem);

/* Signs what is in `token` as it stands and appends dot and signature. */
void forge_sign_es256(const char *private_pem, struct byte_buffer *token);
void forge_sign_hs256(struct span secret, struct byte_buffer *token);

#endif
