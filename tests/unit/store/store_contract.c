#include "store_contract.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/hex.h"
#include "publication.h"

struct session {
    const struct store_contract *contract;
    struct store *store;
};

static int open_session(void **state)
{
    struct session *session = calloc(1, sizeof(*session));
    session->contract = *state;
    session->store = session->contract->open();
    *state = session;
    return session->store != NULL ? 0 : -1;
}

static int close_session(void **state)
{
    struct session *session = *state;
    session->contract->remove(session->store);
    free(session);
    return 0;
}

static struct store *store_of(void **state)
{
    const struct session *session = *state;
    return session->store;
}

static enum status load(struct store *store, const char *title, struct blob **blob,
                        struct index *index, struct publication_stamp *stamp)
{
    return store->ops->load_index(store, span_of_string(title), blob, index, stamp, NULL);
}

static struct publication_stamp stamp_of(struct store *store, const char *title)
{
    struct publication_stamp stamp;
    assert_int_equal(store->ops->stat_index(store, span_of_string(title), &stamp, NULL), STATUS_OK);
    return stamp;
}

/* ---- Objects ---- */

static void an_object_tells_what_was_put(void **state)
{
    struct store *store = store_of(state);
    struct staging *staging = begin(store);
    struct index_object object;
    struct digest sha256 = digest_sha256(span_of_string("hello"));
    assert_true(put(store, staging, "hello", &object));
    assert_int_equal(object.size, 5);
    assert_memory_equal(object.sha256.bytes, sha256.bytes, DIGEST_LEN);
    store->ops->end(staging);
}

static void content_has_one_name_and_is_new_once(void **state)
{
    struct store *store = store_of(state);
    struct index_object first, again, other;
    struct staging *staging = begin(store);
    assert_true(put(store, staging, "a", &first));
    assert_false(put(store, staging, "a", &again));
    assert_true(put(store, staging, "b", &other));
    assert_memory_equal(first.name.bytes, again.name.bytes, OBJECT_NAME_LEN);
    assert_memory_not_equal(first.name.bytes, other.name.bytes, OBJECT_NAME_LEN);
    store->ops->end(staging);
}

static void published_content_is_not_new(void **state)
{
    struct store *store = store_of(state);
    publish(store, "t", TEXTS("a", "b"));
    struct staging *staging = begin(store);
    assert_false(put(store, staging, "a", NULL));
    assert_true(put(store, staging, "c", NULL));
    store->ops->end(staging);
}

static void content_comes_back_byte_for_byte(void **state)
{
    struct store *store = store_of(state);
    publish(store, "t", TEXTS("first", "second", "third"));
    assert_true(has_texts(store, "t", TEXTS("first", "second", "third")));
}

static void bytes_of_any_value_and_many_of_them(void **state)
{
    enum { LEN = 3 << 20 };
    struct store *store = store_of(state);
    struct staging *staging = begin(store);
    struct index_object object;
    struct blob *blob;
    struct byte_buffer index = {0};
    bool is_unchanged;
    uint8_t *content = malloc(LEN);
    for (size_t i = 0; i < LEN; i++)
        content[i] = (uint8_t)(i * 7 + i / 251);
    assert_int_equal(store->ops->put(staging, span_of(content, LEN), &object, NULL, NULL),
                     STATUS_OK);
    struct index_writer *writer = index_writer_new(span_of_string("t"), 0);
    index_writer_add_object(writer, &object);
    assert_int_equal(index_writer_finish(writer, &index, NULL), STATUS_OK);
    assert_int_equal(store->ops->publish(staging, byte_buffer_span(&index), &is_unchanged, NULL),
                     STATUS_OK);
    store->ops->end(staging);
    assert_int_equal(store->ops->load_object(store, &object, &blob, NULL), STATUS_OK);
    assert_true(span_equal(blob->bytes, span_of(content, LEN)));
    blob_release(blob);
    index_writer_free(writer);
    byte_buffer_dispose(&index);
    free(content);
}

static void fill_buffer(struct byte_buffer *buffer, size_t len, unsigned seed)
{
    assert_int_equal(buffer->len, 0);
    byte_buffer_put_zeros(buffer, len);
    for (size_t i = 0; i < len; i++)
        buffer->base[i] = (uint8_t)(i * 7 + i / 251 + seed);
}

