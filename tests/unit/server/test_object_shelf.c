#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "server/object_shelf.h"

#define NOW_NS 7000000000u
#define FRESH_NS OBJECT_CACHE_FRESH_NS

struct fake_store {
    struct store base;
    unsigned blobs; /* not released */
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
    struct fake_blob *fake = calloc(1, sizeof(*fake));
    (void)fault;
    assert_non_null(fake);
    fake->base =
        (struct blob){.bytes = span_of("", object->size), .references = 1, .dispose = dispose_blob};
    fake->store = store;
    store->blobs++;
    *blob = &fake->base;
    return STATUS_OK;
}

static const struct store_ops ops = {.load_object = load_object};
static const struct object_cache_limits limits = {8, 1000};

struct fixture {
    struct fake_store store;
    struct object_cache *cache;
    struct object_shelf shelf;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    assert_non_null(fixture);
    fixture->store.base.ops = &ops;
    fixture->cache = object_cache_new(&fixture->store.base, &limits);
    object_shelf_init(&fixture->shelf, fixture->cache);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    object_shelf_clear(&fixture->shelf);
    object_cache_free(fixture->cache);
    assert_int_equal(fixture->store.blobs, 0);
    free(fixture);
    return 0;
}

/* Names that differ behind their first four bytes share their slots. */
static struct index_object object_called(uint8_t first, uint8_t last)
{
    struct index_object object = {.size = 1};
    object.name.bytes[0] = first;
    object.name.bytes[sizeof(object.name.bytes) - 1] = last;
    return object;
}

static void load(struct fixture *fixture, const struct index_object *object)
{
    struct blob *blob = NULL;
    assert_int_equal(object_cache_load(fixture->cache, object, NOW_NS, &blob, NULL), STATUS_OK);
    blob_release(blob);
}

static enum object_answer ask(struct fixture *fixture, const struct index_object *object,
                              uint64_t now_ns)
{
    struct blob *blob = NULL;
    enum object_answer answer = object_shelf_find(&fixture->shelf, &object->name, now_ns, &blob);
    assert_int_equal(blob != NULL, answer != OBJECT_ASK);
    blob_release(blob);
    return answer;
}

static void gives_what_the_cache_has(void **state)
{
    struct fixture *fixture = *state;
    struct index_object object = object_called(1, 1);
    assert_int_equal(ask(fixture, &object, NOW_NS), OBJECT_ASK);
    load(fixture, &object);
    assert_int_equal(ask(fixture, &object, NOW_NS), OBJECT_GOOD);
}

static void has_it_at_hand_when_the_cache_has_let_go(void **state)
{
    struct fixture *fixture = *state;
    struct index_object object = object_called(1, 1);
    load(fixture, &object);
    assert_int_equal(ask(fixture, &object, NOW_NS), OBJECT_GOOD);
    object_cache_sweep(fixture->cache, NOW_NS + OBJECT_CACHE_STALE_NS);
    assert_int_equal(fixture->store.blobs, 1);
    assert_int_equal(ask(fixture, &object, NOW_NS + FRESH_NS - 1), OBJECT_GOOD);
    assert_int_equal(ask(fixture, &object, NOW_NS + FRESH_NS), OBJECT_ASK);
}

static void asks_again_when_the_object_ages(void **state)
{
    struct fixture *fixture = *state;
    struct index_object object = object_called(1, 1);
    load(fixture, &object);
    assert_int_equal(ask(fixture, &object, NOW_NS), OBJECT_GOOD);
    assert_int_equal(ask(fixture, &object, NOW_NS + FRESH_NS), OBJECT_AGING);
    assert_int_equal(ask(fixture, &object, NOW_NS + FRESH_NS), OBJECT_GOOD);
}

static void names_that_share_slots_are_told_apart(void **state)
{
    struct fixture *fixture = *state;
    struct index_object a = object_called(1, 1);
    struct index_object b = object_called(1, 2);
    load(fixture, &a);
    assert_int_equal(ask(fixture, &a, NOW_NS), OBJECT_GOOD);
    assert_int_equal(ask(fixture, &b, NOW_NS), OBJECT_ASK);
    load(fixture, &b);
    assert_int_equal(ask(fixture, &b, NOW_NS), OBJECT_GOOD);
    assert_int_equal(ask(fixture, &a, NOW_NS), OBJECT_GOOD);
}

static void names_that_share_slots_stand_beside_each_other(void **state)
{
    struct fixture *fixture = *state;
    for (uint8_t i = 0; i < 4; i++) {
        struct index_object object = object_called(1, i);
        load(fixture, &object);
        assert_int_equal(ask(fixture, &object, NOW_NS), OBJECT_GOOD);
    }
    object_cache_sweep(fixture->cache, NOW_NS + OBJECT_CACHE_STALE_NS);
    assert_int_equal(fixture->store.blobs, 4);
    for (uint8_t i = 0; i < 4; i++) {
        struct index_object object = object_called(1, i);
        assert_int_equal(ask(fixture, &object, NOW_NS), OBJECT_GOOD);
    }
}

static void one_too_many_takes_the_slot_of_another(void **state)
{
    struct fixture *fixture = *state;
    for (uint8_t i = 0; i < 5; i++) {
        struct index_object object = object_called(1, i);
        load(fixture, &object);
        assert_int_equal(ask(fixture, &object, NOW_NS), OBJECT_GOOD);
    }
    object_cache_sweep(fixture->cache, NOW_NS + OBJECT_CACHE_STALE_NS);
    assert_int_equal(fixture->store.blobs, 4);
    struct index_object last = object_called(1, 4);
    assert_int_equal(ask(fixture, &last, NOW_NS), OBJECT_GOOD);
}

static void a_sweep_gives_back_what_is_too_old(void **state)
{
    struct fixture *fixture = *state;
    struct index_object object = object_called(1, 1);
    load(fixture, &object);
    assert_int_equal(ask(fixture, &object, NOW_NS), OBJECT_GOOD);
    object_cache_sweep(fixture->cache, NOW_NS + OBJECT_CACHE_STALE_NS);
    object_shelf_sweep(&fixture->shelf, NOW_NS + FRESH_NS - 1);
    assert_int_equal(fixture->store.blobs, 1);
    object_shelf_sweep(&fixture->shelf, NOW_NS + FRESH_NS);
    assert_int_equal(fixture->store.blobs, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(gives_what_the_cache_has, set_up, tear_down),
        cmocka_unit_test_setup_teardown(has_it_at_hand_when_the_cache_has_let_go, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(asks_again_when_the_object_ages, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_that_share_slots_are_told_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_that_share_slots_stand_beside_each_other, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(one_too_many_takes_the_slot_of_another, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_sweep_gives_back_what_is_too_old, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
