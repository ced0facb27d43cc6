#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <sys/mman.h>

#include "server/window.h"

#define NOW_NS 7000000000u
#define OBJECT_BYTES 20u

/* Two objects of OBJECT_BYTES: bytes of 'a' and bytes of 'b'; the second can be made to fail, or to
 * be shorter than the index says. */
struct fake_store {
    struct store base;
    enum status status_of_b;
    size_t length_of_b;
};

static const char bytes_of_a[] = "aaaaaaaaaaaaaaaaaaaa";
static const char bytes_of_b[] = "bbbbbbbbbbbbbbbbbbbb";

static void dispose_blob(struct blob *blob)
{
    free(blob);
}

static enum status load_object(struct store *base, const struct index_object *object,
                               struct blob **blob, struct fault *fault)
{
    struct fake_store *store = (struct fake_store *)base;
    bool is_b = object->name.bytes[0] == 1;
    (void)fault;
    if (is_b && store->status_of_b != STATUS_OK)
        return store->status_of_b;
    *blob = calloc(1, sizeof(**blob));
    assert_non_null(*blob);
    **blob = (struct blob){
        .bytes = span_of(is_b ? bytes_of_b : bytes_of_a, is_b ? store->length_of_b : OBJECT_BYTES),
        .references = 1,
        .dispose = dispose_blob};
    return STATUS_OK;
}

static const struct store_ops ops = {.load_object = load_object};
static const struct object_cache_limits limits = {8, 1000};

/* A file of 12 bytes: 4 of a, 4 of a again, 4 of b. */
struct fixture {
    struct fake_store store;
    struct object_cache *cache;
    struct object_shelf shelf;
    struct byte_buffer bytes;
    struct index index;
    struct index_file file;
    struct byte_range_set ranges;
    struct body body;
    struct body_cursor cursor;
    struct window window;
};

static void make_index(struct fixture *fixture)
{
    struct index_writer *writer = index_writer_new(span_of_string("title"), 0);
    struct index_object object = {.size = OBJECT_BYTES};
    uint32_t a = index_writer_add_object(writer, &object);
    object.name.bytes[0] = 1;
    object.sha256.bytes[0] = 1;
    uint32_t b = index_writer_add_object(writer, &object);
    index_writer_add_file(writer, span_of_string("video.mp4"), span_of_string("video/mp4"));
    index_writer_add_extent(writer, a, 0, 4);
    index_writer_add_extent(writer, a, 10, 4);
    index_writer_add_extent(writer, b, 16, 4);
    assert_int_equal(index_writer_finish(writer, &fixture->bytes, NULL), STATUS_OK);
    index_writer_free(writer);
    assert_int_equal(index_open(byte_buffer_span(&fixture->bytes), &fixture->index, NULL),
                     STATUS_OK);
    assert_true(index_find_file(&fixture->index, span_of_string("video.mp4"), &fixture->file));
}

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    assert_non_null(fixture);
    fixture->store = (struct fake_store){.base = {&ops}, .length_of_b = OBJECT_BYTES};
    fixture->cache = object_cache_new(&fixture->store.base, &limits);
    object_shelf_init(&fixture->shelf, fixture->cache);
    make_index(fixture);
    fixture->ranges = (struct byte_range_set){.ranges = {{0, 12}}, .count = 1};
    fixture->body = (struct body){&fixture->index, &fixture->file, &fixture->ranges, NULL};
    body_cursor_init(&fixture->cursor, &fixture->body);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    window_release(&fixture->window);
    object_shelf_clear(&fixture->shelf);
    object_cache_free(fixture->cache);
    byte_buffer_dispose(&fixture->bytes);
    free(fixture);
    return 0;
}

static enum status load(struct fixture *fixture, uint32_t *object)
{
    bool was_warm;
    return window_load(&fixture->window, &fixture->index, fixture->cache, NOW_NS, object,
                       &was_warm);
}

static void find(struct fixture *fixture)
{
    uint32_t to_check;
    window_find_resident(&fixture->window, &fixture->index, &fixture->shelf, NOW_NS, &to_check);
    assert_int_equal(to_check, UINT32_MAX);
}

