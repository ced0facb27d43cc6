#ifndef TOKEN_CLAIMS_H
#define TOKEN_CLAIMS_H

#include "base/span.h"
#include "base/status.h"

/*
 * The claims of a token (RFC 7519 4, RFC 9246 2.1), each with its type checked, none of them
 * judged. A claim of the wrong type is told apart from an absent one, because an absent claim often
 * allows what a broken one must not.
 */
enum claim_state {
    CLAIM_ABSENT = 0,
    CLAIM_PRESENT,
    CLAIM_WRONG_TYPE,
};

struct claim_text {
    enum claim_state state;
    struct span value; /* UTF-8 without NUL, owned by the claims; when present */
};

/* An integer, written as one: NumericDates with a fraction or an exponent are refused, which RFC
 * 7519 lets an issuer write and none needs. */
struct claim_integer {
    enum claim_state state;
    int64_t value; /* when present */
};

struct token_claims {
    struct claim_text issuer;           /* iss */
    struct claim_text subject;          /* sub */
    enum claim_state audience;          /* aud: a string or an array of strings */
    struct claim_integer expires_s;     /* exp, in seconds since 1970 as all times here */
    struct claim_integer not_before_s;  /* nbf */
    struct claim_integer issued_s;      /* iat */
    struct claim_text token_id;         /* jti */
    struct claim_integer version;       /* cdniv */
    struct claim_text critical;         /* cdnicrit */
    struct claim_text client_ip;        /* cdniip */
    struct claim_text uri_container;    /* cdniuc */
    struct claim_integer renewal_s;     /* cdniets */
    struct claim_integer transport;     /* cdnistt */
    struct claim_integer renewal_depth; /* cdnistd */
    void *document;                     /* what the texts point into */
};

/* Times are at most this: 2^53, the last integer that every JSON parser reads alike. */
#define CLAIM_TIME_MAX (INT64_C(1) << 53)

/* Parses the decoded payload. STATUS_INVALID unless it is one JSON object in valid UTF-8, nested at
 * most 8 deep, with no doubled member anywhere and nothing after it. `claims` must be disposed of
 * either way. */
MUST_CHECK enum status token_claims_parse(struct span json, struct token_claims *claims);

/* Whether aud, which is present, names `identity`: RFC 7519 4.1.3, byte for byte. */
bool token_claims_are_for(const struct token_claims *claims, const char *identity);

/* Whether there is a claim called `name`, of any type. */
bool token_claims_have(const struct token_claims *claims, const char *name);

void token_claims_dispose(struct token_claims *claims);

#endif
