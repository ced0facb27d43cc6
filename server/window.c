#include "server/window.h"

#include "base/checked.h"
#include "store/residency.h"

void window_plan(struct window *window, struct body_cursor *cursor, uint64_t max_bytes)
{
    window->count = 0;
    window->found = 0;
    window->found_bytes = 0;
    while (!body_cursor_is_at_end(cursor) && window->count < WINDOW_MAX_SLICES && max_bytes > 0) {
        struct body_slice slice = body_cursor_next(cursor, max_bytes);
        max_bytes -= slice.length;
        window->blobs[window->count] = NULL;
        window->slices[window->count++] = slice;
    }
}

struct span window_bytes(const struct window *window, size_t i)
{
    const struct body_slice *slice = &window->slices[i];
    if (slice->text != NULL)
        return span_of(slice->text, (size_t)slice->length);
    return span_slice(window->blobs[i]->bytes, (size_t)slice->offset, (size_t)slice->length);
}

void window_release(struct window *window)
{
    for (size_t i = 0; i < window->count; i++) {
        blob_release(window->blobs[i]);
        window->blobs[i] = NULL;
    }
    window->found = 0;
    window->found_bytes = 0;
}

static bool shares_object(const struct window *window, size_t i)
{
    return i > 0 && window->blobs[i - 1] != NULL &&
           window->slices[i].object == window->slices[i - 1].object;
}

/* Neighbouring slices of one object share a look-up. */
static bool take_from_shelf(struct window *window, size_t i, const struct index *index,
                            struct object_shelf *shelf, uint64_t now_ns, uint32_t *to_check)
{
    if (shares_object(window, i)) {
        window->blobs[i] = blob_acquire(window->blobs[i - 1]);
        return true;
    }
    struct index_object object = index_object(index, window->slices[i].object);
    enum object_answer answer = object_shelf_find(shelf, &object.name, now_ns, &window->blobs[i]);
    if (answer == OBJECT_AGING)
        *to_check = window->slices[i].object;
    return answer != OBJECT_ASK;
}

/* A cached object has the size that an index said, but perhaps not this one. */
static bool lies_inside(const struct window *window, size_t i)
{
    const struct body_slice *slice = &window->slices[i];
    return checked_within(slice->offset, slice->length, window->blobs[i]->bytes.len);
}

static bool is_in_memory(const struct window *window, size_t i, const struct index *index,
                         struct object_shelf *shelf, uint64_t now_ns)
{
    const struct body_slice *slice = &window->slices[i];
    struct index_object object = index_object(index, slice->object);
    return object_shelf_sees(shelf, &object.name, window->blobs[i], slice->offset, slice->length,
                             now_ns);
}

void window_find_resident(struct window *window, const struct index *index,
                          struct object_shelf *shelf, uint64_t now_ns, uint32_t *to_check)
{
    *to_check = UINT32_MAX;
    window->found = 0;
    window->found_bytes = 0;
    for (size_t i = 0; i < window->count; i++) {
        bool is_text = window->slices[i].text != NULL;
        if (!is_text && window->blobs[i] == NULL &&
            !take_from_shelf(window, i, index, shelf, now_ns, to_check))
            return;
        if (!is_text && (!lies_inside(window, i) || !is_in_memory(window, i, index, shelf, now_ns)))
            return;
        window->found++;
        window->found_bytes += window->slices[i].length;
    }
}

static enum status load_slice(struct window *window, size_t i, const struct index *index,
                              struct object_cache *cache, uint64_t now_ns, bool *was_warm)
{
    if (window->blobs[i] == NULL && shares_object(window, i))
        window->blobs[i] = blob_acquire(window->blobs[i - 1]);
    if (window->blobs[i] == NULL) {
        struct index_object object = index_object(index, window->slices[i].object);
        enum status status = object_cache_load(cache, &object, now_ns, &window->blobs[i], NULL);
        if (status != STATUS_OK)
            return status;
    }
    if (!lies_inside(window, i))
        return STATUS_DAMAGED;
    if (residency_check(window_bytes(window, i)))
        return STATUS_OK;
    *was_warm = false;
    return residency_populate(window_bytes(window, i));
}

enum status window_load(struct window *window, const struct index *index,
                        struct object_cache *cache, uint64_t now_ns, uint32_t *object,
                        bool *was_warm)
{
    *was_warm = true;
    window->found = 0;
    window->found_bytes = 0;
    for (size_t i = 0; i < window->count; i++) {
        enum status status = STATUS_OK;
        if (window->slices[i].text == NULL)
            status = load_slice(window, i, index, cache, now_ns, was_warm);
        *object = window->slices[i].object;
        if (status != STATUS_OK)
            return status;
        window->found++;
        window->found_bytes += window->slices[i].length;
    }
    return STATUS_OK;
}
