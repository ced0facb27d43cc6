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
    "\"k\":\"hFHF4CeBuRsvbDL_Pq6JUNO4HM2Qd2n4nc5WYuH7CrE\"}," FORGE_CONTENT_JWKS "]}"

#define FORGE_EC_HEADER "{\"alg\":\"ES256\",\"kid\":\"" FORGE_EC_KID "\"}"
#define FORGE_SECRET_HEADER "{\"alg\":\"HS256\",\"kid\":\"" FORGE_SECRET_KID "\"}"

/* The key of the same appendix that claims are encrypted with, one of 256 bits called "a256", and
 * the claims themselves: "UserToken" and "[2001:db8::1/32]". */
#define FORGE_CONTENT_KID "f-WbjxBC3dPuI3d24kP2hfvos7Qz688UTi6aB0hN998"
#define FORGE_CONTENT_JWKS                                                                         \
    "{\"kty\":\"oct\",\"alg\":\"A128GCM\",\"use\":\"enc\",\"kid\":\"" FORGE_CONTENT_KID "\","      \
    "\"k\":\"4uFxxV7fhNmrtiah2d1fFg\"},"                                                           \
    "{\"kty\":\"oct\",\"alg\":\"A256GCM\",\"kid\":\"a256\","                                       \
    "\"k\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\"}"
#define FORGE_JWE_HEADER                                                                           \
    "eyJlbmMiOiJBMTI4R0NNIiwiYWxnIjoiZGlyIiwia2lkIjoiZi1XYmp4QkMzZFB1STNkMjRrUDJoZnZvczdRejY4OFVU" \
    "a"                                                                                            \
    "TZhQjBoTjk5OCJ9"
#define FORGE_JWE_SUBJECT FORGE_JWE_HEADER "..CLAu80xclc8Bp-Ui.6P1A3F6ip2Dv.CohdtLLpgBnTvRJQCFuz-g"
#define FORGE_JWE_CLIENT                                                                           \
    FORGE_JWE_HEADER "..aUDDFEQBIc3nWjOb.bGXWTHPkntmPCKn0pPPNEQ.iyTttnFybO2YBLqwl_YSjA"

/* The key "a256" and a header that names it. */
extern const uint8_t forge_content_key[32];
#define FORGE_CONTENT_HEADER "{\"alg\":\"dir\",\"enc\":\"A256GCM\",\"kid\":\"a256\"}"

/* Appends `plaintext` encrypted by `key`, of 16 or 32 bytes, in the compact form of RFC 7516, under
 * `header`, whatever that claims. */
void forge_jwe(const char *header, struct span key, struct span plaintext, struct byte_buffer *jwe);

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
