#include "server/catalog.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/name.h"
#include "server/lru.h"

struct entry {
    struct lru_entry link;
    struct publication *publication; /* NULL: there is none */
    enum status status;              /* why not: STATUS_NOT_FOUND, or what the store said */
    uint64_t checked_ns;             /* when the store was asked */
    uint8_t title[NAME_MAX_LEN];     /* the link's key */
};

/* A title that somebody is asking the store for. */
struct flight {
    struct lru_entry link;
    struct catalog_waiter *waiters;
    uint8_t title[NAME_MAX_LEN]; /* the link's key */
};

/* The workers' queue bounds how many there are. */
#define USUAL_FLIGHTS 1024

/* Titles that exist and titles that do not are bounded apart, so that asking for a million names
 * that do not exist forgets none that does. */
struct catalog {
    struct store *store;
    struct catalog_limits limits;
    pthread_mutex_t lock; /* of all below */
    struct lru present;
    struct lru absent;
    struct lru flights; /* in no order */
    uint64_t bytes;     /* of those present */
    uint64_t hits;
    uint64_t misses;
};

struct catalog *catalog_new(struct store *store, const struct catalog_limits *limits)
{
    struct catalog *catalog = calloc(1, sizeof(*catalog));
    if (catalog == NULL)
        abort();
    catalog->store = store;
    catalog->limits = *limits;
    pthread_mutex_init(&catalog->lock, NULL);
    lru_init(&catalog->present, limits->max_titles);
    lru_init(&catalog->absent, limits->max_titles);
    lru_init(&catalog->flights, USUAL_FLIGHTS);
    return catalog;
}

static uint64_t bytes_of(const struct publication *publication)
{
    return publication == NULL ? 0
                               : sizeof(struct entry) + sizeof(*publication) +
                                     sizeof(*publication->blob) + publication->blob->bytes.len;
}

static struct lru *table_of(struct catalog *catalog, const struct entry *entry)
{
    return entry->publication != NULL ? &catalog->present : &catalog->absent;
}

/* Returns the entry's reference, or NULL. Giving back the bytes of a long index takes time, and
 * loops wait for the lock: the caller lets go of it first. */
static struct publication *drop(struct catalog *catalog, struct entry *entry)
{
    struct publication *publication = entry->publication;
    catalog->bytes -= bytes_of(publication);
    lru_remove(table_of(catalog, entry), &entry->link);
    free(entry);
    return publication;
}

static struct publication *drop_oldest(struct catalog *catalog, const struct lru *table)
{
    return drop(catalog, (struct entry *)lru_oldest(table));
}

void catalog_free(struct catalog *catalog)
{
    if (catalog == NULL)
        return;
    assert(catalog->flights.count == 0);
    while (catalog->present.count > 0)
        publication_release(drop_oldest(catalog, &catalog->present));
    while (catalog->absent.count > 0)
        publication_release(drop_oldest(catalog, &catalog->absent));
    lru_dispose(&catalog->present);
    lru_dispose(&catalog->absent);
    lru_dispose(&catalog->flights);
    pthread_mutex_destroy(&catalog->lock);
    free(catalog);
}

static struct entry *find(struct catalog *catalog, struct span title)
{
    struct lru_entry *link = lru_find(&catalog->present, title);
    if (link == NULL)
        link = lru_find(&catalog->absent, title);
    return (struct entry *)link;
}

/* An entry may be used while it is fresh, and a little longer while somebody is looking again. */
static bool is_usable(const struct catalog *catalog, const struct entry *entry, uint64_t now_ns)
{
    uint64_t age_ns = now_ns > entry->checked_ns ? now_ns - entry->checked_ns : 0;
    return age_ns < CATALOG_FRESH_NS ||
           (age_ns < CATALOG_STALE_NS && lru_find(&catalog->flights, entry->link.key) != NULL);
}

static enum catalog_answer use(struct catalog *catalog, struct entry *entry,
                               struct publication **publication)
{
    lru_touch(table_of(catalog, entry), &entry->link);
    if (entry->publication == NULL)
        return entry->status == STATUS_NOT_FOUND ? CATALOG_ABSENT : CATALOG_BROKEN;
    *publication = publication_acquire(entry->publication);
    return CATALOG_FOUND;
}

enum catalog_answer catalog_find(struct catalog *catalog, struct span title, uint64_t now_ns,
                                 struct publication **publication)
{
    enum catalog_answer answer = CATALOG_ASK;
    pthread_mutex_lock(&catalog->lock);
    struct entry *entry = find(catalog, title);
    if (entry != NULL && is_usable(catalog, entry, now_ns))
        answer = use(catalog, entry, publication);
    if (answer == CATALOG_ASK)
        catalog->misses++;
    else
        catalog->hits++;
    pthread_mutex_unlock(&catalog->lock);
    return answer;
}

/* ---- Who asks, and who waits ---- */

static void begin_flight(struct catalog *catalog, struct span title)
{
    struct flight *flight = calloc(1, sizeof(*flight));
    if (flight == NULL)
        abort();
    memcpy(flight->title, title.base, title.len);
    flight->link.key = span_of(flight->title, title.len);
    lru_insert(&catalog->flights, &flight->link);
}

bool catalog_join(struct catalog *catalog, struct span title, struct catalog_waiter *waiter)
{
    assert(title.len <= NAME_MAX_LEN);
    pthread_mutex_lock(&catalog->lock);
    struct flight *flight = (struct flight *)lru_find(&catalog->flights, title);
    bool is_first = flight == NULL;
    if (is_first) {
        begin_flight(catalog, title);
    } else {
        waiter->next = flight->waiters;
        flight->waiters = waiter;
    }
    pthread_mutex_unlock(&catalog->lock);
    return is_first;
}

