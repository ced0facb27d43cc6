/*
 * Collects the records of one publication; index_encode.c lays them out.
 */
#include "store/index_records.h"

#include <assert.h>
#include <stdlib.h>

#include "store/index_layout.h"

/* Room for record number `count`. Arrays double whenever their count is a power of two. */
static void *make_room(void *records, uint32_t count, size_t record_size)
{
    assert(count < UINT32_MAX);
    if (count != 0 && (count & (count - 1)) != 0)
        return records;
    records = reallocarray(records, count == 0 ? 1 : 2 * (size_t)count, record_size);
    if (records == NULL)
        abort();
    return records;
}

static struct span copy_span(struct span span)
{
    uint8_t *copy = malloc(span.len + 1);
    if (copy == NULL)
        abort();
    if (span.len > 0)
        memcpy(copy, span.base, span.len);
    return span_of(copy, span.len);
}

static void free_span(struct span span)
{
    free((void *)(uintptr_t)span.base);
}

struct index_writer *index_writer_new(struct span title, int64_t published_s)
{
    struct index_writer *writer = calloc(1, sizeof(*writer));
    if (writer == NULL)
        abort();
    writer->title = copy_span(title);
    writer->published_s = published_s;
    return writer;
}

void index_writer_free(struct index_writer *writer)
{
    if (writer == NULL)
        return;
    for (uint32_t i = 0; i < writer->track_count; i++) {
        free_span(writer->tracks[i].codec);
        free_span(writer->tracks[i].language);
    }
    for (uint32_t i = 0; i < writer->file_count; i++) {
        free_span(writer->files[i].name);
        free_span(writer->files[i].content_type);
    }
    free_span(writer->title);
    free(writer->tracks);
    free(writer->segments);
    free(writer->files);
    free(writer->extents);
    free(writer->objects);
    object_name_set_dispose(&writer->names);
    free(writer);
}

uint32_t index_writer_add_object(struct index_writer *writer, const struct index_object *object)
{
    bool is_new;
    uint32_t number = object_name_set_add(&writer->names, &object->name, &is_new);
    if (is_new) {
        writer->objects = make_room(writer->objects, writer->object_count, sizeof(*object));
        writer->objects[writer->object_count++] = *object;
    }
    return number;
}

uint32_t index_writer_add_track(struct index_writer *writer, const struct index_track *track)
{
    writer->tracks = make_room(writer->tracks, writer->track_count, sizeof(*track));
    struct index_track *own = &writer->tracks[writer->track_count];
    *own = *track;
    own->codec = copy_span(track->codec);
    own->language = copy_span(track->language);
    own->first_segment = writer->segment_count;
    own->segment_count = 0;
    return writer->track_count++;
}

void index_writer_add_segment(struct index_writer *writer, const struct index_segment *segment)
{
    assert(writer->track_count > 0);
    writer->segments = make_room(writer->segments, writer->segment_count, sizeof(*segment));
    writer->segments[writer->segment_count++] = *segment;
    writer->tracks[writer->track_count - 1].segment_count++;
}

void index_writer_add_file(struct index_writer *writer, struct span name, struct span content_type)
{
    writer->files = make_room(writer->files, writer->file_count, sizeof(*writer->files));
    writer->files[writer->file_count++] = (struct pending_file){
        .name = copy_span(name),
        .content_type = copy_span(content_type),
        .first_extent = writer->extent_count,
    };
}

void index_writer_add_extent(struct index_writer *writer, uint32_t object, uint64_t object_offset,
                             uint64_t length)
{
    assert(writer->file_count > 0 && object < writer->object_count);
    writer->extents = make_room(writer->extents, writer->extent_count, sizeof(*writer->extents));
    writer->extents[writer->extent_count++] = (struct index_extent){
        .object_offset = object_offset,
        .length = length,
        .object = object,
    };
    writer->files[writer->file_count - 1].extent_count++;
}

/* An upper bound is enough: strings are short, and the records make up the length. */
static bool is_too_long(const struct index_writer *writer)
{
    uint64_t total = INDEX_HEADER_LEN + (uint64_t)writer->track_count * INDEX_TRACK_LEN +
                     (uint64_t)writer->segment_count * INDEX_SEGMENT_LEN +
                     (uint64_t)writer->file_count * INDEX_FILE_LEN +
                     (uint64_t)writer->extent_count * INDEX_EXTENT_LEN +
                     (uint64_t)writer->object_count * INDEX_OBJECT_LEN + writer->title.len;
    for (uint32_t i = 0; i < writer->track_count; i++)
        total += writer->tracks[i].codec.len + writer->tracks[i].language.len;
    for (uint32_t i = 0; i < writer->file_count; i++)
        total += writer->files[i].name.len + writer->files[i].content_type.len;
    return total > INDEX_MAX_BYTES;
}

static int order_files(const void *a, const void *b)
{
    const struct pending_file *x = a;
    const struct pending_file *y = b;
    return index_name_order(x->name, y->name);
}

static enum status check_files_differ(const struct index_writer *writer, struct fault *fault)
{
    for (uint32_t i = 1; i < writer->file_count; i++)
        if (span_equal(writer->files[i - 1].name, writer->files[i].name))
            return fault_raise(fault, STATUS_INVALID, "index: the file %.*s is there twice",
                               SPAN_PRINT(writer->files[i].name));
    return STATUS_OK;
}

enum status index_writer_finish(struct index_writer *writer, struct byte_buffer *out,
                                struct fault *fault)
{
    struct index index;
    const size_t start = out->len;

    if (is_too_long(writer))
        return fault_raise(fault, STATUS_LIMIT, "index %.*s: it would be longer than %u bytes",
                           SPAN_PRINT(writer->title), INDEX_MAX_BYTES);
    if (writer->file_count > 1)
        qsort(writer->files, writer->file_count, sizeof(*writer->files), order_files);
    enum status status = check_files_differ(writer, fault);
    if (status != STATUS_OK)
        return status;
    index_encode(writer, out);
    /* What the reader refuses was wrong in what was added, not in bytes that were kept. */
    if (index_open(span_of(out->base + start, out->len - start), &index, fault) != STATUS_OK) {
        out->len = start;
        return STATUS_INVALID;
    }
    return STATUS_OK;
}
