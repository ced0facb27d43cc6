#ifndef JUDGE_H
#define JUDGE_H

#include "auth/mint.h"
#include "auth/policy.h"

/*
 * What the tests of the policy share: one token that is good for one URI at one time, from which
 * each test departs, and the keys that sign it. The key set of FORGE_JWKS is the cmocka state.
 */

#define NOW 1000
#define URI "http://cdni.example/foo/bar"
#define CONTAINER "\"cdniuc\":\"regex:http://cdni\\\\.example/foo/bar\""
#define GOOD_PAYLOAD "{\"exp\":1001," CONTAINER "}"

/* Set-up and tear-down of a group: `*state` is a struct key_set in between. */
int judge_load_keys(void **state);
int judge_free_keys(void **state);

/* The two keys of FORGE_JWKS, borrowed from `keys`. */
const struct key *judge_ec_key(const struct key_set *keys);
const struct key *judge_secret_key(const struct key_set *keys);

/* Appends a token signed by the EC key, whatever `header` claims. */
void judge_put_es256(const char *header, struct span payload, struct byte_buffer *token);

/* The code of the verdict; every verdict must also have a reason. */
enum verification_code judge(const struct policy *policy, struct span token, const char *uri,
                             int64_t now_s);

/* The same for a request from the address `client`. */
enum verification_code judge_from(const struct policy *policy, struct span token, const char *uri,
                                  int64_t now_s, const char *client);

/* For URI at NOW, by a policy that has nothing but `keys`. */
enum verification_code judge_simply(const struct key_set *keys, struct span token);

/* As judge_simply, of a token that is good but for its payload. */
enum verification_code judge_payload(const struct key_set *keys, struct span payload);

#endif
