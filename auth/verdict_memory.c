/*
 * A set-associative table: the digest chooses a set of four entries, and a lock that it shares with
 * every 64th set. No entry is ever freed or moved.
 */
#include "auth/verdict_memory.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/digest.h"

#define WAYS 4
#define LOCKS 64
#define TAG_LEN 16

struct entry {
    uint8_t tag[TAG_LEN];
    struct verdict_span span; /* until_s 0: empty */
};

struct set {
    struct entry entries[WAYS];
};

struct verdict_memory {
    struct digest_state *empty; /* to copy */
    pthread_mutex_t locks[LOCKS];
    size_t set_count;
    struct set sets[];
};

struct place {
    struct set *set;
    pthread_mutex_t *lock;
    uint8_t tag[TAG_LEN];
};

struct verdict_memory *verdict_memory_new(size_t entries)
{
    size_t set_count = (entries + WAYS - 1) / WAYS;
    struct verdict_memory *memory =
        calloc(1, sizeof(*memory) + set_count * sizeof(memory->sets[0]));
    if (memory == NULL)
        abort();
    memory->empty = digest_new();
    memory->set_count = set_count;
    for (size_t i = 0; i < LOCKS; i++)
        pthread_mutex_init(&memory->locks[i], NULL);
    return memory;
}

void verdict_memory_free(struct verdict_memory *memory)
{
    if (memory == NULL)
        return;
    for (size_t i = 0; i < LOCKS; i++)
        pthread_mutex_destroy(&memory->locks[i]);
    digest_free(memory->empty);
    free(memory);
}

static uint64_t read_u64(const uint8_t *bytes)
{
    uint64_t value;
    memcpy(&value, bytes, sizeof(value));
    return value;
}

/* The token's length goes in first: where it ends and the URI begins is part of the question. */
static struct place place_of(struct verdict_memory *memory, struct span token, struct span uri)
{
    uint64_t token_len = token.len;
    struct digest_state *state = digest_copy(memory->empty);
    digest_update(state, span_of(&token_len, sizeof(token_len)));
    digest_update(state, token);
    digest_update(state, uri);
    struct digest digest = digest_finish(state);
    size_t number = (size_t)(read_u64(digest.bytes + TAG_LEN) % memory->set_count);
    struct place place = {.set = &memory->sets[number], .lock = &memory->locks[number % LOCKS]};
    memcpy(place.tag, digest.bytes, TAG_LEN);
    return place;
}

static struct entry *find(const struct place *place)
{
    for (size_t i = 0; i < WAYS; i++) {
        struct entry *entry = &place->set->entries[i];
        if (entry->span.until_s != 0 && memcmp(entry->tag, place->tag, TAG_LEN) == 0)
            return entry;
    }
    return NULL;
}

bool verdict_memory_knows(struct verdict_memory *memory, struct span token, struct span uri,
                          int64_t now_s, struct verdict_span *span)
{
    struct place place = place_of(memory, token, uri);
    pthread_mutex_lock(place.lock);
    const struct entry *entry = find(&place);
    bool holds = entry != NULL && entry->span.from_s <= now_s && now_s < entry->span.until_s;
    if (holds)
        *span = entry->span;
    pthread_mutex_unlock(place.lock);
    return holds;
}

void verdict_memory_add(struct verdict_memory *memory, struct span token, struct span uri,
                        struct verdict_span span)
{
    struct place place = place_of(memory, token, uri);
    pthread_mutex_lock(place.lock);
    struct entry *entry = find(&place);
    for (size_t i = 0; entry == NULL && i < WAYS; i++) {
        if (place.set->entries[i].span.until_s == 0)
            entry = &place.set->entries[i];
    }
    if (entry == NULL) {
        entry = &place.set->entries[0];
        for (size_t i = 1; i < WAYS; i++) {
            if (place.set->entries[i].span.until_s < entry->span.until_s)
                entry = &place.set->entries[i];
        }
    }
    memcpy(entry->tag, place.tag, TAG_LEN);
    entry->span = span;
    pthread_mutex_unlock(place.lock);
}
