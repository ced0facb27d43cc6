/*
 * Collects the records of one publication and lays them out canonically: files sorted by name,
 * each file's extents in turn, strings in the order in which the records name them.
 */
#include "store/index.h"

#include <assert.h>
#include <stdlib.h>

#include "base/checked.h"
#include "store/index_layout.h"
#include "store/object_name_set.h"

struct pending_file {
    struct span name;
    struct span content_type;
    uint32_t first_extent; /* in the order in which they were added */
    uint32_t extent_count;
};

struct index_writer {
    struct span title;
    int64_t published_s;
    struct index_track *tracks;
    struct index_segment *segments;
    struct pending_file *files;
    struct index_extent *extents; /* file_offset is filled at the end */
    struct index_object *objects;
    uint32_t track_count;
    uint32_t segment_count;
    uint32_t file_count;
    uint32_t extent_count;
    uint32_t object_count;
    struct object_name_set names; /* of the objects, with the same numbers */
};

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

static void digest_le64(struct digest_state *state, uint64_t value)
{
    uint8_t bytes[8];
    for (unsigned i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)(value >> 8 * i);
    digest_update(state, span_of(bytes, sizeof(bytes)));
}

/* Every variable part is preceded by its length or count, so no two contents hash alike. */
static struct digest hash_file(const struct index_writer *writer, const struct pending_file *file)
{
    struct digest_state *state = digest_new();
    digest_le64(state, file->content_type.len);
    digest_update(state, file->content_type);
    for (uint32_t i = 0; i < file->extent_count; i++) {
        const struct index_extent *extent = &writer->extents[file->first_extent + i];
        const struct digest *sha256 = &writer->objects[extent->object].sha256;
        digest_update(state, span_of(sha256->bytes, sizeof(sha256->bytes)));
        digest_le64(state, extent->object_offset);
        digest_le64(state, extent->length);
    }
    return digest_finish(state);
}

/* The parts of an index while it is laid out. */
struct layout {
    struct byte_buffer tables;
    struct byte_buffer strings;
};

static void put_string(struct layout *layout, struct byte_buffer *record, struct span string)
{
    byte_buffer_put_le32(record, (uint32_t)layout->strings.len);
    byte_buffer_put_le32(record, (uint32_t)string.len);
    byte_buffer_put(&layout->strings, string);
}

static void put_track(struct layout *layout, const struct index_track *track)
{
    struct byte_buffer *out = &layout->tables;
    byte_buffer_put_le32(out, track->kind);
    byte_buffer_put_le32(out, track->timescale);
    put_string(layout, out, track->codec);
    put_string(layout, out, track->language);
    byte_buffer_put_le64(out, track->duration_ticks);
    byte_buffer_put_le32(out, track->width);
    byte_buffer_put_le32(out, track->height);
    byte_buffer_put_le32(out, track->sample_rate);
    byte_buffer_put_le32(out, track->channels);
    byte_buffer_put_le32(out, track->first_segment);
    byte_buffer_put_le32(out, track->segment_count);
}

static void put_segment(struct layout *layout, const struct index_segment *segment)
{
    struct byte_buffer *out = &layout->tables;
    byte_buffer_put_le64(out, segment->start_ticks);
    byte_buffer_put_le64(out, segment->duration_ticks);
    byte_buffer_put_le32(out, segment->object);
    byte_buffer_put_le32(out, 0);
}

static uint64_t file_length(const struct index_writer *writer, const struct pending_file *file)
{
    uint64_t length = 0;
    for (uint32_t i = 0; i < file->extent_count; i++)
        length += writer->extents[file->first_extent + i].length;
    return length;
}

static void put_file(struct layout *layout, const struct index_writer *writer,
                     const struct pending_file *file, uint32_t first_extent)
{
    struct byte_buffer *out = &layout->tables;
    struct digest hash = hash_file(writer, file);
    put_string(layout, out, file->name);
    put_string(layout, out, file->content_type);
    byte_buffer_put_le64(out, file_length(writer, file));
    byte_buffer_put(out, span_of(hash.bytes, INDEX_ETAG_LEN));
    byte_buffer_put_le32(out, first_extent);
    byte_buffer_put_le32(out, file->extent_count);
}

static void put_extents(struct layout *layout, const struct index_writer *writer,
                        const struct pending_file *file)
{
    struct byte_buffer *out = &layout->tables;
    uint64_t file_offset = 0;
    for (uint32_t i = 0; i < file->extent_count; i++) {
        const struct index_extent *extent = &writer->extents[file->first_extent + i];
        byte_buffer_put_le64(out, file_offset);
        byte_buffer_put_le64(out, extent->object_offset);
        byte_buffer_put_le64(out, extent->length);
        byte_buffer_put_le32(out, extent->object);
        byte_buffer_put_le32(out, 0);
        file_offset += extent->length;
    }
}

