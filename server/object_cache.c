#include "server/object_cache.h"

#include <pthread.h>
#include <stdlib.h>

#include "server/lru.h"

struct entry {
    struct lru_entry link;
    struct object_name name; /* the link's key */
    struct blob *blob;
    uint64_t loaded_ns; /* when loading began */
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

static bool is_fresh(const struct entry *entry, uint64_t now_ns)
{
    return now_ns < entry->loaded_ns || now_ns - entry->loaded_ns < OBJECT_CACHE_FRESH_NS;
}

static struct entry *find(const struct object_cache *cache, const struct object_name *name)
{
    return (struct entry *)lru_find(&cache->objects, span_of(name->bytes, sizeof(name->bytes)));
}

static struct blob *use(struct object_cache *cache, struct entry *entry)
{
    lru_touch(&cache->objects, &entry->link);
    return blob_acquire(entry->blob);
}

struct blob *object_cache_find(struct object_cache *cache, const struct object_name *name,
                               uint64_t now_ns)
{
    struct blob *blob = NULL;
    pthread_mutex_lock(&cache->lock);
    struct entry *entry = find(cache, name);
    if (entry != NULL && is_fresh(entry, now_ns))
        blob = use(cache, entry);
    pthread_mutex_unlock(&cache->lock);
    return blob;
}

static bool is_over(const struct object_cache *cache)
{
    return cache->objects.count > 1 && (cache->objects.count > cache->limits.max_objects ||
                                        cache->bytes > cache->limits.max_bytes);
}

static void insert(struct object_cache *cache, const struct object_name *name, struct blob *blob,
                   uint64_t loaded_ns)
{
    struct entry *entry = calloc(1, sizeof(*entry));
    if (entry == NULL)
        abort();
    entry->name = *name;
    entry->link.key = span_of(entry->name.bytes, sizeof(entry->name.bytes));
    entry->blob = blob_acquire(blob);
    entry->loaded_ns = loaded_ns;
    lru_insert(&cache->objects, &entry->link);
    cache->bytes += blob->bytes.len;
}

/* Drops the object unused for longest, letting go of the lock meanwhile. */
static void drop_oldest(struct object_cache *cache)
{
    struct blob *blob = drop(cache, lru_oldest(&cache->objects));
    pthread_mutex_unlock(&cache->lock);
    blob_release(blob);
    pthread_mutex_lock(&cache->lock);
}

/* Adds `blob`, whose reference it takes, in the place of one that is no longer good, unless another
 * thread was faster; returns a reference to the one that is in the cache. */
static struct blob *add(struct object_cache *cache, const struct object_name *name,
                        struct blob *blob, uint64_t now_ns)
{
    struct blob *kept = blob;
    struct blob *dropped = NULL;
    pthread_mutex_lock(&cache->lock);
    struct entry *entry = find(cache, name);
    if (entry != NULL && is_fresh(entry, now_ns)) {
        kept = use(cache, entry);
        dropped = blob;
    } else {
        if (entry != NULL)
            dropped = drop(cache, &entry->link);
        insert(cache, name, blob, now_ns);
    }
    while (is_over(cache))
        drop_oldest(cache);
    pthread_mutex_unlock(&cache->lock);
    blob_release(dropped);
    return kept;
}

enum status object_cache_load(struct object_cache *cache, const struct index_object *object,
                              uint64_t now_ns, struct blob **blob, struct fault *fault)
{
    *blob = object_cache_find(cache, &object->name, now_ns);
    if (*blob != NULL)
        return STATUS_OK;
    struct blob *loaded = NULL;
    enum status status = cache->store->ops->load_object(cache->store, object, &loaded, fault);
    if (status == STATUS_OK)
        *blob = add(cache, &object->name, loaded, now_ns);
    return status;
}

void object_cache_sweep(struct object_cache *cache, uint64_t now_ns)
{
    /* From the one unused for longest until one is good. Those after it that are not were used
     * since it was loaded, so they were good then: none stays longer than twice that long. */
    pthread_mutex_lock(&cache->lock);
    while (cache->objects.count > 0 &&
           !is_fresh((struct entry *)lru_oldest(&cache->objects), now_ns))
        drop_oldest(cache);
    pthread_mutex_unlock(&cache->lock);
}
