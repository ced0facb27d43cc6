#ifndef FAKE_STORE_H
#define FAKE_STORE_H

#include "store/store.h"

/* A store in memory for one title and one staging area at a time, that counts and can fail. */
#define FAKE_OBJECTS_MAX 256

struct fake_store {
    struct store store; /* the port */
    struct byte_buffer objects[FAKE_OBJECTS_MAX];
    struct object_name names[FAKE_OBJECTS_MAX];
    size_t object_count;
    struct byte_buffer published; /* the index; empty: none */
    bool is_unchanged;            /* what `publish` is to say */
    size_t puts;
    size_t fail_put_at; /* number of the put that fails, from 1; 0: none */
    enum status fail_begin, fail_publish, fail_put;
    int begun;
    int ended;
};

struct fake_store *fake_store_new(void);
void fake_store_free(struct fake_store *store);

/* Opens the index that was published; fails the test when there is none or it is not valid. */
struct index fake_store_index(const struct fake_store *store);

/* All bytes of a file, put together from its extents; the caller disposes. */
struct byte_buffer fake_store_file(const struct fake_store *store, const char *name);

/* The bytes of an object by its number in the index. */
struct span fake_store_object(const struct fake_store *store, uint32_t number);

#endif
