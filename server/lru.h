#ifndef LRU_H
#define LRU_H

#include "base/span.h"

/*
 * A hash table that remembers in which order its entries were last used. Entries are members of the
 * caller's structs, which own themselves; nothing is allocated but the buckets. Not locked.
 */
struct lru_entry {
    struct span key; /* borrowed; unchanged while in the table */
    uint64_t hash;
    struct lru_entry *chain;
    struct lru_entry *newer;
    struct lru_entry *older;
};

struct lru {
    struct lru_entry **buckets;
    size_t bucket_count;   /* a power of two */
    struct lru_entry ring; /* .older is the newest entry, .newer the oldest */
    size_t count;
    uint64_t seed; /* so that nobody outside can choose names that fall into one bucket */
};

/* For about `capacity` entries; more only make it slower. Do not move an lru once it is made. */
void lru_init(struct lru *lru, size_t capacity);

/* The entries are the caller's to free. */
void lru_dispose(struct lru *lru);

/* The entry with this key, or NULL. Its place in the order stays. */
struct lru_entry *lru_find(const struct lru *lru, struct span key);

/* Adds an entry whose key is set and not in the table, as the newest. */
void lru_insert(struct lru *lru, struct lru_entry *entry);

void lru_remove(struct lru *lru, struct lru_entry *entry);

/* Makes `entry` the newest. */
void lru_touch(struct lru *lru, struct lru_entry *entry);

/* The one unused for longest, or NULL. */
struct lru_entry *lru_oldest(const struct lru *lru);

#endif
