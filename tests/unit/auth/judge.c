#include "judge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "forge.h"

int judge_load_keys(void **state)
{
    struct key_set *keys = calloc(1, sizeof(*keys));
    struct fault fault = {0};
    if (keys == NULL || key_set_parse(span_of_string(FORGE_JWKS), keys, &fault) != STATUS_OK) {
        free(keys);
        return -1;
    }
    *state = keys;
    return 0;
}

int judge_free_keys(void **state)
{
    struct key_set *keys = *state;
    key_set_dispose(keys);
    free(keys);
    return 0;
}

const struct key *judge_ec_key(const struct key_set *keys)
{
    return key_set_find(keys, span_of_string(FORGE_EC_KID));
}

const struct key *judge_secret_key(const struct key_set *keys)
{
    return key_set_find(keys, span_of_string(FORGE_SECRET_KID));
}

void judge_put_es256(const char *header, struct span payload, struct byte_buffer *token)
{
    forge_unsigned(span_of_string(header), payload, token);
    forge_sign_es256(FORGE_EC_PEM, token);
}

/* On exact-size copies, so that a sanitizer sees a read of one byte too many. */
enum verification_code judge_from(const struct policy *policy, struct span token, const char *uri,
                                  int64_t now_s, const char *client)
{
    const struct request_facts facts = {.now_s = now_s, .client = span_of_string(client)};
    size_t uri_len = strlen(uri);
    uint8_t *token_copy = malloc(token.len + (token.len == 0));
    uint8_t *uri_copy = malloc(uri_len);
    assert_true(token_copy != NULL && uri_copy != NULL);
    if (token.len > 0)
        memcpy(token_copy, token.base, token.len);
    memcpy(uri_copy, uri, uri_len);
    struct verdict verdict = policy_check(policy, span_of(token_copy, token.len),
                                          span_of(uri_copy, uri_len), &facts, NULL);
    free(token_copy);
    free(uri_copy);
    assert_non_null(verdict.reason);
    return verdict.code;
}

enum verification_code judge(const struct policy *policy, struct span token, const char *uri,
                             int64_t now_s)
{
    return judge_from(policy, token, uri, now_s, "");
}

enum verification_code judge_simply(const struct key_set *keys, struct span token)
{
    struct policy policy = {.keys = keys};
    return judge(&policy, token, URI, NOW);
}

enum verification_code judge_payload(const struct key_set *keys, struct span payload)
{
    struct byte_buffer token = {0};
    judge_put_es256(FORGE_EC_HEADER, payload, &token);
    enum verification_code code = judge_simply(keys, byte_buffer_span(&token));
    byte_buffer_dispose(&token);
    return code;
}
