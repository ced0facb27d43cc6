#include "auth/jwk.h"

#include "auth/jansson/strict_json.h"

#include <stdlib.h>

static enum status get_text(const json_t *key, size_t position, const char *name, const char **text,
                            struct fault *fault)
{
    const json_t *value = json_object_get(key, name);
    *text = json_string_value(value);
    if (value != NULL && *text == NULL)
        return fault_raise(fault, STATUS_INVALID, "key %zu: \"%s\" must be a string", position,
                           name);
    return STATUS_OK;
}

static enum status read_key(const json_t *key, size_t position, struct jwk *jwk,
                            struct fault *fault)
{
    if (!json_is_object(key))
        return fault_raise(fault, STATUS_INVALID, "key %zu: must be a JSON object", position);
    const struct {
        const char *name;
        const char **text;
    } members[] = {
        {"kty", &jwk->type}, {"crv", &jwk->curve}, {"alg", &jwk->algorithm},
        {"use", &jwk->use},  {"kid", &jwk->kid},   {"k", &jwk->secret},
    };
    enum status status = STATUS_OK;
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]) && status == STATUS_OK; i++)
        status = get_text(key, position, members[i].name, members[i].text, fault);
    for (enum key_number i = 0; i < KEY_NUMBER_COUNT && status == STATUS_OK; i++)
        status = get_text(key, position, key_number_name(i), &jwk->numbers[i], fault);
    return status;
}

/* jansson frees strings without clearing them, and hands them out as const. */
static void wipe_member(const json_t *key, const char *name)
{
    const json_t *value = json_object_get(key, name);
    if (json_is_string(value))
        explicit_bzero((void *)(uintptr_t)json_string_value(value), json_string_length(value));
}

static void wipe_key(const json_t *key)
{
    for (enum key_number i = KEY_NUMBER_D; i < KEY_NUMBER_COUNT; i++)
        wipe_member(key, key_number_name(i));
    wipe_member(key, "k");
}

static void free_document(json_t *root)
{
    size_t i;
    json_t *key;
    json_array_foreach(json_object_get(root, "keys"), i, key)
    {
        wipe_key(key);
    }
    json_decref(root);
}

/* Returns the document owned, with an array called "keys". */
static enum status parse_set(struct span json, json_t **root, struct fault *fault)
{
    *root = strict_json_object(json);
    if (*root == NULL)
        return fault_raise(fault, STATUS_INVALID,
                           "not one JSON object, or one with a doubled member");
    if (json_is_array(json_object_get(*root, "keys")))
        return STATUS_OK;
    free_document(*root);
    *root = NULL;
    return fault_raise(fault, STATUS_INVALID, "a JWKS document has an array called \"keys\"");
}

enum status jwk_read_set(struct span json, jwk_visitor visitor, void *context, struct fault *fault)
{
    json_t *root;
    enum status status = parse_set(json, &root, fault);
    if (status != STATUS_OK)
        return status;
    size_t i;
    json_t *key;
    json_array_foreach(json_object_get(root, "keys"), i, key)
    {
        struct jwk jwk = {0};
        status = read_key(key, i, &jwk, fault);
        if (status == STATUS_OK)
            status = visitor(context, i, &jwk, fault);
        if (status != STATUS_OK)
            break;
    }
    free_document(root);
    return status;
}

static bool has_kid(const json_t *keys, const char *kid)
{
    size_t i;
    json_t *key;
    json_array_foreach(keys, i, key)
    {
        const char *other = json_string_value(json_object_get(key, "kid"));
        if (other != NULL && strcmp(other, kid) == 0)
            return true;
    }
    return false;
}

/* Measured first, so that no buffer grows and leaves a copy of the secrets behind. */
static void put_document(const json_t *root, struct byte_buffer *out)
{
    size_t len = json_dumpb(root, NULL, 0, JSON_INDENT(2));
    size_t start = out->len;
    byte_buffer_put_zeros(out, len + 1);
    if (len == 0 || json_dumpb(root, (char *)out->base + start, len, JSON_INDENT(2)) != len)
        abort();
    out->base[start + len] = '\n';
}

enum status jwk_append(struct span json, struct span jwk, struct byte_buffer *out,
                       struct fault *fault)
{
    json_t *root = NULL;
    json_t *key = strict_json_object(jwk);
    const char *kid = json_string_value(json_object_get(key, "kid"));
    struct span empty = span_of_string("{\"keys\":[]}");
    enum status status;
    if (kid == NULL) {
        status = fault_raise(fault, STATUS_INVALID, "a key to add must be a JWK with a \"kid\"");
        goto done;
    }
    status = parse_set(json.len > 0 ? json : empty, &root, fault);
    if (status != STATUS_OK)
        goto done;
    json_t *keys = json_object_get(root, "keys");
    if (has_kid(keys, kid)) {
        status = fault_raise(fault, STATUS_INVALID,
                             "there is a key %s already: choose another --kid", kid);
        goto done;
    }
    if (json_array_append(keys, key) != 0)
        abort();
    put_document(root, out);

done:
    wipe_key(key);
    json_decref(key);
    if (root != NULL)
        free_document(root);
    return status;
}