/* Small ones and large ones, and one that is there already, in buffers that are filled again. */
static void what_is_put_by_its_buffer_comes_back_too(void **state)
{
    static const size_t lens[] = {1, 3 << 20, 3 << 20, 70000, 14 << 20, 3 << 20, 1, 5 << 20};
    enum { COUNT = sizeof(lens) / sizeof(lens[0]) };
    struct store *store = store_of(state);
    struct staging *staging = begin(store);
    struct index_object objects[COUNT];
    struct byte_buffer buffer = {0};
    struct byte_buffer bytes = {0};
    struct index_writer *writer = index_writer_new(span_of_string("t"), 0);
    bool is_unchanged;
    for (unsigned i = 0; i < COUNT; i++) {
        bool is_new = false;
        fill_buffer(&buffer, lens[i], i % 6);
        assert_int_equal(store->ops->put_buffer(staging, &buffer, &objects[i], &is_new, NULL),
                         STATUS_OK);
        assert_int_equal(is_new, i != 6);
        index_writer_add_object(writer, &objects[i]);
    }
    assert_int_equal(index_writer_finish(writer, &bytes, NULL), STATUS_OK);
    assert_int_equal(store->ops->publish(staging, byte_buffer_span(&bytes), &is_unchanged, NULL),
                     STATUS_OK);
    store->ops->end(staging);
    for (unsigned i = 0; i < COUNT; i++) {
        struct blob *blob;
        byte_buffer_clear(&buffer);
        fill_buffer(&buffer, lens[i], i % 6);
        assert_int_equal(store->ops->load_object(store, &objects[i], &blob, NULL), STATUS_OK);
        assert_true(span_equal(blob->bytes, byte_buffer_span(&buffer)));
        blob_release(blob);
    }
    index_writer_free(writer);
    byte_buffer_dispose(&buffer);
    byte_buffer_dispose(&bytes);
}

static void an_object_that_is_not_there_is_not_found(void **state)
{
    struct store *store = store_of(state);
    struct index_object object = {.size = 10};
    struct fault fault = {0};
    struct blob *blob;
    char hex[OBJECT_NAME_HEX_LEN + 1];
    memset(object.name.bytes, 0x5a, OBJECT_NAME_LEN);
    assert_int_equal(store->ops->load_object(store, &object, &blob, &fault), STATUS_NOT_FOUND);
    /* Names leave the store by no door. */
    hex_encode(span_of(object.name.bytes, 4), hex);
    assert_true(fault.text[0] != '\0');
    assert_null(strstr(fault.text, hex));
}

static void an_object_of_another_size_is_damaged(void **state)
{
    struct store *store = store_of(state);
    struct index_object object;
    struct blob *blob;
    publish(store, "t", TEXTS("hello"));
    struct staging *staging = begin(store);
    put(store, staging, "hello", &object);
    store->ops->end(staging);
    object.size++;
    assert_int_equal(store->ops->load_object(store, &object, &blob, NULL), STATUS_DAMAGED);
}

/* ---- Publishing ---- */

static void nothing_is_seen_before_it_is_published(void **state)
{
    struct store *store = store_of(state);
    struct byte_buffer bytes = {0};
    struct index index;
    struct publication_stamp stamp;
    struct blob *blob;
    bool is_unchanged = true;
    struct staging *staging = begin(store);
    assert_int_equal(put_texts(store, staging, "t", TEXTS("a"), &bytes, NULL), STATUS_OK);
    assert_int_equal(load(store, "t", &blob, &index, &stamp), STATUS_NOT_FOUND);
    assert_int_equal(store->ops->publish(staging, byte_buffer_span(&bytes), &is_unchanged, NULL),
                     STATUS_OK);
    assert_false(is_unchanged);
    /* It is there at once, not only when the staging area is closed. */
    assert_true(has_texts(store, "t", TEXTS("a")));
    store->ops->end(staging);
    assert_true(has_texts(store, "t", TEXTS("a")));
    byte_buffer_dispose(&bytes);
}

static void ending_without_publishing_leaves_the_store_as_it_was(void **state)
{
    struct store *store = store_of(state);
    struct index index;
    struct publication_stamp stamp;
    struct blob *blob;
    struct staging *staging = begin(store);
    assert_true(put(store, staging, "a", NULL));
    store->ops->end(staging);
    assert_int_equal(load(store, "t", &blob, &index, &stamp), STATUS_NOT_FOUND);
    staging = begin(store);
    assert_true(put(store, staging, "a", NULL));
    store->ops->end(staging);
}

