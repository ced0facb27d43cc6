#ifndef INDEX_RECORDS_H
#define INDEX_RECORDS_H

#include "store/index.h"
#include "store/object_name_set.h"

/* What the writer has collected (index_writer.c) and its encoding reads (index_encode.c). */
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

/* Appends the index with its checksum. The files are sorted. */
void index_encode(const struct index_writer *writer, struct byte_buffer *out);

#endif
