#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "server/catalog.h"

#define MS UINT64_C(1000000)
#define MAX_TITLES 4

/* A store whose one title changes as the test says, and that counts what it is asked. */
struct fake_store {
    struct store base;
    enum status status; /* of the title */
    uint64_t version;
    unsigned loads;
    unsigned stats;
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

static enum status load_index(struct store *base, struct span title, struct blob **blob,
                              struct index *index, struct publication_stamp *stamp,
                              struct fault *fault)
{
    struct fake_store *store = (struct fake_store *)base;
    (void)title;
    store->loads++;
    if (store->status != STATUS_OK)
        return fault_raise(fault, store->status, "as the test wants");
    struct fake_blob *fake = calloc(1, sizeof(*fake));
    assert_non_null(fake);
    fake->base = (struct blob){.references = 1, .dispose = dispose_blob};
    fake->store = store;
    store->blobs++;
    *blob = &fake->base;
    *index = (struct index){.published_s = (int64_t)store->version};
    *stamp = (struct publication_stamp){{store->version}};
    return STATUS_OK;
}

static enum status stat_index(struct store *base, struct span title,
                              struct publication_stamp *stamp, struct fault *fault)
{
    struct fake_store *store = (struct fake_store *)base;
    (void)title;
    store->stats++;
    *stamp = (struct publication_stamp){{store->version}};
    return store->status == STATUS_OK ? STATUS_OK
                                      : fault_raise(fault, store->status, "as the test wants");
}

static const struct store_ops ops = {.load_index = load_index, .stat_index = stat_index};

static const struct span title = {(const uint8_t *)"bunny", 5};

static enum catalog_answer find(struct catalog *catalog, uint64_t now_ns, uint64_t *version)
{
    struct publication *publication = NULL;
    enum catalog_answer answer = catalog_find(catalog, title, now_ns, &publication);
    if (answer == CATALOG_FOUND)
        *version = (uint64_t)publication->index.published_s;
    publication_release(publication);
    return answer;
}

static enum status refresh(struct catalog *catalog, uint64_t now_ns, uint64_t *version)
{
    struct publication *publication = NULL;
    enum status status = catalog_refresh(catalog, title, now_ns, now_ns, &publication, NULL);
    if (status == STATUS_OK)
        *version = (uint64_t)publication->index.published_s;
    else
        assert_null(publication);
    publication_release(publication);
    return status;
}

static void an_unknown_title_is_asked_for(void **state)
{
    (void)state;
    struct fake_store store = {.base = {&ops}, .version = 1};
    struct catalog *catalog = catalog_new(&store.base, MAX_TITLES);
    uint64_t version = 0;
    assert_int_equal(find(catalog, 1000 * MS, &version), CATALOG_ASK);
    assert_int_equal(store.loads + store.stats, 0);
    assert_int_equal(refresh(catalog, 1000 * MS, &version), STATUS_OK);
    assert_int_equal(version, 1);
    assert_int_equal(find(catalog, 1001 * MS, &version), CATALOG_FOUND);
    assert_int_equal(find(catalog, 1499 * MS, &version), CATALOG_FOUND);
    assert_int_equal(store.loads, 1);
    assert_int_equal(store.stats, 0);
    catalog_free(catalog);
    assert_int_equal(store.blobs, 0);
}

static void after_half_a_second_one_looks_again_and_the_others_go_on(void **state)
{
    (void)state;
    struct fake_store store = {.base = {&ops}, .version = 1};
    struct catalog *catalog = catalog_new(&store.base, MAX_TITLES);
    uint64_t version = 0;
    assert_int_equal(refresh(catalog, 1000 * MS, &version), STATUS_OK);
    assert_int_equal(find(catalog, 1500 * MS, &version), CATALOG_ASK);
    assert_int_equal(find(catalog, 1501 * MS, &version), CATALOG_FOUND);
    assert_int_equal(find(catalog, 1899 * MS, &version), CATALOG_FOUND);
    /* whoever was to look has not come back */
    assert_int_equal(find(catalog, 1900 * MS, &version), CATALOG_ASK);
    assert_int_equal(refresh(catalog, 1900 * MS, &version), STATUS_OK);
    assert_int_equal(find(catalog, 2399 * MS, &version), CATALOG_FOUND);
    /* the same stamp: nothing was loaded again */
    assert_int_equal(store.loads, 1);
    assert_int_equal(store.stats, 1);
    catalog_free(catalog);
}

static void a_new_publication_is_seen_and_the_old_one_stays_whole(void **state)
{
    (void)state;
    struct fake_store store = {.base = {&ops}, .version = 1};
    struct catalog *catalog = catalog_new(&store.base, MAX_TITLES);
    uint64_t version = 0;
    struct publication *held = NULL;
    assert_int_equal(catalog_refresh(catalog, title, 1000 * MS, 1000 * MS, &held, NULL), STATUS_OK);
    store.version = 2;
    assert_int_equal(refresh(catalog, 1500 * MS, &version), STATUS_OK);
    assert_int_equal(version, 2);
    assert_int_equal(store.blobs, 2);
    assert_int_equal(held->index.published_s, 1);
    publication_release(held);
    assert_int_equal(store.blobs, 1);
    catalog_free(catalog);
    assert_int_equal(store.blobs, 0);
}

static void a_removed_title_is_gone_and_may_come_back(void **state)
{
    (void)state;
    struct fake_store store = {.base = {&ops}, .version = 1};
    struct catalog *catalog = catalog_new(&store.base, MAX_TITLES);
    uint64_t version = 0;
    assert_int_equal(refresh(catalog, 1000 * MS, &version), STATUS_OK);
    store.status = STATUS_NOT_FOUND;
    assert_int_equal(refresh(catalog, 1500 * MS, &version), STATUS_NOT_FOUND);
    assert_int_equal(store.blobs, 0);
    assert_int_equal(find(catalog, 1999 * MS, &version), CATALOG_ABSENT);
    assert_int_equal(find(catalog, 2000 * MS, &version), CATALOG_ASK);
    store.status = STATUS_OK;
    assert_int_equal(refresh(catalog, 2000 * MS, &version), STATUS_OK);
    assert_int_equal(find(catalog, 2001 * MS, &version), CATALOG_FOUND);
    catalog_free(catalog);
}

static void a_damaged_title_is_not_opened_again_and_again(void **state)
{
    (void)state;
    struct fake_store store = {.base = {&ops}, .status = STATUS_DAMAGED};
    struct catalog *catalog = catalog_new(&store.base, MAX_TITLES);
    uint64_t version = 0;
    assert_int_equal(refresh(catalog, 1000 * MS, &version), STATUS_DAMAGED);
    assert_int_equal(find(catalog, 1001 * MS, &version), CATALOG_BROKEN);
    assert_int_equal(find(catalog, 1500 * MS, &version), CATALOG_ASK);
    catalog_free(catalog);
}

static void what_another_thread_has_just_learnt_is_used(void **state)
{
    (void)state;
    struct fake_store store = {.base = {&ops}, .version = 1};
    struct catalog *catalog = catalog_new(&store.base, MAX_TITLES);
    struct publication *publication = NULL;
    uint64_t version = 0;
    assert_int_equal(refresh(catalog, 1010 * MS, &version), STATUS_OK);
    assert_int_equal(catalog_refresh(catalog, title, 1000 * MS, 1020 * MS, &publication, NULL),
                     STATUS_OK);
    assert_int_equal(store.loads, 1);
    assert_int_equal(store.stats, 0);
    publication_release(publication);
    catalog_free(catalog);
}

static void a_late_answer_does_not_replace_a_newer_one(void **state)
{
    (void)state;
    struct fake_store store = {.base = {&ops}, .version = 2};
    struct catalog *catalog = catalog_new(&store.base, MAX_TITLES);
    struct publication *publication = NULL;
    uint64_t version = 0;
    assert_int_equal(refresh(catalog, 1500 * MS, &version), STATUS_OK);
    /* it began before the other, and was told to ask after it */
    store.status = STATUS_NOT_FOUND;
    assert_int_equal(catalog_refresh(catalog, title, 1600 * MS, 1400 * MS, &publication, NULL),
                     STATUS_NOT_FOUND);
    assert_int_equal(find(catalog, 1501 * MS, &version), CATALOG_FOUND);
    catalog_free(catalog);
}

static void names_that_do_not_exist_forget_none_that_does(void **state)
{
    (void)state;
    struct fake_store store = {.base = {&ops}, .version = 1};
    struct catalog *catalog = catalog_new(&store.base, MAX_TITLES);
    struct publication *publication = NULL;
    uint64_t version = 0;
    assert_int_equal(refresh(catalog, 1000 * MS, &version), STATUS_OK);
    store.status = STATUS_NOT_FOUND;
    for (char name = 'a'; name <= 'z'; name++)
        assert_int_equal(
            catalog_refresh(catalog, span_of(&name, 1), 1000 * MS, 1000 * MS, &publication, NULL),
            STATUS_NOT_FOUND);
    assert_int_equal(find(catalog, 1001 * MS, &version), CATALOG_FOUND);
    assert_int_equal(catalog_find(catalog, span_of("a", 1), 1001 * MS, &publication), CATALOG_ASK);
    assert_int_equal(catalog_find(catalog, span_of("z", 1), 1001 * MS, &publication),
                     CATALOG_ABSENT);
    catalog_free(catalog);
}

static void the_title_unused_for_longest_goes_first(void **state)
{
    (void)state;
    struct fake_store store = {.base = {&ops}, .version = 1};
    struct catalog *catalog = catalog_new(&store.base, MAX_TITLES);
    struct publication *publication = NULL;
    uint64_t version = 0;
    assert_int_equal(refresh(catalog, 1000 * MS, &version), STATUS_OK);
    for (char name = 'a'; name < 'a' + 2 * MAX_TITLES; name++) {
        assert_int_equal(find(catalog, 1001 * MS, &version), CATALOG_FOUND);
        assert_int_equal(
            catalog_refresh(catalog, span_of(&name, 1), 1000 * MS, 1000 * MS, &publication, NULL),
            STATUS_OK);
        publication_release(publication);
    }
    assert_int_equal(find(catalog, 1001 * MS, &version), CATALOG_FOUND);
    assert_int_equal(store.blobs, MAX_TITLES);
    catalog_free(catalog);
    assert_int_equal(store.blobs, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unknown_title_is_asked_for),
        cmocka_unit_test(after_half_a_second_one_looks_again_and_the_others_go_on),
        cmocka_unit_test(a_new_publication_is_seen_and_the_old_one_stays_whole),
        cmocka_unit_test(a_removed_title_is_gone_and_may_come_back),
        cmocka_unit_test(a_damaged_title_is_not_opened_again_and_again),
        cmocka_unit_test(what_another_thread_has_just_learnt_is_used),
        cmocka_unit_test(a_late_answer_does_not_replace_a_newer_one),
        cmocka_unit_test(names_that_do_not_exist_forget_none_that_does),
        cmocka_unit_test(the_title_unused_for_longest_goes_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