static void the_same_content_again_changes_nothing(void **state)
{
    struct store *store = store_of(state);
    struct index index;
    struct publication_stamp stamp;
    struct blob *blob;
    struct byte_buffer bytes = {0};
    struct fault fault = {0};
    bool is_unchanged = false;
    publish(store, "t", TEXTS("a", "b"));
    struct publication_stamp before = stamp_of(store, "t");

    /* The same records with another time. */
    struct staging *staging = begin(store);
    struct index_writer *writer = index_writer_new(span_of_string("t"), 999999);
    index_writer_add_file(writer, span_of_string("f.bin"), span_of_string("x/y"));
    for (size_t i = 0; i < 2; i++) {
        struct index_object object;
        put(store, staging, i == 0 ? "a" : "b", &object);
        index_writer_add_extent(writer, index_writer_add_object(writer, &object), 0, 1);
    }
    assert_int_equal(index_writer_finish(writer, &bytes, &fault), STATUS_OK);
    assert_int_equal(store->ops->publish(staging, byte_buffer_span(&bytes), &is_unchanged, &fault),
                     STATUS_OK);
    store->ops->end(staging);
    assert_true(is_unchanged);
    struct publication_stamp after = stamp_of(store, "t");
    assert_memory_equal(&before, &after, sizeof(before));
    assert_int_equal(load(store, "t", &blob, &index, &stamp), STATUS_OK);
    assert_int_equal(index.published_s, 1002);
    blob_release(blob);
    index_writer_free(writer);
    byte_buffer_dispose(&bytes);
}

static int64_t published_s_of(struct store *store, const char *title)
{
    struct index index;
    struct publication_stamp stamp;
    struct blob *blob;
    assert_int_equal(load(store, title, &blob, &index, &stamp), STATUS_OK);
    int64_t published_s = index.published_s;
    blob_release(blob);
    return published_s;
}

/* Each text makes a second: 1001, 1001, 1001, 1004. */
static void other_content_is_always_of_a_later_second(void **state)
{
    struct store *store = store_of(state);
    publish(store, "t", TEXTS("a"));
    assert_int_equal(published_s_of(store, "t"), 1001);
    publish(store, "t", TEXTS("b"));
    assert_int_equal(published_s_of(store, "t"), 1002);
    publish(store, "t", TEXTS("a"));
    assert_int_equal(published_s_of(store, "t"), 1003);
    publish(store, "t", TEXTS("a", "b", "c", "d"));
    assert_int_equal(published_s_of(store, "t"), 1004);
    assert_true(has_texts(store, "t", TEXTS("a", "b", "c", "d")));
    publish(store, "other", TEXTS("a"));
    assert_int_equal(published_s_of(store, "other"), 1001);
}

static void other_content_replaces_the_index_and_its_stamp(void **state)
{
    struct store *store = store_of(state);
    bool is_unchanged = true;
    publish(store, "t", TEXTS("a"));
    struct publication_stamp before = stamp_of(store, "t");
    assert_int_equal(publish_texts(store, "t", TEXTS("b"), &is_unchanged, NULL), STATUS_OK);
    struct publication_stamp after = stamp_of(store, "t");
    assert_false(is_unchanged);
    assert_memory_not_equal(&before, &after, sizeof(before));
    assert_true(has_texts(store, "t", TEXTS("b")));
}

static void a_reader_keeps_the_publication_it_began_with(void **state)
{
    struct store *store = store_of(state);
    struct index index;
    struct publication_stamp stamp;
    struct blob *blob;
    struct blob *content;
    publish(store, "t", TEXTS("old"));
    assert_int_equal(load(store, "t", &blob, &index, &stamp), STATUS_OK);
    publish(store, "t", TEXTS("new"));
    struct index_object object = index_object(&index, 0);
    assert_int_equal(store->ops->load_object(store, &object, &content, NULL), STATUS_OK);
    assert_true(span_is(content->bytes, "old"));
    blob_release(content);
    blob_release(blob);
}

