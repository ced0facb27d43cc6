#include "publication.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct staging *begin(struct store *store)
{
    struct staging *staging = NULL;
    struct fault fault = {0};
    enum status status = store->ops->begin(store, &staging, &fault);
    assert_string_equal(fault.text, "");
    assert_int_equal(status, STATUS_OK);
    return staging;
}

bool put(struct store *store, struct staging *staging, const char *text,
         struct index_object *object)
{
    struct index_object ignored;
    struct fault fault = {0};
    bool is_new;
    enum status status = store->ops->put(staging, span_of_string(text),
                                         object != NULL ? object : &ignored, &is_new, &fault);
    assert_string_equal(fault.text, "");
    assert_int_equal(status, STATUS_OK);
    return is_new;
}

enum status put_texts(struct store *store, struct staging *staging, const char *title,
                      const char *const *texts, struct byte_buffer *index, struct fault *fault)
{
    size_t count = 0;
    while (texts[count] != NULL)
        count++;
    struct index_writer *writer = index_writer_new(span_of_string(title), 1000 + (int64_t)count);
    enum status status = STATUS_OK;
    index_writer_add_file(writer, span_of_string("f.bin"), span_of_string("x/y"));
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        struct index_object object;
        status = store->ops->put(staging, span_of_string(texts[i]), &object, NULL, fault);
        if (status == STATUS_OK)
            index_writer_add_extent(writer, index_writer_add_object(writer, &object), 0,
                                    object.size);
    }
    if (status == STATUS_OK)
        status = index_writer_finish(writer, index, fault);
    index_writer_free(writer);
    return status;
}

enum status publish_texts(struct store *store, const char *title, const char *const *texts,
                          bool *is_unchanged, struct fault *fault)
{
    struct byte_buffer index = {0};
    struct staging *staging;
    bool ignored;
    enum status status = store->ops->begin(store, &staging, fault);
    if (status != STATUS_OK)
        return status;
    status = put_texts(store, staging, title, texts, &index, fault);
    if (status == STATUS_OK)
        status = store->ops->publish(staging, byte_buffer_span(&index),
                                     is_unchanged != NULL ? is_unchanged : &ignored, fault);
    store->ops->end(staging);
    byte_buffer_dispose(&index);
    return status;
}

void publish(struct store *store, const char *title, const char *const *texts)
{
    struct fault fault = {0};
    enum status status = publish_texts(store, title, texts, NULL, &fault);
    assert_string_equal(fault.text, "");
    assert_int_equal(status, STATUS_OK);
}

static bool extent_is(struct store *store, const struct index *index, uint32_t i, const char *text)
{
    struct index_object object = index_object(index, index_extent(index, i).object);
    struct blob *blob;
    if (store->ops->load_object(store, &object, &blob, NULL) != STATUS_OK)
        return false;
    bool is_text = span_is(blob->bytes, text);
    blob_release(blob);
    return is_text;
}

bool has_texts(struct store *store, const char *title, const char *const *texts)
{
    struct index index;
    struct publication_stamp stamp;
    struct blob *blob;
    if (store->ops->load_index(store, span_of_string(title), &blob, &index, &stamp, NULL) !=
        STATUS_OK)
        return false;
    bool has = true;
    uint32_t i = 0;
    for (; texts[i] != NULL && has; i++)
        has = i < index.extent_count && extent_is(store, &index, i, texts[i]);
    has = has && i == index.extent_count;
    blob_release(blob);
    return has;
}
