#include "server/lru.h"

#include <stdlib.h>

#include "base/digest.h"

/* FNV-1a from a secret start. */
static uint64_t hash_key(const struct lru *lru, struct span key)
{
    uint64_t hash = lru->seed;
    for (size_t i = 0; i < key.len; i++)
        hash = (hash ^ key.base[i]) * 0x100000001b3u;
    return hash ^ hash >> 32;
}

static struct lru_entry **bucket_of(const struct lru *lru, uint64_t hash)
{
    return &lru->buckets[hash & (lru->bucket_count - 1)];
}

static void link_newest(struct lru *lru, struct lru_entry *entry)
{
    entry->newer = &lru->ring;
    entry->older = lru->ring.older;
    entry->older->newer = entry;
    lru->ring.older = entry;
}

static void unlink_from_ring(struct lru_entry *entry)
{
    entry->newer->older = entry->older;
    entry->older->newer = entry->newer;
}

void lru_init(struct lru *lru, size_t capacity)
{
    *lru = (struct lru){.bucket_count = 16};
    while (lru->bucket_count < capacity)
        lru->bucket_count *= 2;
    lru->buckets = calloc(lru->bucket_count, sizeof(lru->buckets[0]));
    if (lru->buckets == NULL)
        abort();
    lru->ring.newer = &lru->ring;
    lru->ring.older = &lru->ring;
    digest_random(&lru->seed, sizeof(lru->seed));
}

void lru_dispose(struct lru *lru)
{
    free(lru->buckets);
}

struct lru_entry *lru_find(const struct lru *lru, struct span key)
{
    uint64_t hash = hash_key(lru, key);
    struct lru_entry *entry = *bucket_of(lru, hash);
    while (entry != NULL && !(entry->hash == hash && span_equal(entry->key, key)))
        entry = entry->chain;
    return entry;
}

void lru_insert(struct lru *lru, struct lru_entry *entry)
{
    entry->hash = hash_key(lru, entry->key);
    struct lru_entry **bucket = bucket_of(lru, entry->hash);
    entry->chain = *bucket;
    *bucket = entry;
    link_newest(lru, entry);
    lru->count++;
}

void lru_remove(struct lru *lru, struct lru_entry *entry)
{
    struct lru_entry **slot = bucket_of(lru, entry->hash);
    while (*slot != entry)
        slot = &(*slot)->chain;
    *slot = entry->chain;
    unlink_from_ring(entry);
    lru->count--;
}

void lru_touch(struct lru *lru, struct lru_entry *entry)
{
    unlink_from_ring(entry);
    link_newest(lru, entry);
}

struct lru_entry *lru_oldest(const struct lru *lru)
{
    return lru->count > 0 ? lru->ring.newer : NULL;
}
