/*
 * What an attacker reaches of a token before any signature has been verified, and, since a signer
 * need not be a friend, what lies behind it: the form, the header, the claims and the URI container
 * on arbitrary bytes. The input is tried as a token, as a header and as a payload; a token that
 * nobody signed must never be allowed.
 */
#include <stdlib.h>

#include "auth/compact_form.h"
#include "auth/critical_claims.h"
#include "auth/policy.h"
#include "auth/token_claims.h"
#include "auth/token_header.h"
#include "auth/uri_container.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void try_header(struct span json)
{
    struct token_header header;
    if (token_header_parse(json, &header) == STATUS_OK)
        require(header.algorithm != NULL && header.kid != NULL);
    else
        require(header.algorithm == NULL && header.kid == NULL);
    token_header_dispose(&header);
}

static const char *const understood[] = {"a", "b", NULL};

static void try_claims(struct span json)
{
    struct token_claims claims;
    if (token_claims_parse(json, &claims) == STATUS_OK) {
        if (critical_claims_are_understood(&claims, understood))
            require(claims.critical.state != CLAIM_WRONG_TYPE);
        if (token_claims_are_for(&claims, "us"))
            require(claims.audience != CLAIM_ABSENT);
        if (claims.expires_s.state == CLAIM_PRESENT)
            require(claims.expires_s.value >= 0 && claims.expires_s.value <= CLAIM_TIME_MAX);
        if (claims.uri_container.state == CLAIM_PRESENT) {
            struct span container = claims.uri_container.value;
            bool allows = uri_container_allows(container, span_of_string("http://h/v1/a/b"));
            require(!allows || uri_container_check(container, NULL) == STATUS_OK);
        }
    }
    token_claims_dispose(&claims);
}

/* A shared secret, since checking against it is quick; no fuzzer finds an HMAC. */
static const char key[] = "{\"keys\":[{\"kty\":\"oct\",\"alg\":\"HS256\",\"kid\":\"a\","
                          "\"k\":\"hFHF4CeBuRsvbDL_Pq6JUNO4HM2Qd2n4nc5WYuH7CrE\"}]}";

static void try_token(struct span token)
{
    struct compact_form form = {0};
    bool is_token = compact_form_parse(token, TOKEN_MAX_LEN, &form) == STATUS_OK;
    if (is_token) {
        try_header(byte_buffer_span(&form.header));
        try_claims(byte_buffer_span(&form.payload));
    }
    compact_form_dispose(&form);
    static struct key_set keys; /* made once */
    if (keys.count == 0)
        require(key_set_parse(span_of_string(key), &keys, NULL) == STATUS_OK);
    struct policy policy = {.keys = &keys};
    const struct request_facts facts = {.now_s = 0};
    require(policy_check(&policy, token, span_of_string("http://h/v1/a/b"), &facts, NULL).code ==
            VERIFICATION_SIGNATURE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span input = span_of(data, size);
    try_token(input);
    if (size <= TOKEN_MAX_LEN) {
        try_header(input);
        try_claims(input);
    }
    return 0;
}
