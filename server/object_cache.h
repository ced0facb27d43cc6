#ifndef OBJECT_CACHE_H
#define OBJECT_CACHE_H

#include "store/store.h"

/*
 * Objects that are mapped already, by name; shared by all loops and locked inside. Bounded by count
 * (each takes a mapping, of which a process has some 65,000, and a file descriptor) and by bytes;
 * the one unused for longest goes first. Whoever holds a reference keeps the object mapped, in the
 * cache or out of it.
 *
 * An object is good for ten seconds after it was loaded or checked: the same name may by then be
 * that of another file, put there by a cut that mended a damaged one, or of none. Then one caller
 * is told to have it checked, and all go on with it meanwhile; a file that is still the same keeps
 * its mapping, since mapping anew costs a page fault for every 64 KiB.
 *
 * Times are clock_monotonic_ns().
 */
#define OBJECT_CACHE_FRESH_NS 10000000000u

/* Until then all may go on with an object that somebody is checking, asking again soon. */
#define OBJECT_CACHE_STALE_NS 20000000000u
#define OBJECT_CACHE_ASK_AGAIN_NS 1000000000u

/* How often object_cache_sweep is to be called, so that removed objects give their space back. */
#define OBJECT_CACHE_SWEEP_NS 5000000000u

struct object_cache;

struct object_cache_limits {
    size_t max_objects;
    uint64_t max_bytes;
};

/* What the cache has done since it was made, for the metrics. */
struct object_cache_figures {
    uint64_t objects; /* now */
    uint64_t bytes;   /* now */
    uint64_t loads;   /* from the store */
    uint64_t checks;
};

/* `store` is borrowed. */
struct object_cache *object_cache_new(struct store *store,
                                      const struct object_cache_limits *limits);
void object_cache_free(struct object_cache *cache);

enum object_answer {
    OBJECT_GOOD,  /* *blob is a reference owned by the caller */
    OBJECT_AGING, /* the same, and the caller is the one to see to object_cache_check */
    OBJECT_ASK,   /* call object_cache_load on a thread that may block */
};

/* Never blocks on the store. Until *good_until_ns the caller need not ask again. */
enum object_answer object_cache_find(struct object_cache *cache, const struct object_name *name,
                                     uint64_t now_ns, struct blob **blob, uint64_t *good_until_ns);

/* Finds the object or loads it. Returns a reference owned by the caller, or what the store says.
 * `now_ns` is the time at which the caller began. May block. */
MUST_CHECK enum status object_cache_load(struct object_cache *cache,
                                         const struct index_object *object, uint64_t now_ns,
                                         struct blob **blob, struct fault *fault);

/* Asks the store whether it still has the very object that the cache has; lets go of it otherwise.
 * May block. */
void object_cache_check(struct object_cache *cache, const struct index_object *object,
                        uint64_t now_ns);

/* Lets go of objects that nobody has asked for since they were good: a file that was removed takes
 * its space on the disk while it is mapped. Unmapping takes time: not for a loop. */
void object_cache_sweep(struct object_cache *cache, uint64_t now_ns);

struct object_cache_figures object_cache_figures(struct object_cache *cache);

#endif
