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
    bool is_being_checked;           /* somebody was told to ask */
    uint8_t title[NAME_MAX_LEN];     /* the link's key */
};

/* Titles that exist and titles that do not are bounded apart, so that asking for a million names
 * that do not exist forgets none that does. */
struct catalog {
    struct store *store;
    size_t max_titles;
    pthread_mutex_t lock; /* of all below */
    struct lru present;
    struct lru absent;
};

struct catalog *catalog_new(struct store *store, size_t max_titles)
{
    struct catalog *catalog = calloc(1, sizeof(*catalog));
    if (catalog == NULL)
        abort();
    catalog->store = store;
    catalog->max_titles = max_titles;
    pthread_mutex_init(&catalog->lock, NULL);
    lru_init(&catalog->present, max_titles);
    lru_init(&catalog->absent, max_titles);
    return catalog;
}

static void drop(struct lru *lru, struct lru_entry *link)
{
    struct entry *entry = (struct entry *)link;
    lru_remove(lru, link);
    publication_release(entry->publication);
    free(entry);
}

static void drop_all(struct lru *lru)
{
    while (lru->count > 0)
        drop(lru, lru_oldest(lru));
    lru_dispose(lru);
}

void catalog_free(struct catalog *catalog)
{
    if (catalog == NULL)
        return;
    drop_all(&catalog->present);
    drop_all(&catalog->absent);
    pthread_mutex_destroy(&catalog->lock);
    free(catalog);
}

static struct lru *table_of(struct catalog *catalog, const struct entry *entry)
{
    return entry->publication != NULL ? &catalog->present : &catalog->absent;
}

static struct entry *find(struct catalog *catalog, struct span title)
{
    struct lru_entry *link = lru_find(&catalog->present, title);
    if (link == NULL)
        link = lru_find(&catalog->absent, title);
    return (struct entry *)link;
}

/* An entry may be used while it is fresh, and a little longer while somebody is looking again. */
static bool is_usable(struct entry *entry, uint64_t now_ns)
{
    uint64_t age_ns = now_ns > entry->checked_ns ? now_ns - entry->checked_ns : 0;
    if (age_ns < CATALOG_FRESH_NS || (entry->is_being_checked && age_ns < CATALOG_STALE_NS))
        return true;
    entry->is_being_checked = true;
    return false;
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
    if (entry != NULL && is_usable(entry, now_ns))
        answer = use(catalog, entry, publication);
    pthread_mutex_unlock(&catalog->lock);
    return answer;
}

/* Replaces what is known of `title` unless that is newer. Takes the reference to `publication`,
 * which is NULL when `status` is not STATUS_OK. */
static void remember(struct catalog *catalog, struct span title, enum status status,
                     struct publication *publication, uint64_t checked_ns)
{
    pthread_mutex_lock(&catalog->lock);
    struct entry *known = find(catalog, title);
    if (known != NULL && known->checked_ns > checked_ns) {
        publication_release(publication);
        goto done;
    }
    if (known != NULL)
        drop(table_of(catalog, known), &known->link);
    struct entry *entry = calloc(1, sizeof(*entry));
    if (entry == NULL)
        abort();
    memcpy(entry->title, title.base, title.len);
    entry->link.key = span_of(entry->title, title.len);
    entry->publication = publication;
    entry->status = status;
    entry->checked_ns = checked_ns;
    struct lru *table = table_of(catalog, entry);
    lru_insert(table, &entry->link);
    if (table->count > catalog->max_titles)
        drop(table, lru_oldest(table));
done:
    pthread_mutex_unlock(&catalog->lock);
}

/* What is known now: a reference or NULL in *known, the status, and whether it was learnt after
 * `asked_ns`. */
static bool recall(struct catalog *catalog, struct span title, uint64_t asked_ns,
                   struct publication **known, enum status *status)
{
    *known = NULL;
    pthread_mutex_lock(&catalog->lock);
    struct entry *entry = find(catalog, title);
    if (entry != NULL && entry->publication != NULL)
        *known = publication_acquire(entry->publication);
    bool is_new = entry != NULL && entry->checked_ns > asked_ns;
    if (is_new)
        *status = entry->status;
    pthread_mutex_unlock(&catalog->lock);
    return is_new;
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

enum status catalog_refresh(struct catalog *catalog, struct span title, uint64_t asked_ns,
                            uint64_t now_ns, struct publication **publication, struct fault *fault)
{
    assert(title.len <= NAME_MAX_LEN);
    *publication = NULL;
    enum status status;
    struct publication *known;
    if (recall(catalog, title, asked_ns, &known, &status)) {
        *publication = known;
        return status;
    }
    status = look(catalog, title, known, publication, fault);
    struct publication *found = status == STATUS_OK ? publication_acquire(*publication) : NULL;
    remember(catalog, title, status, found, now_ns);
    publication_release(known);
    return status;
}