static void a_plan_stops_at_its_bytes_and_the_next_goes_on(void **state)
{
    struct fixture *fixture = *state;
    window_plan(&fixture->window, &fixture->cursor, 6);
    assert_int_equal(fixture->window.count, 2);
    assert_int_equal(fixture->window.slices[1].length, 2);
    window_plan(&fixture->window, &fixture->cursor, 100);
    assert_int_equal(fixture->window.count, 2);
    assert_int_equal(fixture->window.slices[0].offset, 12);
    assert_true(body_cursor_is_at_end(&fixture->cursor));
}

static void nothing_is_found_before_it_is_loaded(void **state)
{
    struct fixture *fixture = *state;
    window_plan(&fixture->window, &fixture->cursor, 100);
    find(fixture);
    assert_int_equal(fixture->window.found, 0);
}

static void what_is_loaded_is_the_files_bytes(void **state)
{
    struct fixture *fixture = *state;
    uint32_t object;
    window_plan(&fixture->window, &fixture->cursor, 100);
    assert_int_equal(load(fixture, &object), STATUS_OK);
    assert_int_equal(fixture->window.found, 3);
    assert_int_equal(fixture->window.found_bytes, 12);
    assert_ptr_equal(window_bytes(&fixture->window, 1).base, bytes_of_a + 10);
    assert_true(span_is(window_bytes(&fixture->window, 2), "bbbb"));
    assert_ptr_equal(fixture->window.blobs[0], fixture->window.blobs[1]);
    find(fixture); /* and looked at again */
    assert_int_equal(fixture->window.found, 3);
}

static void the_start_is_found_when_the_rest_is_not(void **state)
{
    struct fixture *fixture = *state;
    uint32_t object;
    window_plan(&fixture->window, &fixture->cursor, 8);
    assert_int_equal(load(fixture, &object), STATUS_OK);
    window_release(&fixture->window);
    body_cursor_init(&fixture->cursor, &fixture->body);
    window_plan(&fixture->window, &fixture->cursor, 100);
    find(fixture);
    assert_int_equal(fixture->window.found, 2);
    assert_int_equal(fixture->window.found_bytes, 8);
}

static void a_failure_names_its_object(void **state)
{
    struct fixture *fixture = *state;
    uint32_t object = 99;
    fixture->store.status_of_b = STATUS_IO;
    window_plan(&fixture->window, &fixture->cursor, 100);
    assert_int_equal(load(fixture, &object), STATUS_IO);
    assert_int_equal(object, 1);
}

static void a_slice_outside_of_its_object_is_damage(void **state)
{
    struct fixture *fixture = *state;
    uint32_t object;
    fixture->store.length_of_b = 19;
    window_plan(&fixture->window, &fixture->cursor, 100);
    assert_int_equal(load(fixture, &object), STATUS_DAMAGED);
    find(fixture);
    assert_int_equal(fixture->window.found, 2);
}

static void texts_need_no_object(void **state)
{
    struct fixture *fixture = *state;
    const struct span texts[] = {span_of_string("head"), span_of_string("end")};
    uint32_t object;
    fixture->body.texts = texts;
    body_cursor_init(&fixture->cursor, &fixture->body);
    window_plan(&fixture->window, &fixture->cursor, 4);
    find(fixture);
    assert_int_equal(fixture->window.found, 1);
    assert_true(span_is(window_bytes(&fixture->window, 0), "head"));
    assert_int_equal(load(fixture, &object), STATUS_OK);
}

/* Pages of no file, of which only some are there: the kernel says which. */
static void pages_that_are_not_in_memory_are_not_found(void **state)
{
    struct fixture *fixture = *state;
    uint32_t object;
    window_plan(&fixture->window, &fixture->cursor, 4);
    assert_int_equal(load(fixture, &object), STATUS_OK);
    void *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(page, MAP_FAILED);
    fixture->window.blobs[0]->bytes.base = page;
    find(fixture);
    assert_int_equal(fixture->window.found, 0);
    munmap(page, 4096);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_plan_stops_at_its_bytes_and_the_next_goes_on, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(nothing_is_found_before_it_is_loaded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_loaded_is_the_files_bytes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_start_is_found_when_the_rest_is_not, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_failure_names_its_object, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_slice_outside_of_its_object_is_damage, set_up, tear_down),
        cmocka_unit_test_setup_teardown(texts_need_no_object, set_up, tear_down),
        cmocka_unit_test_setup_teardown(pages_that_are_not_in_memory_are_not_found, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