static void put_object(struct layout *layout, const struct index_object *object)
{
    struct byte_buffer *out = &layout->tables;
    byte_buffer_put_le64(out, object->size);
    byte_buffer_put(out, span_of(object->sha256.bytes, sizeof(object->sha256.bytes)));
    byte_buffer_put(out, span_of(object->name.bytes, sizeof(object->name.bytes)));
    byte_buffer_put_le32(out, 0);
}

static void put_tables(struct layout *layout, const struct index_writer *writer)
{
    uint32_t first_extent = 0;
    for (uint32_t i = 0; i < writer->track_count; i++)
        put_track(layout, &writer->tracks[i]);
    for (uint32_t i = 0; i < writer->segment_count; i++)
        put_segment(layout, &writer->segments[i]);
    for (uint32_t i = 0; i < writer->file_count; i++) {
        put_file(layout, writer, &writer->files[i], first_extent);
        first_extent += writer->files[i].extent_count;
    }
    for (uint32_t i = 0; i < writer->file_count; i++)
        put_extents(layout, writer, &writer->files[i]);
    for (uint32_t i = 0; i < writer->object_count; i++)
        put_object(layout, &writer->objects[i]);
}

static void put_table_descriptors(struct byte_buffer *out, const struct index_writer *writer)
{
    const struct {
        uint32_t count;
        uint32_t record_len;
    } tables[INDEX_TABLE_COUNT] = {
        {writer->track_count, INDEX_TRACK_LEN},   {writer->segment_count, INDEX_SEGMENT_LEN},
        {writer->file_count, INDEX_FILE_LEN},     {writer->extent_count, INDEX_EXTENT_LEN},
        {writer->object_count, INDEX_OBJECT_LEN},
    };
    uint64_t offset = INDEX_HEADER_LEN;
    for (size_t i = 0; i < INDEX_TABLE_COUNT; i++) {
        byte_buffer_put_le64(out, offset);
        byte_buffer_put_le32(out, tables[i].count);
        byte_buffer_put_le32(out, tables[i].record_len);
        offset += (uint64_t)tables[i].count * tables[i].record_len;
    }
}

static void put_header(struct byte_buffer *out, const struct index_writer *writer,
                       const struct layout *layout)
{
    uint64_t strings_at = INDEX_HEADER_LEN + (uint64_t)layout->tables.len;
    byte_buffer_put(out, span_of_string(INDEX_MAGIC));
    byte_buffer_put_le32(out, INDEX_VERSION);
    byte_buffer_put_le32(out, INDEX_HEADER_LEN);
    byte_buffer_put_le64(out, strings_at + layout->strings.len);
    byte_buffer_put_zeros(out, DIGEST_LEN);
    byte_buffer_put_le64(out, (uint64_t)writer->published_s);
    byte_buffer_put_le32(out, 0); /* the title is the first of the strings */
    byte_buffer_put_le32(out, (uint32_t)writer->title.len);
    put_table_descriptors(out, writer);
    byte_buffer_put_le64(out, strings_at);
    byte_buffer_put_le64(out, layout->strings.len);
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
    struct layout layout = {0};
    struct index index;
    const size_t start = out->len;
    enum status status = STATUS_OK;

    if (is_too_long(writer))
        return fault_raise(fault, STATUS_LIMIT, "index %.*s: it would be longer than %u bytes",
                           SPAN_PRINT(writer->title), INDEX_MAX_BYTES);
    if (writer->file_count > 1)
        qsort(writer->files, writer->file_count, sizeof(*writer->files), order_files);
    if ((status = check_files_differ(writer, fault)) != STATUS_OK)
        return status;
    byte_buffer_put(&layout.strings, writer->title);
    put_tables(&layout, writer);
    put_header(out, writer, &layout);
    byte_buffer_put(out, byte_buffer_span(&layout.tables));
    byte_buffer_put(out, byte_buffer_span(&layout.strings));
    byte_buffer_dispose(&layout.tables);
    byte_buffer_dispose(&layout.strings);

    const struct span bytes = span_of(out->base + start, out->len - start);
    struct digest sum = index_checksum(bytes);
    memcpy(out->base + start + INDEX_AT_CHECKSUM, sum.bytes, sizeof(sum.bytes));
    /* What the reader refuses was wrong in what was added, not in bytes that were kept. */
    if (index_open(bytes, &index, fault) != STATUS_OK) {
        out->len = start;
        return STATUS_INVALID;
    }
    return STATUS_OK;
}