static void load_and_stat_agree_on_the_stamp(void **state)
{
    struct store *store = store_of(state);
    struct index index;
    struct publication_stamp loaded;
    struct blob *blob;
    publish(store, "t", TEXTS("a"));
    assert_int_equal(load(store, "t", &blob, &index, &loaded), STATUS_OK);
    struct publication_stamp seen = stamp_of(store, "t");
    assert_memory_equal(&loaded, &seen, sizeof(seen));
    blob_release(blob);
}

static void an_index_that_names_what_was_not_put_is_refused(void **state)
{
    struct store *store = store_of(state);
    struct byte_buffer bytes = {0};
    bool is_unchanged;
    struct staging *first = begin(store);
    assert_int_equal(put_texts(store, first, "t", TEXTS("a"), &bytes, NULL), STATUS_OK);
    struct staging *second = begin(store);
    assert_int_equal(store->ops->publish(second, byte_buffer_span(&bytes), &is_unchanged, NULL),
                     STATUS_INVALID);
    store->ops->end(second);
    store->ops->end(first);
    byte_buffer_dispose(&bytes);
}

static void bytes_that_are_no_index_leave_the_old_publication(void **state)
{
    struct store *store = store_of(state);
    struct staging *staging;
    bool is_unchanged;
    publish(store, "t", TEXTS("a"));
    staging = begin(store);
    assert_int_equal(store->ops->publish(staging, span_of_string("no index"), &is_unchanged, NULL),
                     STATUS_DAMAGED);
    store->ops->end(staging);
    assert_true(has_texts(store, "t", TEXTS("a")));
}

static void two_staging_areas_may_put_the_same(void **state)
{
    struct store *store = store_of(state);
    struct byte_buffer a = {0};
    struct byte_buffer b = {0};
    bool is_unchanged;
    struct staging *first = begin(store);
    struct staging *second = begin(store);
    assert_int_equal(put_texts(store, first, "t", TEXTS("same", "a"), &a, NULL), STATUS_OK);
    assert_int_equal(put_texts(store, second, "u", TEXTS("same", "b"), &b, NULL), STATUS_OK);
    assert_int_equal(store->ops->publish(first, byte_buffer_span(&a), &is_unchanged, NULL),
                     STATUS_OK);
    store->ops->end(first);
    assert_int_equal(store->ops->publish(second, byte_buffer_span(&b), &is_unchanged, NULL),
                     STATUS_OK);
    store->ops->end(second);
    assert_true(has_texts(store, "t", TEXTS("same", "a")));
    assert_true(has_texts(store, "u", TEXTS("same", "b")));
    byte_buffer_dispose(&a);
    byte_buffer_dispose(&b);
}

static void one_that_gives_up_takes_nothing_from_another(void **state)
{
    struct store *store = store_of(state);
    struct byte_buffer bytes = {0};
    bool is_unchanged;
    struct staging *first = begin(store);
    struct staging *second = begin(store);
    put(store, first, "same", NULL);
    assert_int_equal(put_texts(store, second, "t", TEXTS("same"), &bytes, NULL), STATUS_OK);
    store->ops->end(first);
    assert_int_equal(store->ops->publish(second, byte_buffer_span(&bytes), &is_unchanged, NULL),
                     STATUS_OK);
    store->ops->end(second);
    assert_true(has_texts(store, "t", TEXTS("same")));
    byte_buffer_dispose(&bytes);
}

/* ---- Titles ---- */

static void names_that_are_no_title_are_not_found(void **state)
{
    struct store *store = store_of(state);
    static const char *const names[] = {"", "..", "../t", "/etc/passwd", "t/", ".t", "none", "T"};
    struct index index;
    struct publication_stamp stamp;
    struct blob *blob;
    publish(store, "t", TEXTS("a"));
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        assert_int_equal(load(store, names[i], &blob, &index, &stamp), STATUS_NOT_FOUND);
        assert_int_equal(store->ops->stat_index(store, span_of_string(names[i]), &stamp, NULL),
                         STATUS_NOT_FOUND);
        assert_int_equal(store->ops->remove_title(store, span_of_string(names[i]), NULL),
                         STATUS_NOT_FOUND);
    }
    assert_int_equal(store->ops->load_index(store, span_of("t\0x", 3), &blob, &index, &stamp, NULL),
                     STATUS_NOT_FOUND);
}

struct seen {
    unsigned count;
    bool has[3];
};

static enum status see(void *context, struct span title)
{
    struct seen *seen = context;
    seen->count++;
    for (size_t i = 0; i < 3; i++)
        if (span_is(title, TEXTS("one", "two", "three")[i]))
            seen->has[i] = true;
    return STATUS_OK;
}

