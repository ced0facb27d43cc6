#include "server/object_cache.h"

#include <pthread.h>
#include <stdlib.h>

#include "server/lru.h"

struct entry {
    struct lru_entry link;
    struct object_name name; /* the link's key */
    struct blob *blob;
};

struct object_cache {
    struct store *store;
    struct object_cache_limits limits;
    pthread_mutex_t lock; /* of all below */
    struct lru objects;
    uint64_t bytes;
};

struct object_cache *object_cache_new(struct store *store, const struct object_cache_limits *limits)
{
    struct object_cache *cache = calloc(1, sizeof(*cache));
    if (cache == NULL)
        abort();
    cache->store = store;
    cache->limits = *limits;
    pthread_mutex_init(&cache->lock, NULL);
    lru_init(&cache->objects, limits->max_objects);
    return cache;
}

/* Returns the entry's reference: unmapping takes time and is done without the lock. */
static struct blob *drop(struct object_cache *cache, struct lru_entry *link)
{
    struct entry *entry = (struct entry *)link;
    struct blob *blob = entry->blob;
    lru_remove(&cache->objects, link);
    cache->bytes -= blob->bytes.len;
    free(entry);
    return blob;
}

void object_cache_free(struct object_cache *cache)
{
    if (cache == NULL)
        return;
    while (cache->objects.count > 0)
        blob_release(drop(cache, lru_oldest(&cache->objects)));
    lru_dispose(&cache->objects);
    pthread_mutex_destroy(&cache->lock);
    free(cache);
}

static struct entry *find(struct object_cache *cache, const struct object_name *name)
{
    struct lru_entry *link = lru_find(&cache->objects, span_of(name->bytes, sizeof(name->bytes)));
    if (link != NULL)
        lru_touch(&cache->objects, link);
    return (struct entry *)link;
}

struct blob *object_cache_find(struct object_cache *cache, const struct object_name *name)
{
    pthread_mutex_lock(&cache->lock);
    struct entry *entry = find(cache, name);
    struct blob *blob = entry != NULL ? blob_acquire(entry->blob) : NULL;
    pthread_mutex_unlock(&cache->lock);
    return blob;
}

static bool is_over(const struct object_cache *cache)
{
    return cache->objects.count > 1 && (cache->objects.count > cache->limits.max_objects ||
                                        cache->bytes > cache->limits.max_bytes);
}

static void insert(struct object_cache *cache, const struct object_name *name, struct blob *blob)
{
    struct entry *entry = calloc(1, sizeof(*entry));
    if (entry == NULL)
        abort();
    entry->name = *name;
    entry->link.key = span_of(entry->name.bytes, sizeof(entry->name.bytes));
    entry->blob = blob_acquire(blob);
    lru_insert(&cache->objects, &entry->link);
    cache->bytes += blob->bytes.len;
}

/* Adds `blob`, whose reference it takes, unless another thread was faster; returns a reference to
 * the one that is in the cache. */
static struct blob *add(struct object_cache *cache, const struct object_name *name,
                        struct blob *blob)
{
    pthread_mutex_lock(&cache->lock);
    struct entry *entry = find(cache, name);
    struct blob *kept = entry != NULL ? blob_acquire(entry->blob) : blob;
    struct blob *dropped = entry != NULL ? blob : NULL;
    if (entry == NULL)
        insert(cache, name, blob);
    while (is_over(cache)) {
        struct blob *oldest = drop(cache, lru_oldest(&cache->objects));
        pthread_mutex_unlock(&cache->lock);
        blob_release(oldest);
        pthread_mutex_lock(&cache->lock);
    }
    pthread_mutex_unlock(&cache->lock);
    blob_release(dropped);
    return kept;
}

enum status object_cache_load(struct object_cache *cache, const struct index_object *object,
                              struct blob **blob, struct fault *fault)
{
    *blob = object_cache_find(cache, &object->name);
    if (*blob != NULL)
        return STATUS_OK;
    struct blob *loaded = NULL;
    enum status status = cache->store->ops->load_object(cache->store, object, &loaded, fault);
    if (status == STATUS_OK)
        *blob = add(cache, &object->name, loaded);
    return status;
}
