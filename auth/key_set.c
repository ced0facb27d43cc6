#include "auth/key_set.h"

#include <stdlib.h>

void key_set_dispose(struct key_set *set)
{
    for (size_t i = 0; i < set->count; i++)
        key_dispose(&set->keys[i]);
    free(set->keys);
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

static void append_key(struct key_set *set, const struct key *key)
{
    struct key *keys = reallocarray(set->keys, set->count + 1, sizeof(*keys));
    if (keys == NULL)
        abort();
    keys[set->count] = *key;
    set->keys = keys;
    set->count++;
}

static enum status visit(void *context, size_t position, const struct jwk *jwk, struct fault *fault)
{
    struct key_set *set = context;
    struct key key = {0};
    struct fault cause = {0};
    bool is_ours;
    enum status status;
    if (position >= KEY_SET_MAX_KEYS)
        return fault_raise(fault, STATUS_LIMIT, "more than %d keys", KEY_SET_MAX_KEYS);
    status = key_read(jwk, &key, &is_ours, &cause);
    if (status == STATUS_OK && !is_ours) {
        key_dispose(&key);
        return STATUS_OK;
    }
    if (status == STATUS_OK && key_set_find(set, span_of_string(key.kid)) != NULL)
        status = fault_raise(&cause, STATUS_INVALID, "an earlier key has the same \"kid\"");
    if (status == STATUS_OK) {
        append_key(set, &key);
        return STATUS_OK;
    }
    key_dispose(&key);
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
