#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "server/object_cache.h"

struct fake_store {
    struct store base;
    unsigned loads;
    unsigned blobs; /* not released */
    enum status status;
};

struct fake_blob {
    struct blob base;
    struct fake_store *store;
};

static void dispose_blob(struct blob *blob)
{
    ((struct fake_blob *)blob)->store->blobs--;
    free(blob);
}

static enum status load_object(struct store *base, const struct index_object *object,
                               struct blob **blob, struct fault *fault)
{
    struct fake_store *store = (struct fake_store *)base;
    store->loads++;
    if (store->status != STATUS_OK)
        return fault_raise(fault, store->status, "as the test wants");
    struct fake_blob *fake = calloc(1, sizeof(*fake));
    assert_non_null(fake);
    fake->base =
        (struct blob){.bytes = span_of("", object->size), .references = 1, .dispose = dispose_blob};
    fake->store = store;
    store->blobs++;
    *blob = &fake->base;
    return STATUS_OK;
}

static const struct store_ops ops = {.load_object = load_object};

static struct index_object object_called(uint8_t name, uint64_t size)
{
    return (struct index_object){.name = {{name}}, .size = size};
}

static void load(struct object_cache *cache, uint8_t name, uint64_t size)
{
    struct index_object object = object_called(name, size);
    struct blob *blob = NULL;
    assert_int_equal(object_cache_load(cache, &object, &blob, NULL), STATUS_OK);
    blob_release(blob);
}

static bool has(struct object_cache *cache, uint8_t name)
{
    struct index_object object = object_called(name, 0);
    struct blob *blob = object_cache_find(cache, &object.name);
    bool is_there = blob != NULL;
    blob_release(blob);
    return is_there;
}

static void an_object_is_loaded_once(void **state)
{
    (void)state;
    struct fake_store store = {.base = {&ops}};
    const struct object_cache_limits limits = {8, 1000};
    struct object_cache *cache = object_cache_new(&store.base, &limits);
    assert_false(has(cache, 1));
    load(cache, 1, 10);
    load(cache, 1, 10);
    assert_true(has(cache, 1));
    assert_int_equal(store.loads, 1);
    object_cache_free(cache);
    assert_int_equal(store.blobs, 0);
}

static void the_count_is_bounded(void **state)
{
    (void)state;
    struct fake_store store = {.base = {&ops}};
    const struct object_cache_limits limits = {3, 1000};
    struct object_cache *cache = object_cache_new(&store.base, &limits);
    load(cache, 1, 10);
    load(cache, 2, 10);
    load(cache, 3, 10);
    assert_true(has(cache, 1)); /* and is the newest now */
    load(cache, 4, 10);
    assert_int_equal(store.blobs, 3);
    assert_true(has(cache, 1));
    assert_false(has(cache, 2));
    object_cache_free(cache);
}

static void the_bytes_are_bounded(void **state)
{
    (void)state;
    struct fake_store store = {.base = {&ops}};
    const struct object_cache_limits limits = {100, 1000};
    struct object_cache *cache = object_cache_new(&store.base, &limits);
    load(cache, 1, 400);
    load(cache, 2, 400);
    load(cache, 3, 300);
    assert_false(has(cache, 1));
    assert_true(has(cache, 2));
    /* one that is over the bound alone is kept alone */
    load(cache, 4, 5000);
    assert_false(has(cache, 3));
    assert_true(has(cache, 4));
    assert_int_equal(store.blobs, 1);
    object_cache_free(cache);
}

static void a_reference_outlives_the_cache(void **state)
{
    (void)state;
    struct fake_store store = {.base = {&ops}};
    const struct object_cache_limits limits = {1, 1000};
    struct object_cache *cache = object_cache_new(&store.base, &limits);
    struct index_object object = object_called(1, 10);
    struct blob *held = NULL;
    assert_int_equal(object_cache_load(cache, &object, &held, NULL), STATUS_OK);
    load(cache, 2, 10);
    assert_false(has(cache, 1));
    object_cache_free(cache);
    assert_int_equal(store.blobs, 1);
    blob_release(held);
    assert_int_equal(store.blobs, 0);
}

static void a_failure_is_not_remembered(void **state)
{
    (void)state;
    struct fake_store store = {.base = {&ops}, .status = STATUS_IO};
    const struct object_cache_limits limits = {8, 1000};
    struct object_cache *cache = object_cache_new(&store.base, &limits);
    struct index_object object = object_called(1, 10);
    struct blob *blob = NULL;
    assert_int_equal(object_cache_load(cache, &object, &blob, NULL), STATUS_IO);
    assert_null(blob);
    store.status = STATUS_OK;
    load(cache, 1, 10);
    object_cache_free(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_object_is_loaded_once),
        cmocka_unit_test(the_count_is_bounded),
        cmocka_unit_test(the_bytes_are_bounded),
        cmocka_unit_test(a_reference_outlives_the_cache),
        cmocka_unit_test(a_failure_is_not_remembered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
