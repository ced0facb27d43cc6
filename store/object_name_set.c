#include "store/object_name_set.h"

#include <assert.h>
#include <stdlib.h>

void object_name_set_dispose(struct object_name_set *set)
{
    free(set->names);
    free(set->slots);
    *set = (struct object_name_set){0};
}

/* The slot that holds `name`, or the empty one where it belongs. Linear probing; the slots are
 * never more than three quarters full, so it ends. */
static uint32_t *find_slot(const struct object_name_set *set, const struct object_name *name)
{
    uint32_t hash;
    memcpy(&hash, name->bytes, sizeof(hash));
    for (uint32_t i = hash & (set->slot_count - 1);; i = (i + 1) & (set->slot_count - 1)) {
        uint32_t number = set->slots[i];
        if (number == 0 ||
            memcmp(set->names[number - 1].bytes, name->bytes, sizeof(name->bytes)) == 0)
            return &set->slots[i];
    }
}

static void grow_slots(struct object_name_set *set)
{
    /* Two thousand million names would take 60 GB; no store comes near. */
    assert(set->slot_count <= UINT32_MAX / 4);
    set->slot_count = set->slot_count == 0 ? 64 : 2 * set->slot_count;
    free(set->slots);
    set->slots = calloc(set->slot_count, sizeof(*set->slots));
    if (set->slots == NULL)
        abort();
    for (uint32_t i = 0; i < set->count; i++)
        *find_slot(set, &set->names[i]) = i + 1;
}

static void append_name(struct object_name_set *set, const struct object_name *name)
{
    if (set->count == set->capacity) {
        set->capacity += set->capacity / 2 + 32;
        set->names = reallocarray(set->names, set->capacity, sizeof(*set->names));
        if (set->names == NULL)
            abort();
    }
    set->names[set->count++] = *name;
}

uint32_t object_name_set_add(struct object_name_set *set, const struct object_name *name,
                             bool *is_new)
{
    if (set->count >= set->slot_count / 4 * 3)
        grow_slots(set);
    uint32_t *slot = find_slot(set, name);
    if (is_new != NULL)
        *is_new = *slot == 0;
    if (*slot == 0) {
        append_name(set, name);
        *slot = set->count;
    }
    return *slot - 1;
}

bool object_name_set_has(const struct object_name_set *set, const struct object_name *name)
{
    return set->slot_count > 0 && *find_slot(set, name) != 0;
}
