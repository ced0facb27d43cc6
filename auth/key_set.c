#include "auth/key_set.h"

#include <stdlib.h>

void key_set_dispose(struct key_set *set)
{
    for (size_t i = 0; i < set->count; i++)
        key_dispose(&set->keys[i]);
    for (size_t i = 0; i < set->content_key_count; i++)
        content_key_dispose(&set->content_keys[i]);
    free(set->keys);
    free(set->content_keys);
    *set = (struct key_set){0};
}

const struct key *key_set_find(const struct key_set *set, struct span kid)
{
    for (size_t i = 0; i < set->count; i++) {
        if (span_is(kid, set->keys[i].kid))
            return &set->keys[i];
    }
    return NULL;
}

const struct content_key *key_set_find_content_key(const struct key_set *set, struct span kid)
{
    for (size_t i = 0; i < set->content_key_count; i++) {
        if (span_is(kid, set->content_keys[i].kid))
            return &set->content_keys[i];
    }
    return NULL;
}

bool key_set_has_secrets(const struct key_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        if (key_can_sign(&set->keys[i]))
            return true;
    }
    return set->content_key_count > 0;
}

/* An id names one key, of whatever kind. */
static enum status check_new(const struct key_set *set, const char *kid, struct fault *fault)
{
    struct span id = span_of_string(kid);
    if (key_set_find(set, id) != NULL || key_set_find_content_key(set, id) != NULL)
        return fault_raise(fault, STATUS_INVALID, "an earlier key has the same \"kid\"");
    return STATUS_OK;
}

/* Makes room for one more. */
static void *grow(void *keys, size_t count, size_t size)
{
    void *grown = reallocarray(keys, count + 1, size);
    if (grown == NULL)
        abort();
    return grown;
}

/* Adds the key if it is one that signs or verifies. */
static enum status add_key(struct key_set *set, const struct jwk *jwk, struct fault *fault)
{
    struct key key = {0};
    bool is_ours;
    enum status status = key_read(jwk, &key, &is_ours, fault);
    if (status == STATUS_OK && is_ours)
        status = check_new(set, key.kid, fault);
    if (status == STATUS_OK && is_ours) {
        set->keys = grow(set->keys, set->count, sizeof(key));
        set->keys[set->count++] = key;
    } else {
        key_dispose(&key);
    }
    return status;
}

/* Adds the key if it is one that encrypts. */
static enum status add_content_key(struct key_set *set, const struct jwk *jwk, struct fault *fault)
{
    struct content_key key = {0};
    bool is_ours;
    enum status status = content_key_read(jwk, &key, &is_ours, fault);
    if (status == STATUS_OK && is_ours)
        status = check_new(set, key.kid, fault);
    if (status == STATUS_OK && is_ours) {
        set->content_keys = grow(set->content_keys, set->content_key_count, sizeof(key));
        set->content_keys[set->content_key_count++] = key;
    } else {
        content_key_dispose(&key);
    }
    return status;
}

static enum status visit(void *context, size_t position, const struct jwk *jwk, struct fault *fault)
{
    struct fault cause = {0};
    if (position >= KEY_SET_MAX_KEYS)
        return fault_raise(fault, STATUS_LIMIT, "more than %d keys", KEY_SET_MAX_KEYS);
    enum status status = add_key(context, jwk, &cause);
    if (status == STATUS_OK)
        status = add_content_key(context, jwk, &cause);
    if (status == STATUS_OK)
        return STATUS_OK;
    return fault_raise(fault, status, "key %zu (%s): %s", position,
                       jwk->kid != NULL ? jwk->kid : "no kid", cause.text);
}

enum status key_set_parse(struct span json, struct key_set *set, struct fault *fault)
{
    *set = (struct key_set){0};
    if (json.len > KEY_SET_MAX_BYTES)
        return fault_raise(fault, STATUS_LIMIT, "a key set has at most %u bytes",
                           KEY_SET_MAX_BYTES);
    enum status status = jwk_read_set(json, visit, set, fault);
    if (status != STATUS_OK)
        key_set_dispose(set);
    return status;
}

enum status key_set_append(struct span json, struct span jwk, struct byte_buffer *out,
                           struct fault *fault)
{
    return jwk_append(json, jwk, out, fault);
}
