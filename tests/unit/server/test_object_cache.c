#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "server/object_cache.h"

#define NOW_NS 7000000000u
#define FRESH_NS OBJECT_CACHE_FRESH_NS

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

static void load_at(struct object_cache *cache, uint8_t name, uint64_t size, uint64_t now_ns)
{
    struct index_object object = object_called(name, size);
    struct blob *blob = NULL;
    assert_int_equal(object_cache_load(cache, &object, now_ns, &blob, NULL), STATUS_OK);
    blob_release(blob);
}

static void load(struct object_cache *cache, uint8_t name, uint64_t size)
{
    load_at(cache, name, size, NOW_NS);
}

static bool has_at(struct object_cache *cache, uint8_t name, uint64_t now_ns)
{
    struct index_object object = object_called(name, 0);
    struct blob *blob = object_cache_find(cache, &object.name, now_ns);
    bool is_there = blob != NULL;
    blob_release(blob);
    return is_there;
}

static bool has(struct object_cache *cache, uint8_t name)
{
    return has_at(cache, name, NOW_NS);
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
    assert_int_equal(object_cache_load(cache, &object, NOW_NS, &held, NULL), STATUS_OK);
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
    assert_int_equal(object_cache_load(cache, &object, NOW_NS, &blob, NULL), STATUS_IO);
    assert_null(blob);
    store.status = STATUS_OK;
    load(cache, 1, 10);
    object_cache_free(cache);
}

static void an_object_is_good_for_ten_seconds_after_it_was_loaded(void **state)
{
    (void)state;
    struct fake_store store = {.base = {&ops}};
    const struct object_cache_limits limits = {8, 1000};
    struct object_cache *cache = object_cache_new(&store.base, &limits);
    load(cache, 1, 10);
    assert_true(has_at(cache, 1, NOW_NS + FRESH_NS - 1));
    load_at(cache, 1, 10, NOW_NS + FRESH_NS - 1); /* finds it, which makes it no younger */
    assert_int_equal(store.loads, 1);
    assert_false(has_at(cache, 1, NOW_NS + FRESH_NS));
    assert_true(has_at(cache, 1, NOW_NS - 1)); /* asked by who began before it was there */
    object_cache_free(cache);
}

static void what_is_loaded_anew_takes_the_place_of_the_old(void **state)
{
    (void)state;
    struct fake_store store = {.base = {&ops}};
    const struct object_cache_limits limits = {8, 100};
    struct object_cache *cache = object_cache_new(&store.base, &limits);
    struct index_object object = object_called(1, 60);
    struct blob *old = NULL;
    struct blob *new = NULL;
    assert_int_equal(object_cache_load(cache, &object, NOW_NS, &old, NULL), STATUS_OK);
    assert_int_equal(object_cache_load(cache, &object, NOW_NS + FRESH_NS, &new, NULL), STATUS_OK);
    assert_ptr_not_equal(old, new);
    assert_int_equal(store.loads, 2);
    assert_int_equal(store.blobs, 2); /* the old one for who holds it */
    blob_release(old);
    assert_int_equal(store.blobs, 1);
    struct blob *found = object_cache_find(cache, &object.name, NOW_NS + 2 * FRESH_NS - 1);
    assert_ptr_equal(found, new);
    blob_release(found);
    blob_release(new);
    load_at(cache, 2, 40, NOW_NS + FRESH_NS); /* the old one's bytes no longer count */
    assert_true(has_at(cache, 1, NOW_NS + FRESH_NS));
    object_cache_free(cache);
    assert_int_equal(store.blobs, 0);
}

static void what_cannot_be_loaded_anew_is_not_found_as_it_was(void **state)
{
    (void)state;
    struct fake_store store = {.base = {&ops}};
    const struct object_cache_limits limits = {8, 1000};
    struct object_cache *cache = object_cache_new(&store.base, &limits);
    struct index_object object = object_called(1, 10);
    struct blob *blob = NULL;
    load(cache, 1, 10);
    store.status = STATUS_NOT_FOUND;
    assert_int_equal(object_cache_load(cache, &object, NOW_NS + FRESH_NS, &blob, NULL),
                     STATUS_NOT_FOUND);
    assert_null(blob);
    assert_false(has_at(cache, 1, NOW_NS + FRESH_NS));
    object_cache_free(cache);
}

static void a_sweep_lets_go_of_what_is_no_longer_good(void **state)
{
    (void)state;
    struct fake_store store = {.base = {&ops}};
    const struct object_cache_limits limits = {8, 1000};
    struct object_cache *cache = object_cache_new(&store.base, &limits);
    load(cache, 1, 10);
    load(cache, 2, 10);
    load_at(cache, 3, 10, NOW_NS + 5);
    object_cache_sweep(cache, NOW_NS + FRESH_NS - 1);
    assert_int_equal(store.blobs, 3);
    object_cache_sweep(cache, NOW_NS + FRESH_NS);
    assert_int_equal(store.blobs, 1);
    assert_true(has_at(cache, 3, NOW_NS + FRESH_NS));
    object_cache_sweep(cache, NOW_NS + FRESH_NS + 5);
    assert_int_equal(store.blobs, 0);
    object_cache_sweep(cache, NOW_NS + FRESH_NS + 5);
    object_cache_free(cache);
}

static void use_keeps_nothing_for_more_than_twice_as_long(void **state)
{
    (void)state;
    struct fake_store store = {.base = {&ops}};
    const struct object_cache_limits limits = {8, 1000};
    struct object_cache *cache = object_cache_new(&store.base, &limits);
    load(cache, 1, 10);
    load_at(cache, 2, 10, NOW_NS + FRESH_NS - 1);
    assert_true(has_at(cache, 1, NOW_NS + FRESH_NS - 1)); /* and behind the younger one now */
    object_cache_sweep(cache, NOW_NS + 2 * FRESH_NS - 2);
    assert_true(has_at(cache, 2, NOW_NS + 2 * FRESH_NS - 2));
    object_cache_sweep(cache, NOW_NS + 2 * FRESH_NS);
    assert_int_equal(store.blobs, 0);
    object_cache_free(cache);
}

static void a_sweep_leaves_references_alone(void **state)
{
    (void)state;
    struct fake_store store = {.base = {&ops}};
    const struct object_cache_limits limits = {8, 1000};
    struct object_cache *cache = object_cache_new(&store.base, &limits);
    struct index_object object = object_called(1, 10);
    struct blob *held = NULL;
    assert_int_equal(object_cache_load(cache, &object, NOW_NS, &held, NULL), STATUS_OK);
    object_cache_sweep(cache, NOW_NS + FRESH_NS);
    assert_int_equal(store.blobs, 1);
    blob_release(held);
    assert_int_equal(store.blobs, 0);
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
        cmocka_unit_test(an_object_is_good_for_ten_seconds_after_it_was_loaded),
        cmocka_unit_test(what_is_loaded_anew_takes_the_place_of_the_old),
        cmocka_unit_test(what_cannot_be_loaded_anew_is_not_found_as_it_was),
        cmocka_unit_test(a_sweep_lets_go_of_what_is_no_longer_good),
        cmocka_unit_test(use_keeps_nothing_for_more_than_twice_as_long),
        cmocka_unit_test(a_sweep_leaves_references_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
