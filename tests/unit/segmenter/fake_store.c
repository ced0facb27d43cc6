#include "fake_store.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <stdlib.h>

struct staging {
    struct fake_store *store;
};

static enum status begin(struct store *store, struct staging **staging, struct fault *fault)
{
    struct fake_store *self = (struct fake_store *)store;
    if (self->fail_begin != STATUS_OK)
        return fault_raise(fault, self->fail_begin, "no staging area");
    *staging = malloc(sizeof(**staging));
    assert_non_null(*staging);
    (*staging)->store = self;
    self->begun++;
    return STATUS_OK;
}

static bool find(const struct fake_store *self, const struct object_name *name, size_t *found)
{
    for (*found = 0; *found < self->object_count; (*found)++) {
        if (memcmp(&self->names[*found], name, sizeof(*name)) == 0)
            return true;
    }
    return false;
}

static enum status put(struct staging *staging, struct span content, struct index_object *object,
                       bool *is_new, struct fault *fault)
{
    struct fake_store *self = staging->store;
    size_t number;
    if (++self->puts == self->fail_put_at)
        return fault_raise(fault, self->fail_put, "the disk is full");
    assert_true(content.len > 0);
    object->sha256 = digest_sha256(content);
    object->size = content.len;
    memcpy(object->name.bytes, object->sha256.bytes, sizeof(object->name.bytes));
    *is_new = !find(self, &object->name, &number);
    if (*is_new) {
        assert_true(self->object_count < FAKE_OBJECTS_MAX);
        self->names[self->object_count] = object->name;
        byte_buffer_put(&self->objects[self->object_count++], content);
    }
    return STATUS_OK;
}

static enum status put_buffer(struct staging *staging, struct byte_buffer *content,
                              struct index_object *object, bool *is_new, struct fault *fault)
{
    enum status status = put(staging, byte_buffer_span(content), object, is_new, fault);
    byte_buffer_clear(content);
    return status;
}

static enum status publish(struct staging *staging, struct span index, bool *is_unchanged,
                           struct fault *fault)
{
    struct fake_store *self = staging->store;
    if (self->fail_publish != STATUS_OK)
        return fault_raise(fault, self->fail_publish, "it cannot be published");
    byte_buffer_clear(&self->published);
    byte_buffer_put(&self->published, index);
    *is_unchanged = self->is_unchanged;
    return STATUS_OK;
}

static void end(struct staging *staging)
{
    staging->store->ended++;
    free(staging);
}

static const struct store_ops fake_ops = {
    .begin = begin,
    .put = put,
    .put_buffer = put_buffer,
    .publish = publish,
    .end = end,
};

struct fake_store *fake_store_new(void)
{
    struct fake_store *self = calloc(1, sizeof(*self));
    assert_non_null(self);
    self->store.ops = &fake_ops;
    return self;
}

void fake_store_free(struct fake_store *store)
{
    for (size_t i = 0; i < store->object_count; i++)
        byte_buffer_dispose(&store->objects[i]);
    byte_buffer_dispose(&store->published);
    free(store);
}

struct index fake_store_index(const struct fake_store *store)
{
    struct index index;
    struct fault fault = {0};
    if (index_open(byte_buffer_span(&store->published), &index, &fault) != STATUS_OK)
        fail_msg("%s", fault.text);
    return index;
}

struct span fake_store_object(const struct fake_store *store, uint32_t number)
{
    struct index index = fake_store_index(store);
    struct index_object object = index_object(&index, number);
    size_t found;
    assert_true(find(store, &object.name, &found));
    assert_int_equal(store->objects[found].len, object.size);
    return byte_buffer_span(&store->objects[found]);
}

struct byte_buffer fake_store_file(const struct fake_store *store, const char *name)
{
    struct index index = fake_store_index(store);
    struct index_file file;
    struct byte_buffer bytes = {0};
    if (!index_find_file(&index, span_of_string(name), &file))
        fail_msg("there is no %s", name);
    for (uint32_t i = 0; i < file.extent_count; i++) {
        struct index_extent extent = index_extent(&index, file.first_extent + i);
        struct span object = fake_store_object(store, extent.object);
        byte_buffer_put(&bytes, span_slice(object, extent.object_offset, extent.length));
    }
    assert_int_equal(bytes.len, file.length);
    return bytes;
}