static void every_title_is_listed_once(void **state)
{
    struct store *store = store_of(state);
    struct seen seen = {0};
    publish(store, "one", TEXTS("a"));
    publish(store, "two", TEXTS("a"));
    publish(store, "three", TEXTS("b"));
    publish(store, "three", TEXTS("c"));
    assert_int_equal(store->ops->list_titles(store, see, &seen, NULL), STATUS_OK);
    assert_int_equal(seen.count, 3);
    assert_true(seen.has[0] && seen.has[1] && seen.has[2]);
}

static enum status stop(void *context, struct span title)
{
    (void)title;
    ++*(unsigned *)context;
    return STATUS_BUSY;
}

static void the_visitor_may_end_the_listing(void **state)
{
    struct store *store = store_of(state);
    unsigned calls = 0;
    publish(store, "one", TEXTS("a"));
    publish(store, "two", TEXTS("a"));
    assert_int_equal(store->ops->list_titles(store, stop, &calls, NULL), STATUS_BUSY);
    assert_int_equal(calls, 1);
}

static void a_removed_title_is_gone_and_others_keep_its_objects(void **state)
{
    struct store *store = store_of(state);
    struct index index;
    struct publication_stamp stamp;
    struct blob *blob;
    struct seen seen = {0};
    publish(store, "one", TEXTS("a", "b"));
    publish(store, "two", TEXTS("b", "c"));
    assert_int_equal(store->ops->remove_title(store, span_of_string("one"), NULL), STATUS_OK);
    assert_int_equal(load(store, "one", &blob, &index, &stamp), STATUS_NOT_FOUND);
    assert_int_equal(store->ops->remove_title(store, span_of_string("one"), NULL),
                     STATUS_NOT_FOUND);
    assert_true(has_texts(store, "two", TEXTS("b", "c")));
    assert_int_equal(store->ops->list_titles(store, see, &seen, NULL), STATUS_OK);
    assert_int_equal(seen.count, 1);
}

static void a_removed_title_can_be_published_again(void **state)
{
    struct store *store = store_of(state);
    bool is_unchanged = true;
    publish(store, "t", TEXTS("a"));
    assert_int_equal(store->ops->remove_title(store, span_of_string("t"), NULL), STATUS_OK);
    assert_int_equal(publish_texts(store, "t", TEXTS("a"), &is_unchanged, NULL), STATUS_OK);
    assert_false(is_unchanged);
    assert_true(has_texts(store, "t", TEXTS("a")));
}

int store_contract_run(const struct store_contract *contract)
{
#define RULE(test)                                                                                 \
    {                                                                                              \
#test, test, open_session, close_session, (void *)(uintptr_t)contract                      \
    }
    const struct CMUnitTest tests[] = {
        RULE(an_object_tells_what_was_put),
        RULE(content_has_one_name_and_is_new_once),
        RULE(published_content_is_not_new),
        RULE(content_comes_back_byte_for_byte),
        RULE(bytes_of_any_value_and_many_of_them),
        RULE(what_is_put_by_its_buffer_comes_back_too),
        RULE(an_object_that_is_not_there_is_not_found),
        RULE(an_object_of_another_size_is_damaged),
        RULE(nothing_is_seen_before_it_is_published),
        RULE(ending_without_publishing_leaves_the_store_as_it_was),
        RULE(the_same_content_again_changes_nothing),
        RULE(other_content_is_always_of_a_later_second),
        RULE(other_content_replaces_the_index_and_its_stamp),
        RULE(a_reader_keeps_the_publication_it_began_with),
        RULE(load_and_stat_agree_on_the_stamp),
        RULE(an_index_that_names_what_was_not_put_is_refused),
        RULE(bytes_that_are_no_index_leave_the_old_publication),
        RULE(two_staging_areas_may_put_the_same),
        RULE(one_that_gives_up_takes_nothing_from_another),
        RULE(names_that_are_no_title_are_not_found),
        RULE(every_title_is_listed_once),
        RULE(the_visitor_may_end_the_listing),
        RULE(a_removed_title_is_gone_and_others_keep_its_objects),
        RULE(a_removed_title_can_be_published_again),
    };
    return cmocka_run_group_tests_name(contract->name, tests, NULL, NULL);
}
