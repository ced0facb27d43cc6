#ifndef OBJECT_NAME_SET_H
#define OBJECT_NAME_SET_H

#include <stdbool.h>

#include "store/object_name.h"

/*
 * Distinct object names, numbered in the order in which they came: about 30 bytes each, so that a
 * garbage collection can hold every name of a large store. Names are outputs of an HMAC, so their
 * first bytes serve as their hash. Starts out empty ({0}); dispose frees.
 */
struct object_name_set {
    struct object_name *names;
    uint32_t count;
    uint32_t capacity;
    uint32_t *slots; /* 1 + the name's number, or 0 */
    uint32_t slot_count;
};

void object_name_set_dispose(struct object_name_set *set);

/* Adds `name` unless it is there; returns its number. *is_new may be NULL. */
uint32_t object_name_set_add(struct object_name_set *set, const struct object_name *name,
                             bool *is_new);

bool object_name_set_has(const struct object_name_set *set, const struct object_name *name);

#endif
