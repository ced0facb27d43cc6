#include "auth/token_text.h"

#include <jansson.h>

#include <stdlib.h>

static void require(bool success)
{
    if (!success)
        abort();
}

static void put_object(json_t *object, struct byte_buffer *json)
{
    size_t len = json_dumpb(object, NULL, 0, JSON_COMPACT);
    size_t start = json->len;
    byte_buffer_put_zeros(json, len);
    require(len > 0 && json_dumpb(object, (char *)json->base + start, len, JSON_COMPACT) == len);
    json_decref(object);
}

void token_text_put_header(const struct key *key, struct byte_buffer *json)
{
    /* A key's id was read from JSON, so it is UTF-8. */
    json_t *header =
        json_pack("{s:s, s:s}", "alg", key_algorithm_name(key->algorithm), "kid", key->kid);
    require(header != NULL);
    put_object(header, json);
}

static enum status set_text(json_t *payload, const char *name, const char *text,
                            struct fault *fault)
{
    if (text == NULL || json_object_set_new(payload, name, json_string(text)) == 0)
        return STATUS_OK;
    return fault_raise(fault, STATUS_INVALID, "the claim %s must be UTF-8", name);
}

static void set_integer(json_t *payload, const char *name, int64_t value)
{
    require(json_object_set_new(payload, name, json_integer(value)) == 0);
}

enum status token_text_put_payload(const struct mint_claims *claims, struct byte_buffer *json,
                                   struct fault *fault)
{
    json_t *payload = json_object();
    require(payload != NULL);
    enum status status = set_text(payload, "iss", claims->issuer, fault);
    if (status == STATUS_OK)
        status = set_text(payload, "cdniuc", claims->uri_container, fault);
    if (status == STATUS_OK)
        status = set_text(payload, "cdniip", claims->client_ip, fault);
    if (status != STATUS_OK) {
        json_decref(payload);
        return status;
    }
    set_integer(payload, "exp", claims->expires_s);
    if (claims->not_before_s != 0)
        set_integer(payload, "nbf", claims->not_before_s);
    put_object(payload, json);
    return STATUS_OK;
}
