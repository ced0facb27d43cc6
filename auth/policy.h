#ifndef POLICY_H
#define POLICY_H

#include "auth/key_set.h"
#include "auth/verdict_memory.h"

/*
 * The verdict on one request: token + URI + facts. The codes are RFC 9246's (6.4); HTTP knows only
 * allowed or 403.
 */
enum verification_code {
    VERIFICATION_NOT_PERFORMED = 0, /* public: no token is asked for */
    VERIFICATION_OK = 200,
    VERIFICATION_SIGNATURE = 400, /* also: no token, malformed token, unknown key */
    VERIFICATION_ISSUER = 401,
    VERIFICATION_SUBJECT = 402,
    VERIFICATION_AUDIENCE = 403,
    VERIFICATION_EXPIRED = 404,
    VERIFICATION_NOT_BEFORE = 405,
    VERIFICATION_RENEWAL = 406,
    VERIFICATION_REPLAY = 407,
    VERIFICATION_VERSION = 408,
    VERIFICATION_CRITICAL = 409,
    VERIFICATION_CLIENT_IP = 410,
    VERIFICATION_URI = 411,
    VERIFICATION_MALFORMED_URI = 500,
};

struct verdict {
    enum verification_code code;
    const char *reason; /* a few words for the log; static storage, nothing of the token in it */
};

static inline bool verdict_allows(struct verdict verdict)
{
    return verdict.code == VERIFICATION_OK || verdict.code == VERIFICATION_NOT_PERFORMED;
}

#define TOKEN_MAX_LEN 8192

struct policy {
    bool is_public;             /* serve without tokens */
    const struct key_set *keys; /* borrowed */
    const char *const *issuers; /* accepted `iss` values, borrowed; with none, any or no issuer */
    size_t issuer_count;
    struct span token_name; /* of the attribute and cookie, borrowed; empty: URI_TOKEN_ATTRIBUTE */
    const char *audience;   /* our name in `aud`, borrowed; NULL: none, and any `aud` refuses */
    struct verdict_memory *memory; /* borrowed; NULL: every token is verified every time */
};

/* What else decides about a request. */
struct request_facts {
    int64_t now_s;      /* seconds since 1970 */
    struct span client; /* its numeric IP address, borrowed; anything else: not known */
};

/* Judges `token` (empty when the request has none) for `uri`, the normalised URI without it. In
 * this order: form and size, header and key, signature, cdniv, cdnicrit, iss, aud, exp, nbf,
 * cdnistt with cdniets, jti, sub, cdniip, cdniuc. jti refuses: who plays a film sends one token
 * with hundreds of requests, so that seen before says nothing. What the policy's memory knows is
 * not verified again. *span is when the verdict holds for the same token, URI and client, set if it
 * allows; `span` may be NULL. Thread-safe. */
struct verdict policy_check(const struct policy *policy, struct span token, struct span uri,
                            const struct request_facts *facts, struct verdict_span *span);

#endif
