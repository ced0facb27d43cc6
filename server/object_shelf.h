#ifndef OBJECT_SHELF_H
#define OBJECT_SHELF_H

#include "server/object_cache.h"
#include "server/seen_pages.h"

/*
 * The objects that one loop has at hand: references to some of what the shared cache holds, found
 * without its lock. Every name has a few slots and whoever comes when all are taken gets one of
 * them: names are random, so nobody outside can choose some that collide. An object leaves the
 * shelf when the cache wants to be asked again, so it is never good for longer than there. Belongs
 * to one thread.
 */
#define OBJECT_SHELF_SLOTS 1024 /* a power of two */

struct object_shelf {
    struct object_cache *cache; /* borrowed */
    struct object_shelf_slot {
        struct object_name name;
        struct blob *blob; /* NULL: empty */
        uint64_t good_until_ns;
        struct seen_pages seen;
    } slots[OBJECT_SHELF_SLOTS];
};

void object_shelf_init(struct object_shelf *shelf, struct object_cache *cache);

/* Gives all references back. */
void object_shelf_clear(struct object_shelf *shelf);

/* As object_cache_find: the caller owns the reference. */
enum object_answer object_shelf_find(struct object_shelf *shelf, const struct object_name *name,
                                     uint64_t now_ns, struct blob **blob);

/* Whether bytes [offset, offset + length) of `blob`, the object of that name, are in memory, or
 * were a moment ago. They lie inside of it; length > 0. Never blocks. */
bool object_shelf_sees(struct object_shelf *shelf, const struct object_name *name,
                       const struct blob *blob, uint64_t offset, uint64_t length, uint64_t now_ns);

/* Gives back what is no longer good at `now_ns`. */
void object_shelf_sweep(struct object_shelf *shelf, uint64_t now_ns);

#endif
