/*
 * Reading an opened index: every accessor is a few byte loads from where the record lies. What
 * makes that safe is index_open (index_open.c), which has checked every number used here.
 */
#include "store/index.h"

#include <assert.h>

#include "store/index_layout.h"

struct digest index_checksum(struct span bytes)
{
    static const uint8_t zeros[DIGEST_LEN];
    const size_t after = INDEX_AT_CHECKSUM + DIGEST_LEN;
    assert(bytes.len >= INDEX_HEADER_LEN);
    struct digest_state *state = digest_new();
    digest_update(state, span_slice(bytes, 0, INDEX_AT_CHECKSUM));
    digest_update(state, span_of(zeros, sizeof(zeros)));
    digest_update(state, span_slice(bytes, after, bytes.len - after));
    return digest_finish(state);
}

static struct span string_at(const struct index *index, const uint8_t *reference)
{
    return span_slice(index->strings, load_le32(reference), load_le32(reference + 4));
}

struct index_track index_track(const struct index *index, uint32_t i)
{
    assert(i < index->track_count);
    const uint8_t *at = index->tracks.base + (size_t)i * INDEX_TRACK_LEN;
    return (struct index_track){
        .kind = (enum track_kind)load_le32(at),
        .timescale = load_le32(at + 4),
        .codec = string_at(index, at + 8),
        .language = string_at(index, at + 16),
        .duration_ticks = load_le64(at + 24),
        .width = load_le32(at + 32),
        .height = load_le32(at + 36),
        .sample_rate = load_le32(at + 40),
        .channels = load_le32(at + 44),
        .first_segment = load_le32(at + 48),
        .segment_count = load_le32(at + 52),
    };
}

struct index_segment index_segment(const struct index *index, uint32_t i)
{
    assert(i < index->segment_count);
    const uint8_t *at = index->segments.base + (size_t)i * INDEX_SEGMENT_LEN;
    return (struct index_segment){
        .start_ticks = load_le64(at),
        .duration_ticks = load_le64(at + 8),
        .object = load_le32(at + 16),
    };
}

struct index_file index_file(const struct index *index, uint32_t i)
{
    assert(i < index->file_count);
    const uint8_t *at = index->files.base + (size_t)i * INDEX_FILE_LEN;
    struct index_file file = {
        .name = string_at(index, at),
        .content_type = string_at(index, at + 8),
        .length = load_le64(at + 16),
        .first_extent = load_le32(at + 40),
        .extent_count = load_le32(at + 44),
    };
    memcpy(file.etag, at + 24, sizeof(file.etag));
    return file;
}

struct index_extent index_extent(const struct index *index, uint32_t i)
{
    assert(i < index->extent_count);
    const uint8_t *at = index->extents.base + (size_t)i * INDEX_EXTENT_LEN;
    return (struct index_extent){
        .file_offset = load_le64(at),
        .object_offset = load_le64(at + 8),
        .length = load_le64(at + 16),
        .object = load_le32(at + 24),
    };
}

struct index_object index_object(const struct index *index, uint32_t i)
{
    assert(i < index->object_count);
    const uint8_t *at = index->objects.base + (size_t)i * INDEX_OBJECT_LEN;
    struct index_object object = {.size = load_le64(at)};
    memcpy(object.sha256.bytes, at + 8, sizeof(object.sha256.bytes));
    memcpy(object.name.bytes, at + INDEX_OBJECT_AT_NAME, sizeof(object.name.bytes));
    return object;
}

static struct span file_name(const struct index *index, uint32_t i)
{
    return string_at(index, index->files.base + (size_t)i * INDEX_FILE_LEN);
}

bool index_find_file(const struct index *index, struct span name, struct index_file *file)
{
    uint32_t low = 0;
    uint32_t high = index->file_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = index_name_order(file_name(index, middle), name);
        if (order == 0) {
            *file = index_file(index, middle);
            return true;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

uint32_t index_find_extent(const struct index *index, const struct index_file *file,
                           uint64_t offset)
{
    assert(offset < file->length);
    /* The last extent that starts at or before `offset`; the first always does. */
    uint32_t low = file->first_extent;
    uint32_t high = file->first_extent + file->extent_count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (index_extent(index, middle).file_offset <= offset)
            low = middle;
        else
            high = middle;
    }
    return low;
}

bool index_same_content(const struct index *a, const struct index *b)
{
    /* The encoding is canonical: all that may differ is the time, and the checksum over it. */
    const size_t after = INDEX_AT_PUBLISHED + 8;
    return a->bytes.len == b->bytes.len &&
           span_equal(span_slice(a->bytes, 0, INDEX_AT_CHECKSUM),
                      span_slice(b->bytes, 0, INDEX_AT_CHECKSUM)) &&
           span_equal(span_slice(a->bytes, after, a->bytes.len - after),
                      span_slice(b->bytes, after, b->bytes.len - after));
}
