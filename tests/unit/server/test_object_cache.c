#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "server/object_cache.h"

#define NOW_NS 7000000000u
#define FRESH_NS OBJECT_CACHE_FRESH_NS
#define STALE_NS OBJECT_CACHE_STALE_NS

struct fake_store {
    struct store base;
    unsigned loads;
    unsigned checks;
    unsigned blobs;    /* not released */
    bool has_replaced; /* what was loaded before is not there any more */
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

static enum status check_object(struct store *base, const struct index_object *object,
                                const struct blob *blob, bool *is_same, struct fault *fault)
{
    struct fake_store *store = (struct fake_store *)base;
    (void)object;
    (void)blob;
    store->checks++;
    *is_same = !store->has_replaced;
    return store->status == STATUS_OK ? STATUS_OK
                                      : fault_raise(fault, store->status, "as the test wants");
}

static const struct store_ops ops = {.load_object = load_object, .check_object = check_object};

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

static enum object_answer ask(struct object_cache *cache, uint8_t name, uint64_t now_ns,
                              uint64_t *good_until_ns)
{
    struct index_object object = object_called(name, 0);
    struct blob *blob = NULL;
    enum object_answer answer =
        object_cache_find(cache, &object.name, now_ns, &blob, good_until_ns);
    assert_int_equal(blob != NULL, answer != OBJECT_ASK);
    blob_release(blob);
    return answer;
}

static bool has_at(struct object_cache *cache, uint8_t name, uint64_t now_ns)
{
    uint64_t good_until_ns;
    return ask(cache, name, now_ns, &good_until_ns) != OBJECT_ASK;
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

static void an_object_is_good_for_ten_seconds(void **state)
{
    (void)state;
    struct fake_store store = {.base = {&ops}};
    const struct object_cache_limits limits = {8, 1000};
    struct object_cache *cache = object_cache_new(&store.base, &limits);
    uint64_t good_until_ns;
    load(cache, 1, 10);
    assert_int_equal(ask(cache, 1, NOW_NS + 5, &good_until_ns), OBJECT_GOOD);
    assert_int_equal(good_until_ns, NOW_NS + FRESH_NS);
    assert_int_equal(ask(cache, 1, NOW_NS + FRESH_NS - 1, &good_until_ns), OBJECT_GOOD);
    assert_int_equal(ask(cache, 1, NOW_NS - 1, &good_until_ns), OBJECT_GOOD); /* began before */
    load_at(cache, 1, 10, NOW_NS + FRESH_NS - 1); /* finds it, which makes it no younger */
    assert_int_equal(store.loads, 1);
    assert_int_equal(ask(cache, 1, NOW_NS + FRESH_NS, &good_until_ns), OBJECT_AGING);
    object_cache_free(cache);
}

static void one_is_told_to_check_and_the_others_go_on(void **state)
{
    (void)state;
    struct fake_store store = {.base = {&ops}};
    const struct object_cache_limits limits = {8, 1000};
    struct object_cache *cache = object_cache_new(&store.base, &limits);
    struct index_object object = object_called(1, 10);
    uint64_t now_ns = NOW_NS + FRESH_NS;
    uint64_t good_until_ns;
    load(cache, 1, 10);
    assert_int_equal(ask(cache, 1, now_ns, &good_until_ns), OBJECT_AGING);
    assert_int_equal(ask(cache, 1, now_ns, &good_until_ns), OBJECT_GOOD);
    assert_int_equal(good_until_ns, now_ns + OBJECT_CACHE_ASK_AGAIN_NS);
    object_cache_check(cache, &object, now_ns);
    assert_int_equal(store.checks, 1);
    assert_int_equal(store.loads, 1);
    assert_int_equal(ask(cache, 1, now_ns, &good_until_ns), OBJECT_GOOD);
    assert_int_equal(good_until_ns, now_ns + FRESH_NS);
    assert_int_equal(ask(cache, 1, now_ns + FRESH_NS, &good_until_ns), OBJECT_AGING);
    object_cache_free(cache);
    assert_int_equal(store.blobs, 0);
}

static void a_check_that_never_comes_ends_in_a_load(void **state)
{
    (void)state;
    struct fake_store store = {.base = {&ops}};
    const struct object_cache_limits limits = {8, 1000};
    struct object_cache *cache = object_cache_new(&store.base, &limits);
    uint64_t good_until_ns;
    load(cache, 1, 10);
    assert_int_equal(ask(cache, 1, NOW_NS + FRESH_NS, &good_until_ns), OBJECT_AGING);
    assert_int_equal(ask(cache, 1, NOW_NS + STALE_NS - 1, &good_until_ns), OBJECT_GOOD);
    assert_int_equal(ask(cache, 1, NOW_NS + STALE_NS, &good_until_ns), OBJECT_ASK);
    load_at(cache, 1, 10, NOW_NS + STALE_NS); /* the same file: the mapping stays */
    assert_int_equal(store.checks, 1);
    assert_int_equal(store.loads, 1);
    assert_int_equal(ask(cache, 1, NOW_NS + STALE_NS, &good_until_ns), OBJECT_GOOD);
    object_cache_free(cache);
}

static void what_was_replaced_is_loaded_anew(void **state)
{
    (void)state;
    struct fake_store store = {.base = {&ops}};
    const struct object_cache_limits limits = {8, 100};
    struct object_cache *cache = object_cache_new(&store.base, &limits);
    struct index_object object = object_called(1, 60);
    struct blob *old = NULL;
    struct blob *new = NULL;
    assert_int_equal(object_cache_load(cache, &object, NOW_NS, &old, NULL), STATUS_OK);
    store.has_replaced = true;
    assert_int_equal(object_cache_load(cache, &object, NOW_NS + FRESH_NS, &new, NULL), STATUS_OK);
    assert_ptr_not_equal(old, new);
    assert_int_equal(store.loads, 2);
    assert_int_equal(store.blobs, 2); /* the old one for who holds it */
    blob_release(old);
    assert_int_equal(store.blobs, 1);
    blob_release(new);
    load_at(cache, 2, 40, NOW_NS + FRESH_NS); /* the old one's bytes no longer count */
    assert_true(has_at(cache, 1, NOW_NS + FRESH_NS));
    object_cache_free(cache);
    assert_int_equal(store.blobs, 0);
}

static void what_a_check_finds_replaced_is_gone(void **state)
{
    (void)state;
    struct fake_store store = {.base = {&ops}, .has_replaced = true};
    const struct object_cache_limits limits = {8, 100};
    struct object_cache *cache = object_cache_new(&store.base, &limits);
    struct index_object object = object_called(1, 60);
    load(cache, 1, 60);
    object_cache_check(cache, &object, NOW_NS + FRESH_NS);
    assert_int_equal(store.blobs, 0);
    assert_false(has_at(cache, 1, NOW_NS + FRESH_NS));
    object_cache_check(cache, &object, NOW_NS + FRESH_NS); /* nothing to check */
    assert_int_equal(store.checks, 1);
    object_cache_free(cache);
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
    store.status = STATUS_IO;
    assert_int_equal(object_cache_load(cache, &object, NOW_NS + FRESH_NS, &blob, NULL), STATUS_IO);
    assert_null(blob);
    assert_false(has_at(cache, 1, NOW_NS + FRESH_NS));
    object_cache_free(cache);
}

static void a_sweep_lets_go_of_what_nobody_asks_for(void **state)
{
    (void)state;
    struct fake_store store = {.base = {&ops}};
    const struct object_cache_limits limits = {8, 1000};
    struct object_cache *cache = object_cache_new(&store.base, &limits);
    load(cache, 1, 10);
    load(cache, 2, 10);
    load_at(cache, 3, 10, NOW_NS + 5);
    object_cache_sweep(cache, NOW_NS + STALE_NS - 1);
    assert_int_equal(store.blobs, 3);
    object_cache_sweep(cache, NOW_NS + STALE_NS);
    assert_int_equal(store.blobs, 1);
    assert_true(has_at(cache, 3, NOW_NS + STALE_NS));
    object_cache_sweep(cache, NOW_NS + STALE_NS + 5);
    assert_int_equal(store.blobs, 0);
    object_cache_sweep(cache, NOW_NS + STALE_NS + 5);
    object_cache_free(cache);
}

static void figures_say_what_it_holds_and_did(void **state)
{
    (void)state;
    struct fake_store store = {.base = {&ops}};
    const struct object_cache_limits limits = {8, 1000};
    struct object_cache *cache = object_cache_new(&store.base, &limits);
    struct index_object object = object_called(1, 10);
    load(cache, 1, 10);
    load(cache, 2, 7);
    object_cache_check(cache, &object, NOW_NS);
    struct object_cache_figures figures = object_cache_figures(cache);
    assert_int_equal(figures.objects, 2);
    assert_int_equal(figures.bytes, 17);
    assert_int_equal(figures.loads, 2);
    assert_int_equal(figures.checks, 1);
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
    object_cache_sweep(cache, NOW_NS + STALE_NS);
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
        cmocka_unit_test(an_object_is_good_for_ten_seconds),
        cmocka_unit_test(one_is_told_to_check_and_the_others_go_on),
        cmocka_unit_test(a_check_that_never_comes_ends_in_a_load),
        cmocka_unit_test(what_was_replaced_is_loaded_anew),
        cmocka_unit_test(what_a_check_finds_replaced_is_gone),
        cmocka_unit_test(what_cannot_be_loaded_anew_is_not_found_as_it_was),
        cmocka_unit_test(a_sweep_lets_go_of_what_nobody_asks_for),
        cmocka_unit_test(figures_say_what_it_holds_and_did),
        cmocka_unit_test(a_sweep_leaves_references_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
