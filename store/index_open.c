/*
 * Opening an index: everything that an accessor will trust is checked here, once. The checks go in
 * the order of the bytes, each relying only on those before it, so arbitrary input cannot make any
 * of them read outside. The checksum tells damage from age or bad memory; it is no signature, so
 * the checks behind it do not rely on it.
 */
#include "store/index.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/checked.h"
#include "base/name.h"
#include "store/index_layout.h"

/* 9999-12-31T23:59:59Z: beyond it no date format that we print has a year. */
#define LATEST_PUBLISHED_S INT64_C(253402300799)

/* As long as the longest header field value worth sending; real ones stay below 80. */
#define CODEC_MAX_LEN 63
#define LANGUAGE_MAX_LEN 63

struct check {
    struct index *index;
    struct fault *fault;
    uint64_t strings_used; /* the next string must start here */
};

static enum status damaged(const struct check *check, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static enum status damaged(const struct check *check, const char *format, ...)
{
    char text[256];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    const struct span title = check->index->title;
    if (title.len == 0)
        return fault_raise(check->fault, STATUS_DAMAGED, "index: %s", text);
    return fault_raise(check->fault, STATUS_DAMAGED, "index %.*s: %s", SPAN_PRINT(title), text);
}

static enum status check_header(const struct check *check)
{
    const struct span bytes = check->index->bytes;
    if (bytes.len < INDEX_HEADER_LEN)
        return damaged(check, "%zu bytes are too few for a header", bytes.len);
    if (bytes.len > INDEX_MAX_BYTES)
        return damaged(check, "%zu bytes are more than an index may have", bytes.len);
    if (memcmp(bytes.base, INDEX_MAGIC, 8) != 0)
        return damaged(check, "it does not begin with " INDEX_MAGIC);
    uint32_t version = load_le32(bytes.base + INDEX_AT_VERSION);
    if (version != INDEX_VERSION)
        return fault_raise(check->fault, STATUS_UNSUPPORTED,
                           "index: version %u is not %u, the one this program reads; "
                           "use the program that wrote it or cut the title again",
                           version, INDEX_VERSION);
    if (load_le32(bytes.base + INDEX_AT_HEADER_SIZE) != INDEX_HEADER_LEN)
        return damaged(check, "the header size is not %d", INDEX_HEADER_LEN);
    uint64_t total = load_le64(bytes.base + INDEX_AT_TOTAL_SIZE);
    if (total != bytes.len)
        return damaged(check, "it says it has %llu bytes but has %zu", (unsigned long long)total,
                       bytes.len);
    struct digest sum = index_checksum(bytes);
    if (memcmp(sum.bytes, bytes.base + INDEX_AT_CHECKSUM, DIGEST_LEN) != 0)
        return damaged(check, "the checksum does not match the content");
    return STATUS_OK;
}

struct table {
    const char *name;
    uint32_t record_len;
    struct span *records;
    uint32_t *count;
};

/* Tables follow each other from the header to the strings, and the strings reach to the end. */
static enum status locate_tables(const struct check *check)
{
    struct index *index = check->index;
    const struct table tables[INDEX_TABLE_COUNT] = {
        {"tracks", INDEX_TRACK_LEN, &index->tracks, &index->track_count},
        {"segments", INDEX_SEGMENT_LEN, &index->segments, &index->segment_count},
        {"files", INDEX_FILE_LEN, &index->files, &index->file_count},
        {"extents", INDEX_EXTENT_LEN, &index->extents, &index->extent_count},
        {"objects", INDEX_OBJECT_LEN, &index->objects, &index->object_count},
    };
    uint64_t end = INDEX_HEADER_LEN;
    for (size_t i = 0; i < INDEX_TABLE_COUNT; i++) {
        const uint8_t *at = index->bytes.base + INDEX_AT_TABLES + i * INDEX_TABLE_DESCRIPTOR_LEN;
        uint32_t count = load_le32(at + 8);
        uint64_t len = (uint64_t)count * tables[i].record_len;
        if (load_le64(at) != end || load_le32(at + 12) != tables[i].record_len ||
            !checked_within(end, len, index->bytes.len))
            return damaged(check, "the table of %s does not lie where it must", tables[i].name);
        *tables[i].records = span_slice(index->bytes, (size_t)end, (size_t)len);
        *tables[i].count = count;
        end += len;
    }
    const uint8_t *at = index->bytes.base + INDEX_AT_STRINGS;
    if (load_le64(at) != end || load_le64(at + 8) != index->bytes.len - end)
        return damaged(check, "the strings do not reach from the tables to the end");
    index->strings = span_slice(index->bytes, (size_t)end, index->bytes.len - (size_t)end);
    return STATUS_OK;
}

/* Takes the string that must come next; false when `reference` names anything else. */
static bool next_string(struct check *check, const uint8_t *reference, struct span *string)
{
    uint32_t offset = load_le32(reference);
    uint32_t len = load_le32(reference + 4);
    if (offset != check->strings_used || !checked_within(offset, len, check->index->strings.len))
        return false;
    *string = span_slice(check->index->strings, offset, len);
    check->strings_used += len;
    return true;
}

/* What goes into a header field or onto a terminal: nothing there may act on it. */
static bool is_printable(struct span text, size_t max_len)
{
    if (text.len == 0 || text.len > max_len)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (text.base[i] < 0x20 || text.base[i] > 0x7e)
            return false;
    return text.base[0] != ' ' && text.base[text.len - 1] != ' ';
}

static enum status check_title(struct check *check)
{
    struct index *index = check->index;
    struct span title;
    if (!next_string(check, index->bytes.base + INDEX_AT_TITLE, &title) || !name_is_valid(title))
        return damaged(check, "the title is no valid name");
    index->title = title;
    index->published_s = (int64_t)load_le64(index->bytes.base + INDEX_AT_PUBLISHED);
    if (index->published_s < 0 || index->published_s > LATEST_PUBLISHED_S)
        return damaged(check, "the time of publication is out of range");
    return STATUS_OK;
}

static enum status check_track(struct check *check, uint32_t i, uint32_t first_segment)
{
    const struct index *index = check->index;
    const uint8_t *at = index->tracks.base + (size_t)i * INDEX_TRACK_LEN;
    struct span codec;
    struct span language;
    if (!next_string(check, at + 8, &codec) || !is_printable(codec, CODEC_MAX_LEN) ||
        !next_string(check, at + 16, &language) || !is_printable(language, LANGUAGE_MAX_LEN))
        return damaged(check, "track %u: codec or language is no printable text", i);
    struct index_track track = index_track(index, i);
    if (track.kind != TRACK_VIDEO && track.kind != TRACK_AUDIO)
        return damaged(check, "track %u is neither video nor audio", i);
    if (track.timescale == 0)
        return damaged(check, "track %u has no timescale", i);
    bool is_video = track.kind == TRACK_VIDEO;
    if (is_video ? track.sample_rate != 0 || track.channels != 0
                 : track.width != 0 || track.height != 0)
        return damaged(check, "track %u has dimensions of the other kind", i);
    if (track.first_segment != first_segment ||
        !checked_within(track.first_segment, track.segment_count, index->segment_count))
        return damaged(check, "track %u: its segments do not follow the track's before it", i);
    return STATUS_OK;
}

static enum status check_segments(const struct check *check, uint32_t track_number)
{
    const struct index *index = check->index;
    const struct index_track track = index_track(index, track_number);
    uint64_t start = 0;
    for (uint32_t i = track.first_segment; i < track.first_segment + track.segment_count; i++) {
        struct index_segment segment = index_segment(index, i);
        uint64_t end;
        if (segment.start_ticks < start)
            return damaged(check, "segment %u of track %u starts before the one before it", i,
                           track_number);
        if (!checked_add(segment.start_ticks, segment.duration_ticks, &end))
            return damaged(check, "segment %u of track %u ends beyond all time", i, track_number);
        if (segment.object >= index->object_count)
            return damaged(check, "segment %u names object %u of %u", i, segment.object,
                           index->object_count);
        if (load_le32(index->segments.base + (size_t)i * INDEX_SEGMENT_LEN + 20) != 0)
            return damaged(check, "segment %u: reserved bytes are not zero", i);
        start = segment.start_ticks;
    }
    return STATUS_OK;
}

static enum status check_tracks(struct check *check)
{
    uint32_t segments = 0;
    for (uint32_t i = 0; i < check->index->track_count; i++) {
        enum status status = check_track(check, i, segments);
        if (status == STATUS_OK)
            status = check_segments(check, i);
        if (status != STATUS_OK)
            return status;
        segments += index_track(check->index, i).segment_count;
    }
    if (segments != check->index->segment_count)
        return damaged(check, "%u segments belong to no track",
                       check->index->segment_count - segments);
    return STATUS_OK;
}

static enum status check_extent(const struct check *check, uint32_t i, uint64_t *file_offset)
{
    const struct index *index = check->index;
    const struct index_extent extent = index_extent(index, i);
    if (extent.file_offset != *file_offset)
        return damaged(check, "extent %u starts at %llu but the one before it ends at %llu", i,
                       (unsigned long long)extent.file_offset, (unsigned long long)*file_offset);
    if (extent.length == 0 || !checked_add(*file_offset, extent.length, file_offset))
        return damaged(check, "extent %u has an impossible length", i);
    if (extent.object >= index->object_count)
        return damaged(check, "extent %u names object %u of %u", i, extent.object,
                       index->object_count);
    const uint64_t size = index_object(index, extent.object).size;
    if (!checked_within(extent.object_offset, extent.length, size))
        return damaged(check, "extent %u takes %llu bytes at %llu but object %u has %llu bytes", i,
                       (unsigned long long)extent.length, (unsigned long long)extent.object_offset,
                       extent.object, (unsigned long long)size);
    if (load_le32(index->extents.base + (size_t)i * INDEX_EXTENT_LEN + 28) != 0)
        return damaged(check, "extent %u: reserved bytes are not zero", i);
    return STATUS_OK;
}

static enum status check_file(struct check *check, uint32_t i, uint32_t first_extent,
                              struct span *previous)
{
    const struct index *index = check->index;
    const uint8_t *at = index->files.base + (size_t)i * INDEX_FILE_LEN;
    struct span name;
    struct span content_type;
    if (!next_string(check, at, &name) || !name_is_valid(name))
        return damaged(check, "file %u: its name is no valid name", i);
    if (i > 0 && index_name_order(*previous, name) >= 0)
        return damaged(check, "file %u: %.*s does not sort after the file before it", i,
                       SPAN_PRINT(name));
    if (!next_string(check, at + 8, &content_type) ||
        !is_printable(content_type, INDEX_CONTENT_TYPE_MAX_LEN))
        return damaged(check, "file %.*s: its content type is no printable text", SPAN_PRINT(name));
    const struct index_file file = index_file(index, i);
    if (file.first_extent != first_extent ||
        !checked_within(first_extent, file.extent_count, index->extent_count))
        return damaged(check, "file %.*s: its extents do not follow those of the file before it",
                       SPAN_PRINT(name));
    uint64_t length = 0;
    for (uint32_t e = first_extent; e < first_extent + file.extent_count; e++) {
        enum status status = check_extent(check, e, &length);
        if (status != STATUS_OK)
            return status;
    }
    if (length != file.length)
        return damaged(check, "file %.*s has %llu bytes but its extents have %llu",
                       SPAN_PRINT(name), (unsigned long long)file.length,
                       (unsigned long long)length);
    *previous = name;
    return STATUS_OK;
}

static enum status check_files(struct check *check)
{
    struct span previous = {0};
    uint32_t extents = 0;
    for (uint32_t i = 0; i < check->index->file_count; i++) {
        enum status status = check_file(check, i, extents, &previous);
        if (status != STATUS_OK)
            return status;
        extents += index_file(check->index, i).extent_count;
    }
    if (extents != check->index->extent_count)
        return damaged(check, "%u extents belong to no file", check->index->extent_count - extents);
    if (check->strings_used != check->index->strings.len)
        return damaged(check, "there are strings that nothing names");
    return STATUS_OK;
}

/* An object by its name. The first bytes of the name are kept where sorting looks: most pairs
 * differ in them, and the index is touched once per object instead of once per comparison. */
struct named_object {
    uint64_t first_bytes;
    uint32_t number;
};

static const uint8_t *name_at(const struct index *index, uint32_t i)
{
    return index->objects.base + (size_t)i * INDEX_OBJECT_LEN + INDEX_OBJECT_AT_NAME;
}

static int order_by_name(const void *a, const void *b, void *context)
{
    const struct named_object *x = a;
    const struct named_object *y = b;
    if (x->first_bytes != y->first_bytes)
        return x->first_bytes < y->first_bytes ? -1 : 1;
    return memcmp(name_at(context, x->number), name_at(context, y->number), OBJECT_NAME_LEN);
}

/* Sorts rather than hashing the names: whoever wrote the bytes may have chosen names that collide.
 */
static enum status check_names_differ(const struct check *check)
{
    struct index *index = check->index;
    enum status status = STATUS_OK;
    if (index->object_count < 2)
        return STATUS_OK;
    struct named_object *order = malloc(index->object_count * sizeof(*order));
    if (order == NULL)
        abort();
    for (uint32_t i = 0; i < index->object_count; i++)
        order[i] = (struct named_object){load_le64(name_at(index, i)), i};
    qsort_r(order, index->object_count, sizeof(*order), order_by_name, index);
    for (uint32_t i = 1; i < index->object_count && status == STATUS_OK; i++)
        if (order_by_name(&order[i - 1], &order[i], index) == 0)
            status = damaged(check, "objects %u and %u are the same", order[i - 1].number,
                             order[i].number);
    free(order);
    return status;
}

static enum status check_objects(const struct check *check)
{
    const struct index *index = check->index;
    for (uint32_t i = 0; i < index->object_count; i++) {
        const uint8_t *at = index->objects.base + (size_t)i * INDEX_OBJECT_LEN;
        if (load_le64(at) == 0)
            return damaged(check, "object %u is empty", i);
        if (load_le32(at + 60) != 0)
            return damaged(check, "object %u: reserved bytes are not zero", i);
    }
    return check_names_differ(check);
}

enum status index_open(struct span bytes, struct index *index, struct fault *fault)
{
    *index = (struct index){.bytes = bytes};
    struct check check = {.index = index, .fault = fault};
    enum status status;
    if ((status = check_header(&check)) != STATUS_OK)
        return status;
    if ((status = locate_tables(&check)) != STATUS_OK)
        return status;
    if ((status = check_title(&check)) != STATUS_OK)
        return status;
    if ((status = check_objects(&check)) != STATUS_OK)
        return status;
    if ((status = check_tracks(&check)) != STATUS_OK)
        return status;
    return check_files(&check);
}
