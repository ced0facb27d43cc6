#ifndef OBJECT_CACHE_H
#define OBJECT_CACHE_H

#include "store/store.h"

/*
 * Objects that are mapped already, by name; shared by all loops and locked inside. Bounded by count
 * (each takes a mapping, of which a process has some 65,000) and by bytes; the one unused for
 * longest goes first. Whoever holds a reference keeps the object mapped, in the cache or out of it.
 */
struct object_cache;

struct object_cache_limits {
    size_t max_objects;
    uint64_t max_bytes;
};

/* `store` is borrowed. */
struct object_cache *object_cache_new(struct store *store,
                                      const struct object_cache_limits *limits);
void object_cache_free(struct object_cache *cache);

/* A reference owned by the caller, or NULL when the object is not in the cache. Never blocks on the
 * store. */
struct blob *object_cache_find(struct object_cache *cache, const struct object_name *name);

/* The same, but loads the object when it is not there. Returns a reference owned by the caller, or
 * what the store says. May block. */
MUST_CHECK enum status object_cache_load(struct object_cache *cache,
                                         const struct index_object *object, struct blob **blob,
                                         struct fault *fault);

#endif
