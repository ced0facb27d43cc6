#include "server/object_cache.h"

#include <pthread.h>
#include <stdlib.h>

#include "server/lru.h"

struct entry {
    struct lru_entry link;
    struct object_name name; /* the link's key */
    struct blob *blob;
    uint64_t checked_ns; /* when loading it, or the last check, began */
    bool is_being_checked;
};

struct object_cache {
    struct store *store;
    struct object_cache_limits limits;
    pthread_mutex_t lock; /* of all below */
    struct lru objects;
    struct object_cache_figures figures;
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
    cache->figures.bytes -= blob->bytes.len;
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

static uint64_t age_ns(const struct entry *entry, uint64_t now_ns)
{
    return now_ns > entry->checked_ns ? now_ns - entry->checked_ns : 0;
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

enum object_answer object_cache_find(struct object_cache *cache, const struct object_name *name,
                                     uint64_t now_ns, struct blob **blob, uint64_t *good_until_ns)
{
    enum object_answer answer = OBJECT_ASK;
    pthread_mutex_lock(&cache->lock);
    struct entry *entry = find(cache, name);
    uint64_t age = entry != NULL ? age_ns(entry, now_ns) : UINT64_MAX;
    if (age < OBJECT_CACHE_STALE_NS) {
        bool is_due = age >= OBJECT_CACHE_FRESH_NS && !entry->is_being_checked;
        answer = is_due ? OBJECT_AGING : OBJECT_GOOD;
        entry->is_being_checked = entry->is_being_checked || is_due;
        *good_until_ns = age < OBJECT_CACHE_FRESH_NS ? now_ns + OBJECT_CACHE_FRESH_NS - age
                                                     : now_ns + OBJECT_CACHE_ASK_AGAIN_NS;
        *blob = use(cache, entry);
    }
    pthread_mutex_unlock(&cache->lock);
    return answer;
}

static bool is_over(const struct object_cache *cache)
{
    return cache->objects.count > 1 && (cache->objects.count > cache->limits.max_objects ||
                                        cache->figures.bytes > cache->limits.max_bytes);
}

static void insert(struct object_cache *cache, const struct object_name *name, struct blob *blob,
                   uint64_t now_ns)
{
    struct entry *entry = calloc(1, sizeof(*entry));
    if (entry == NULL)
        abort();
    entry->name = *name;
    entry->link.key = span_of(entry->name.bytes, sizeof(entry->name.bytes));
    entry->blob = blob_acquire(blob);
    entry->checked_ns = now_ns;
    lru_insert(&cache->objects, &entry->link);
    cache->figures.bytes += blob->bytes.len;
}

/* Drops the object unused for longest, letting go of the lock meanwhile. */
static void drop_oldest(struct object_cache *cache)
{
    struct blob *blob = drop(cache, lru_oldest(&cache->objects));
    pthread_mutex_unlock(&cache->lock);
    blob_release(blob);
    pthread_mutex_lock(&cache->lock);
}

/* Adds `blob`, whose reference it takes, in the place of one that is too old, unless another thread
 * was faster; returns a reference to the one that is in the cache. */
static struct blob *add(struct object_cache *cache, const struct object_name *name,
                        struct blob *blob, uint64_t now_ns)
{
    struct blob *kept = blob;
    struct blob *dropped = NULL;
    pthread_mutex_lock(&cache->lock);
    struct entry *entry = find(cache, name);
    cache->figures.loads++;
    if (entry != NULL && age_ns(entry, now_ns) < OBJECT_CACHE_FRESH_NS) {
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

/* A reference to the object's entry as it is, of whatever age, or NULL. */
static struct blob *peek(struct object_cache *cache, const struct object_name *name)
{
    pthread_mutex_lock(&cache->lock);
    struct entry *entry = find(cache, name);
    struct blob *blob = entry != NULL ? blob_acquire(entry->blob) : NULL;
    pthread_mutex_unlock(&cache->lock);
    return blob;
}

/* Whether the store still has `blob`; then it is good again from `now_ns`. */
static bool recheck(struct object_cache *cache, const struct index_object *object,
                    const struct blob *blob, uint64_t now_ns)
{
    bool is_same;
    struct blob *dropped = NULL;
    enum status status =
        cache->store->ops->check_object(cache->store, object, blob, &is_same, NULL);
    is_same = status == STATUS_OK && is_same;
    pthread_mutex_lock(&cache->lock);
    cache->figures.checks++;
    struct entry *entry = find(cache, &object->name);
    if (entry != NULL && entry->blob == blob) {
        entry->is_being_checked = false;
        if (is_same)
            entry->checked_ns = now_ns;
        else
            dropped = drop(cache, &entry->link);
    }
    pthread_mutex_unlock(&cache->lock);
    blob_release(dropped);
    return is_same;
}

void object_cache_check(struct object_cache *cache, const struct index_object *object,
                        uint64_t now_ns)
{
    struct blob *blob = peek(cache, &object->name);
    if (blob != NULL)
        (void)recheck(cache, object, blob, now_ns);
    blob_release(blob);
}

enum status object_cache_load(struct object_cache *cache, const struct index_object *object,
                              uint64_t now_ns, struct blob **blob, struct fault *fault)
{
    uint64_t good_until_ns;
    enum object_answer answer =
        object_cache_find(cache, &object->name, now_ns, blob, &good_until_ns);
    if (answer == OBJECT_GOOD)
        return STATUS_OK;
    if (answer == OBJECT_ASK)
        *blob = peek(cache, &object->name);
    if (*blob != NULL && recheck(cache, object, *blob, now_ns))
        return STATUS_OK;
    blob_release(*blob);
    *blob = NULL;
    struct blob *loaded = NULL;
    enum status status = cache->store->ops->load_object(cache->store, object, &loaded, fault);
    if (status == STATUS_OK)
        *blob = add(cache, &object->name, loaded, now_ns);
    return status;
}

void object_cache_sweep(struct object_cache *cache, uint64_t now_ns)
{
    /* From the one unused for longest until one may still be used. Loops ask again for what they
     * use before it is as old as that, so those after it are younger. */
    pthread_mutex_lock(&cache->lock);
    while (cache->objects.count > 0 &&
           age_ns((struct entry *)lru_oldest(&cache->objects), now_ns) >= OBJECT_CACHE_STALE_NS)
        drop_oldest(cache);
    pthread_mutex_unlock(&cache->lock);
}

struct object_cache_figures object_cache_figures(struct object_cache *cache)
{
    pthread_mutex_lock(&cache->lock);
    struct object_cache_figures figures = cache->figures;
    figures.objects = cache->objects.count;
    pthread_mutex_unlock(&cache->lock);
    return figures;
}
