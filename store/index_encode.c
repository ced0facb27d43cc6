/*
 * Lays an index out canonically: each file's extents in turn, strings in the order in which the
 * records name them.
 */
#include "store/index_records.h"

#include "store/index_layout.h"

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

/* Of the index that begins at `start` and ends where `out` does. */
static void put_checksum(struct byte_buffer *out, size_t start)
{
    struct digest sum = index_checksum(span_of(out->base + start, out->len - start));
    memcpy(out->base + start + INDEX_AT_CHECKSUM, sum.bytes, sizeof(sum.bytes));
}

void index_encode(const struct index_writer *writer, struct byte_buffer *out)
{
    struct layout layout = {0};
    const size_t start = out->len;
    byte_buffer_put(&layout.strings, writer->title);
    put_tables(&layout, writer);
    put_header(out, writer, &layout);
    byte_buffer_put(out, byte_buffer_span(&layout.tables));
    byte_buffer_put(out, byte_buffer_span(&layout.strings));
    byte_buffer_dispose(&layout.tables);
    byte_buffer_dispose(&layout.strings);
    put_checksum(out, start);
}

void index_redate(const struct index *index, int64_t published_s, struct byte_buffer *out)
{
    const size_t after = INDEX_AT_PUBLISHED + 8;
    const size_t start = out->len;
    byte_buffer_put(out, span_slice(index->bytes, 0, INDEX_AT_PUBLISHED));
    byte_buffer_put_le64(out, (uint64_t)published_s);
    byte_buffer_put(out, span_slice(index->bytes, after, index->bytes.len - after));
    put_checksum(out, start);
}
