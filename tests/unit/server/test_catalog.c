#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "server/catalog.h"

#define MS UINT64_C(1000000)
#define MAX_TITLES 4

static const struct catalog_limits limits = {MAX_TITLES, UINT64_MAX};

/* A store whose one title changes as the test says, and that counts what it is asked. */
struct fake_store {
    struct store base;
    enum status status; /* of the title */
    uint64_t version;
    unsigned loads;
    unsigned stats;
    unsigned blobs;    /* not released */
    size_t blob_bytes; /* of each one that is made */
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
    fake->base = (struct blob){
        .bytes = {.len = store->blob_bytes}, .references = 1, .dispose = dispose_blob};
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

static void wake(struct catalog_waiter *waiter)
{
    waiter->next = waiter; /* as a sign that it was */
}

static bool is_woken(const struct catalog_waiter *waiter)
{
    return waiter->next == waiter;
}

/* What somebody does who is told to ask and is the first. */
static enum status ask(struct catalog *catalog, struct span name, uint64_t now_ns,
                       struct publication **publication)
{
    struct catalog_waiter waiter = {.wake = wake};
    assert_true(catalog_join(catalog, name, &waiter));
    return catalog_refresh(catalog, name, now_ns, publication, NULL);
}

static enum status refresh(struct catalog *catalog, uint64_t now_ns, uint64_t *version)
{
    struct publication *publication = NULL;
    enum status status = ask(catalog, title, now_ns, &publication);
    if (status == STATUS_OK)
        *version = (uint64_t)publication->index.published_s;
    else
        assert_null(publication);
    publication_release(publication);
    return status;
}

/* Asks for the title whose name is this letter, which nobody wants to keep. */
static enum status refresh_letter(struct catalog *catalog, char name)
{
    struct publication *publication = NULL;
    enum status status = ask(catalog, span_of(&name, 1), 1000 * MS, &publication);
    publication_release(publication);
    return status;
}

static enum catalog_answer find_letter(struct catalog *catalog, char name)
{
    struct publication *publication = NULL;
    enum catalog_answer answer = catalog_find(catalog, span_of(&name, 1), 1001 * MS, &publication);
    publication_release(publication);
    return answer;
}

static void an_unknown_title_is_asked_for(void **state)
{
    (void)state;
    struct fake_store store = {.base = {&ops}, .version = 1};
    struct catalog *catalog = catalog_new(&store.base, &limits);
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
    struct catalog *catalog = catalog_new(&store.base, &limits);
    struct publication *publication = NULL;
    uint64_t version = 0;
    struct catalog_waiter waiter = {.wake = wake};
    assert_int_equal(refresh(catalog, 1000 * MS, &version), STATUS_OK);
    assert_int_equal(find(catalog, 1500 * MS, &version), CATALOG_ASK);
    assert_true(catalog_join(catalog, title, &waiter));
    assert_int_equal(find(catalog, 1501 * MS, &version), CATALOG_FOUND);
    assert_int_equal(find(catalog, 1899 * MS, &version), CATALOG_FOUND);
    /* whoever looks has not come back */
    assert_int_equal(find(catalog, 1900 * MS, &version), CATALOG_ASK);
    assert_false(catalog_join(catalog, title, &waiter));
    assert_int_equal(catalog_refresh(catalog, title, 1900 * MS, &publication, NULL), STATUS_OK);
    publication_release(publication);
    assert_true(is_woken(&waiter));
    publication_release(waiter.publication);
    assert_int_equal(find(catalog, 2399 * MS, &version), CATALOG_FOUND);
    /* the same stamp: nothing was loaded again */
    assert_int_equal(store.loads, 1);
    assert_int_equal(store.stats, 1);
    catalog_free(catalog);
    assert_int_equal(store.blobs, 0);
}

static void a_new_publication_is_seen_and_the_old_one_stays_whole(void **state)
{
    (void)state;
    struct fake_store store = {.base = {&ops}, .version = 1};
    struct catalog *catalog = catalog_new(&store.base, &limits);
    uint64_t version = 0;
    struct publication *held = NULL;
    assert_int_equal(ask(catalog, title, 1000 * MS, &held), STATUS_OK);
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
    struct catalog *catalog = catalog_new(&store.base, &limits);
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
    struct catalog *catalog = catalog_new(&store.base, &limits);
    uint64_t version = 0;
    assert_int_equal(refresh(catalog, 1000 * MS, &version), STATUS_DAMAGED);
    assert_int_equal(find(catalog, 1001 * MS, &version), CATALOG_BROKEN);
    assert_int_equal(find(catalog, 1500 * MS, &version), CATALOG_ASK);
    catalog_free(catalog);
}

static void whoever_comes_meanwhile_waits_for_the_same_answer(void **state)
{
    (void)state;
    struct fake_store store = {.base = {&ops}, .version = 7};
    struct catalog *catalog = catalog_new(&store.base, &limits);
    struct catalog_waiter first = {.wake = wake};
    struct catalog_waiter others[2] = {{.wake = wake}, {.wake = wake}};
    struct catalog_waiter elsewhere = {.wake = wake};
    struct publication *publication = NULL;
    assert_true(catalog_join(catalog, title, &first));
    for (size_t i = 0; i < 2; i++)
        assert_false(catalog_join(catalog, title, &others[i]));
    assert_true(catalog_join(catalog, span_of("x", 1), &elsewhere));
    assert_int_equal(catalog_refresh(catalog, title, 1000 * MS, &publication, NULL), STATUS_OK);
    assert_int_equal(store.loads, 1);
    for (size_t i = 0; i < 2; i++) {
        assert_true(is_woken(&others[i]));
        assert_int_equal(others[i].status, STATUS_OK);
        assert_ptr_equal(others[i].publication, publication);
        publication_release(others[i].publication);
    }
    assert_false(is_woken(&first) || is_woken(&elsewhere));
    publication_release(publication);
    catalog_abandon(catalog, span_of("x", 1));
    catalog_free(catalog);
    assert_int_equal(store.blobs, 0);
}

static void whoever_waits_learns_that_there_is_none(void **state)
{
    (void)state;
    struct fake_store store = {.base = {&ops}, .status = STATUS_NOT_FOUND};
    struct catalog *catalog = catalog_new(&store.base, &limits);
    struct catalog_waiter first = {.wake = wake};
    struct catalog_waiter other = {.wake = wake};
    struct publication *publication = NULL;
    assert_true(catalog_join(catalog, title, &first));
    assert_false(catalog_join(catalog, title, &other));
    assert_int_equal(catalog_refresh(catalog, title, 1000 * MS, &publication, NULL),
                     STATUS_NOT_FOUND);
    assert_true(is_woken(&other));
    assert_int_equal(other.status, STATUS_NOT_FOUND);
    assert_null(other.publication);
    catalog_free(catalog);
}

static void who_cannot_ask_lets_the_next_one_ask(void **state)
{
    (void)state;
    struct fake_store store = {.base = {&ops}, .version = 1};
    struct catalog *catalog = catalog_new(&store.base, &limits);
    struct catalog_waiter first = {.wake = wake};
    struct catalog_waiter other = {.wake = wake};
    uint64_t version = 0;
    assert_true(catalog_join(catalog, title, &first));
    assert_false(catalog_join(catalog, title, &other));
    catalog_abandon(catalog, title);
    assert_true(is_woken(&other));
    assert_int_equal(other.status, STATUS_BUSY);
    assert_null(other.publication);
    assert_int_equal(refresh(catalog, 1000 * MS, &version), STATUS_OK);
    catalog_free(catalog);
}

static void names_that_do_not_exist_forget_none_that_does(void **state)
{
    (void)state;
    struct fake_store store = {.base = {&ops}, .version = 1};
    struct catalog *catalog = catalog_new(&store.base, &limits);
    uint64_t version = 0;
    assert_int_equal(refresh(catalog, 1000 * MS, &version), STATUS_OK);
    store.status = STATUS_NOT_FOUND;
    for (char name = 'a'; name <= 'z'; name++)
        assert_int_equal(refresh_letter(catalog, name), STATUS_NOT_FOUND);
    assert_int_equal(find(catalog, 1001 * MS, &version), CATALOG_FOUND);
    assert_int_equal(find_letter(catalog, 'a'), CATALOG_ASK);
    assert_int_equal(find_letter(catalog, 'z'), CATALOG_ABSENT);
    catalog_free(catalog);
}

static void the_title_unused_for_longest_goes_first(void **state)
{
    (void)state;
    struct fake_store store = {.base = {&ops}, .version = 1};
    struct catalog *catalog = catalog_new(&store.base, &limits);
    uint64_t version = 0;
    assert_int_equal(refresh(catalog, 1000 * MS, &version), STATUS_OK);
    for (char name = 'a'; name < 'a' + 2 * MAX_TITLES; name++) {
        assert_int_equal(find(catalog, 1001 * MS, &version), CATALOG_FOUND);
        assert_int_equal(refresh_letter(catalog, name), STATUS_OK);
    }
    assert_int_equal(find(catalog, 1001 * MS, &version), CATALOG_FOUND);
    assert_int_equal(store.blobs, MAX_TITLES);
    catalog_free(catalog);
    assert_int_equal(store.blobs, 0);
}

static void titles_go_when_their_indexes_have_too_many_bytes(void **state)
{
    (void)state;
    const struct catalog_limits bytes = {.max_titles = 1000, .max_bytes = 10000};
    struct fake_store store = {.base = {&ops}, .version = 1, .blob_bytes = 3000};
    struct catalog *catalog = catalog_new(&store.base, &bytes);
    for (char name = 'a'; name <= 'z'; name++) {
        assert_int_equal(refresh_letter(catalog, name), STATUS_OK);
        assert_true(store.blobs <= 3);
    }
    assert_int_equal(find_letter(catalog, 'y'), CATALOG_FOUND);
    assert_int_equal(find_letter(catalog, 'a'), CATALOG_ASK);
    /* one that is too long for all of it is remembered, alone */
    store.blob_bytes = 20000;
    assert_int_equal(refresh_letter(catalog, 'A'), STATUS_OK);
    assert_int_equal(store.blobs, 1);
    assert_int_equal(find_letter(catalog, 'A'), CATALOG_FOUND);
    store.blob_bytes = 3000;
    assert_int_equal(refresh_letter(catalog, 'b'), STATUS_OK);
    assert_int_equal(store.blobs, 1);
    assert_int_equal(find_letter(catalog, 'A'), CATALOG_ASK);
    /* the room of those that went is there again */
    assert_int_equal(refresh_letter(catalog, 'c'), STATUS_OK);
    assert_int_equal(store.blobs, 2);
    catalog_free(catalog);
    assert_int_equal(store.blobs, 0);
}

static void small_titles_are_bounded_by_bytes_too(void **state)
{
    (void)state;
    const struct catalog_limits bytes = {.max_titles = 1000, .max_bytes = 10000};
    struct fake_store store = {.base = {&ops}, .version = 1};
    struct catalog *catalog = catalog_new(&store.base, &bytes);
    for (char name = 'A'; name <= 'z'; name++)
        assert_int_equal(refresh_letter(catalog, name), STATUS_OK);
    assert_in_range(store.blobs, 10, 30);
    catalog_free(catalog);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unknown_title_is_asked_for),
        cmocka_unit_test(after_half_a_second_one_looks_again_and_the_others_go_on),
        cmocka_unit_test(a_new_publication_is_seen_and_the_old_one_stays_whole),
        cmocka_unit_test(a_removed_title_is_gone_and_may_come_back),
        cmocka_unit_test(a_damaged_title_is_not_opened_again_and_again),
        cmocka_unit_test(whoever_comes_meanwhile_waits_for_the_same_answer),
        cmocka_unit_test(whoever_waits_learns_that_there_is_none),
        cmocka_unit_test(who_cannot_ask_lets_the_next_one_ask),
        cmocka_unit_test(names_that_do_not_exist_forget_none_that_does),
        cmocka_unit_test(the_title_unused_for_longest_goes_first),
        cmocka_unit_test(titles_go_when_their_indexes_have_too_many_bytes),
        cmocka_unit_test(small_titles_are_bounded_by_bytes_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
