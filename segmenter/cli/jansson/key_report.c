#include "segmenter/cli/jansson/key_report.h"

#include <jansson.h>
#include <stdlib.h>

/* The building functions of jansson fail only when memory is gone, or on text that is no UTF-8;
 * key ids come from JSON, and the other texts have passed through a token. */
static void set(json_t *object, const char *name, json_t *value)
{
    if (json_object_set_new(object, name, value) != 0)
        abort();
}

/* Takes `value`. */
static void print(FILE *out, json_t *value)
{
    json_dumpf(value, out, JSON_INDENT(2));
    fputc('\n', out);
    json_decref(value);
}

void key_report_keys(FILE *out, const struct key_set *key_set)
{
    json_t *list = json_array();
    for (size_t i = 0; i < key_set->count; i++) {
        const struct key *key = &key_set->keys[i];
        json_t *value = json_object();
        set(value, "kid", json_string(key->kid));
        set(value, "alg", json_string(key_algorithm_name(key->algorithm)));
        set(value, "can_sign", json_boolean(key_can_sign(key)));
        json_array_append_new(list, value);
    }
    for (size_t i = 0; i < key_set->content_key_count; i++) {
        const struct content_key *key = &key_set->content_keys[i];
        json_t *value = json_object();
        set(value, "kid", json_string(key->kid));
        set(value, "alg", json_string(content_key_algorithm(key)));
        set(value, "can_sign", json_false());
        json_array_append_new(list, value);
    }
    print(out, list);
}

static void set_validity(json_t *object, const struct signed_token *token)
{
    const struct mint_claims *claims = &token->claims;
    set(object, "kid", json_string(token->kid));
    set(object, "alg", json_string(token->algorithm));
    if (claims->issuer != NULL)
        set(object, "iss", json_string(claims->issuer));
    if (claims->not_before_s != 0)
        set(object, "nbf", json_integer(claims->not_before_s));
    set(object, "exp", json_integer(claims->expires_s));
    set(object, "cdniuc", json_string(claims->uri_container));
    if (claims->client_ip != NULL)
        set(object, "cdniip", json_string(claims->client_ip));
}

void key_report_token(FILE *out, const struct signed_token *token)
{
    json_t *value = json_object();
    set(value, "token", json_stringn((const char *)token->text.base, token->text.len));
    set_validity(value, token);
    print(out, value);
}

void key_report_url(FILE *out, const char *url, const struct signed_token *token)
{
    json_t *value = json_object();
    set(value, "url", json_string(url));
    set_validity(value, token);
    print(out, value);
}
