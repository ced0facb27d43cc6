#include "server/object_shelf.h"

/* With one slot for a name, of 256 objects some 50 share theirs and push each other out. */
#define NEIGHBOURS 4

void object_shelf_init(struct object_shelf *shelf, struct object_cache *cache)
{
    memset(shelf, 0, sizeof(*shelf));
    shelf->cache = cache;
}

static void empty(struct object_shelf_slot *slot)
{
    blob_release(slot->blob);
    slot->blob = NULL;
}

void object_shelf_clear(struct object_shelf *shelf)
{
    for (size_t i = 0; i < OBJECT_SHELF_SLOTS; i++)
        empty(&shelf->slots[i]);
}

/* The first of the neighbours that may hold `name`. */
static struct object_shelf_slot *neighbours_of(struct object_shelf *shelf,
                                               const struct object_name *name)
{
    uint32_t start;
    memcpy(&start, name->bytes, sizeof(start));
    return &shelf->slots[start % (OBJECT_SHELF_SLOTS / NEIGHBOURS) * NEIGHBOURS];
}

/* NULL when it is not on the shelf. */
static struct object_shelf_slot *slot_of(struct object_shelf *shelf, const struct object_name *name)
{
    struct object_shelf_slot *slots = neighbours_of(shelf, name);
    for (size_t i = 0; i < NEIGHBOURS; i++) {
        if (slots[i].blob != NULL && memcmp(&slots[i].name, name, sizeof(*name)) == 0)
            return &slots[i];
    }
    return NULL;
}

/* The one that is empty, or has to be asked for again before the others. */
static struct object_shelf_slot *slot_to_give(struct object_shelf *shelf,
                                              const struct object_name *name)
{
    struct object_shelf_slot *slots = neighbours_of(shelf, name);
    struct object_shelf_slot *given = &slots[0];
    for (size_t i = 1; i < NEIGHBOURS && given->blob != NULL; i++) {
        if (slots[i].blob == NULL || slots[i].good_until_ns < given->good_until_ns)
            given = &slots[i];
    }
    return given;
}

enum object_answer object_shelf_find(struct object_shelf *shelf, const struct object_name *name,
                                     uint64_t now_ns, struct blob **blob)
{
    struct object_shelf_slot *slot = slot_of(shelf, name);
    if (slot != NULL && now_ns < slot->good_until_ns) {
        *blob = blob_acquire(slot->blob);
        return OBJECT_GOOD;
    }
    uint64_t good_until_ns;
    enum object_answer answer = object_cache_find(shelf->cache, name, now_ns, blob, &good_until_ns);
    if (answer != OBJECT_ASK) {
        if (slot == NULL)
            slot = slot_to_give(shelf, name);
        empty(slot);
        *slot = (struct object_shelf_slot){
            .name = *name, .blob = blob_acquire(*blob), .good_until_ns = good_until_ns};
    }
    return answer;
}

bool object_shelf_sees(struct object_shelf *shelf, const struct object_name *name,
                       const struct blob *blob, uint64_t offset, uint64_t length, uint64_t now_ns)
{
    struct object_shelf_slot *slot = slot_of(shelf, name);
    struct seen_pages nothing = {0};
    return seen_pages_check(slot != NULL && slot->blob == blob ? &slot->seen : &nothing,
                            blob->bytes, offset, length, now_ns);
}

void object_shelf_sweep(struct object_shelf *shelf, uint64_t now_ns)
{
    for (size_t i = 0; i < OBJECT_SHELF_SLOTS; i++) {
        if (now_ns >= shelf->slots[i].good_until_ns)
            empty(&shelf->slots[i]);
    }
}