/* With the lock held. Returns who waits; nobody can join them any more. */
static struct catalog_waiter *end_flight(struct catalog *catalog, struct span title)
{
    struct flight *flight = (struct flight *)lru_find(&catalog->flights, title);
    assert(flight != NULL);
    struct catalog_waiter *waiters = flight->waiters;
    lru_remove(&catalog->flights, &flight->link);
    free(flight);
    return waiters;
}

static void wake_all(struct catalog_waiter *waiters, enum status status,
                     struct publication *publication)
{
    struct catalog_waiter *next;
    for (struct catalog_waiter *waiter = waiters; waiter != NULL; waiter = next) {
        next = waiter->next;
        waiter->status = status;
        waiter->publication = publication != NULL ? publication_acquire(publication) : NULL;
        waiter->wake(waiter);
    }
}

void catalog_abandon(struct catalog *catalog, struct span title)
{
    pthread_mutex_lock(&catalog->lock);
    struct catalog_waiter *waiters = end_flight(catalog, title);
    pthread_mutex_unlock(&catalog->lock);
    wake_all(waiters, STATUS_BUSY, NULL);
}

/* ---- Asking ---- */

static bool is_over(const struct catalog *catalog, const struct lru *table)
{
    return table->count > catalog->limits.max_titles ||
           (table == &catalog->present && table->count > 1 &&
            catalog->bytes > catalog->limits.max_bytes);
}

/* Takes the reference to `publication`, which is NULL when `status` is not STATUS_OK. */
static void insert(struct catalog *catalog, struct span title, enum status status,
                   struct publication *publication, uint64_t checked_ns)
{
    struct entry *entry = calloc(1, sizeof(*entry));
    if (entry == NULL)
        abort();
    memcpy(entry->title, title.base, title.len);
    entry->link.key = span_of(entry->title, title.len);
    entry->publication = publication;
    entry->status = status;
    entry->checked_ns = checked_ns;
    lru_insert(table_of(catalog, entry), &entry->link);
    catalog->bytes += bytes_of(publication);
}

/* Drops what is too much, letting go of the lock meanwhile. */
static void shrink(struct catalog *catalog, const struct lru *table)
{
    while (is_over(catalog, table)) {
        struct publication *publication = drop_oldest(catalog, table);
        pthread_mutex_unlock(&catalog->lock);
        publication_release(publication);
        pthread_mutex_lock(&catalog->lock);
    }
}

/* Replaces what is known of `title`, and returns who waits for it. */
static struct catalog_waiter *remember(struct catalog *catalog, struct span title,
                                       enum status status, struct publication *publication,
                                       uint64_t checked_ns)
{
    struct publication *replaced = NULL;
    pthread_mutex_lock(&catalog->lock);
    struct entry *known = find(catalog, title);
    if (known != NULL)
        replaced = drop(catalog, known);
    if (publication != NULL)
        publication_acquire(publication);
    insert(catalog, title, status, publication, checked_ns);
    shrink(catalog, publication != NULL ? &catalog->present : &catalog->absent);
    struct catalog_waiter *waiters = end_flight(catalog, title);
    pthread_mutex_unlock(&catalog->lock);
    publication_release(replaced);
    return waiters;
}

/* A reference to what is known, or NULL. */
static struct publication *recall(struct catalog *catalog, struct span title)
{
    pthread_mutex_lock(&catalog->lock);
    struct entry *entry = find(catalog, title);
    bool is_known = entry != NULL && entry->publication != NULL;
    struct publication *known = is_known ? publication_acquire(entry->publication) : NULL;
    pthread_mutex_unlock(&catalog->lock);
    return known;
}

static enum status load(struct catalog *catalog, struct span title,
                        struct publication **publication, struct fault *fault)
{
    struct blob *blob = NULL;
    struct index index;
    struct publication_stamp stamp;
    enum status status =
        catalog->store->ops->load_index(catalog->store, title, &blob, &index, &stamp, fault);
    if (status == STATUS_OK)
        *publication = publication_new(blob, &index, &stamp);
    return status;
}

/* The title's present publication: `known` when its stamp is still the same. */
static enum status look(struct catalog *catalog, struct span title, struct publication *known,
                        struct publication **publication, struct fault *fault)
{
    if (known != NULL) {
        struct publication_stamp stamp;
        enum status status = catalog->store->ops->stat_index(catalog->store, title, &stamp, fault);
        if (status != STATUS_OK)
            return status;
        if (memcmp(&stamp, &known->stamp, sizeof(stamp)) == 0) {
            *publication = publication_acquire(known);
            return STATUS_OK;
        }
    }
    return load(catalog, title, publication, fault);
}

enum status catalog_refresh(struct catalog *catalog, struct span title, uint64_t now_ns,
                            struct publication **publication, struct fault *fault)
{
    *publication = NULL;
    struct publication *known = recall(catalog, title);
    enum status status = look(catalog, title, known, publication, fault);
    publication_release(known);
    wake_all(remember(catalog, title, status, *publication, now_ns), status, *publication);
    return status;
}

struct catalog_figures catalog_figures(struct catalog *catalog)
{
    pthread_mutex_lock(&catalog->lock);
    struct catalog_figures figures = {
        .titles = catalog->present.count,
        .bytes = catalog->bytes,
        .absent = catalog->absent.count,
        .hits = catalog->hits,
        .misses = catalog->misses,
    };
    pthread_mutex_unlock(&catalog->lock);
    return figures;
}
