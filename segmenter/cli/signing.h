#ifndef SIGNING_H
#define SIGNING_H

#include "auth/mint.h"

/*
 * What `segue token` and `segue url` share: the key that signs, and what the token says.
 */
struct signing_options {
    const char *store_path; /* as given; NULL: the default */
    const char *keys_path;  /* as given; NULL: keys.json in the store */
    const char *kid;        /* NULL: the newest key that can sign */
    const char *issuer;     /* NULL: none */
    const char *client_ip;  /* an address or a prefix; NULL: any */
    uint64_t ttl_s;         /* how long the token is good */
    int64_t not_before_s;   /* seconds since 1970; 0: from now on */
};

#define SIGNING_DEFAULT_TTL_S (UINT64_C(6) * 3600)

/* What --ttl takes, see struct command_option; `ttl_s` is a uint64_t *. */
#define SIGNING_TTL "a time above 0 such as 90s, 15m, 6h or 7d"
bool signing_parse_ttl(const char *text, void *ttl_s);

/* A token and what is in it. */
struct signed_token {
    struct byte_buffer text;
    struct byte_buffer client_ip; /* encrypted and NUL-terminated; empty: none */
    char *kid;                    /* owned */
    const char *algorithm;        /* static */
    struct mint_claims claims;    /* its strings are borrowed from whoever asked, or from above */
};

/* Signs a token for `container`, a NUL-terminated cdniuc, that is good for options->ttl_s from
 * `now_s`, or from when it becomes valid if that is later. `token` must be empty ({0}) and must be
 * disposed of either way. STATUS_NOT_FOUND without a key file or such a key, or one that encrypts
 * where it takes one, STATUS_REFUSED when the key cannot sign, STATUS_INVALID when the container is
 * refused. */
MUST_CHECK enum status signing_make_token(const struct signing_options *options,
                                          const char *container, int64_t now_s,
                                          struct signed_token *token, struct fault *fault);

void signed_token_dispose(struct signed_token *token);

/* The container for all of a title; returned owned and NUL-terminated, to be freed. */
char *signing_title_container(const char *title);

#endif
