#include "segmenter/cli/signing.h"

#include <stdlib.h>

#include "auth/jwe.h"
#include "segmenter/cli/command.h"

static enum status choose_key(const struct key_set *set, const char *kid, const char *keys_path,
                              const struct key **key, struct fault *fault)
{
    *key = NULL;
    if (kid != NULL) {
        *key = key_set_find(set, span_of_string(kid));
        if (*key == NULL)
            return fault_raise(fault, STATUS_NOT_FOUND,
                               "no key %s in %s: 'segue key ls' lists those there are", kid,
                               keys_path);
        return STATUS_OK;
    }
    for (size_t i = set->count; i > 0 && *key == NULL; i--) {
        if (key_can_sign(&set->keys[i - 1]))
            *key = &set->keys[i - 1];
    }
    if (*key == NULL)
        return fault_raise(
            fault, STATUS_NOT_FOUND,
            "no key in %s can sign: 'segue key new' with the same --keys or --store adds one",
            keys_path);
    return STATUS_OK;
}

static struct mint_claims claims_of(const struct signing_options *options, const char *container,
                                    int64_t now_s)
{
    int64_t start_s = options->not_before_s > now_s ? options->not_before_s : now_s;
    return (struct mint_claims){
        .uri_container = container,
        .expires_s = start_s + (int64_t)options->ttl_s,
        .not_before_s = options->not_before_s,
        .issuer = options->issuer,
    };
}

/* By the newest key that can. */
static enum status encrypt_client(const struct key_set *set, const char *client_ip,
                                  const char *keys_path, struct byte_buffer *jwe,
                                  struct fault *fault)
{
    if (client_ip == NULL)
        return STATUS_OK;
    if (set->content_key_count == 0)
        return fault_raise(fault, STATUS_NOT_FOUND,
                           "no key in %s can encrypt: 'segue key new --alg A128GCM' with the same "
                           "--keys or --store adds one",
                           keys_path);
    jwe_encrypt(&set->content_keys[set->content_key_count - 1], span_of_string(client_ip), jwe);
    byte_buffer_put_u8(jwe, '\0');
    return STATUS_OK;
}

enum status signing_make_token(const struct signing_options *options, const char *container,
                               int64_t now_s, struct signed_token *token, struct fault *fault)
{
    char *keys_path = command_keys_path(options->keys_path, options->store_path);
    struct key_set set = {0};
    const struct key *key;
    token->claims = claims_of(options, container, now_s);
    enum status status = key_file_load(keys_path, &set, fault);
    if (status == STATUS_OK)
        status = choose_key(&set, options->kid, keys_path, &key, fault);
    if (status == STATUS_OK)
        status = encrypt_client(&set, options->client_ip, keys_path, &token->client_ip, fault);
    token->claims.client_ip = (const char *)token->client_ip.base;
    if (status == STATUS_OK)
        status = mint_token(key, &token->claims, &token->text, fault);
    if (status == STATUS_OK) {
        token->algorithm = key_algorithm_name(key->algorithm);
        token->kid = strdup(key->kid);
        if (token->kid == NULL)
            abort();
    }
    key_set_dispose(&set);
    free(keys_path);
    return status;
}

bool signing_parse_ttl(const char *text, void *ttl_s)
{
    return command_parse_duration(text, ttl_s) && *(uint64_t *)ttl_s > 0;
}

void signed_token_dispose(struct signed_token *token)
{
    byte_buffer_dispose(&token->text);
    byte_buffer_dispose(&token->client_ip);
    free(token->kid);
    *token = (struct signed_token){0};
}

char *signing_title_container(const char *title)
{
    struct byte_buffer container = {0};
    mint_title_container(span_of_string(title), &container);
    byte_buffer_put_u8(&container, '\0');
    return (char *)container.base;
}
