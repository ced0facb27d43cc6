#ifndef OBJECT_CACHE_H
#define OBJECT_CACHE_H

#include "store/store.h"

/*
 * Objects that are mapped already, by name; shared by all loops and locked inside. Bounded by count
 * (each takes a mapping, of which a process has some 65,000) and by bytes; the one unused for
 * longest goes first. Whoever holds a reference keeps the object mapped, in the cache or out of it.
 *
 * An object is good for ten seconds after it was loaded, and then loaded anew: the same name may by
 * then be that of another file, put there by a cut that mended a damaged one, or of none. Loading
 * anew always makes a new mapping. Keeping the old one when the file is the same would save 3 us
 * per 64 KiB and some 150 us per MiB, a fraction of what sending them once takes, and need a way to
 * tell files apart.
 *
 * Times are clock_monotonic_ns().
 */
#define OBJECT_CACHE_FRESH_NS 10000000000u

/* How often object_cache_sweep is to be called, so that removed objects give their space back. */
#define OBJECT_CACHE_SWEEP_NS 5000000000u

struct object_cache;

struct object_cache_limits {
    size_t max_objects;
    uint64_t max_bytes;
};

/* `store` is borrowed. */
struct object_cache *object_cache_new(struct store *store,
                                      const struct object_cache_limits *limits);
void object_cache_free(struct object_cache *cache);

/* A reference owned by the caller, or NULL when the object is not in the cache or no longer good at
 * `now_ns`. Never blocks on the store. */
struct blob *object_cache_find(struct object_cache *cache, const struct object_name *name,
                               uint64_t now_ns);

/* The same, but then loads the object. Returns a reference owned by the caller, or what the store
 * says. `now_ns` is the time at which the caller began. May block. */
MUST_CHECK enum status object_cache_load(struct object_cache *cache,
                                         const struct index_object *object, uint64_t now_ns,
                                         struct blob **blob, struct fault *fault);

/* Lets go of objects that are no longer good, at the latest twice OBJECT_CACHE_FRESH_NS after they
 * were loaded: a file that was removed takes its space on the disk while it is mapped. Unmapping
 * takes time: not for a loop. */
void object_cache_sweep(struct object_cache *cache, uint64_t now_ns);

#endif
