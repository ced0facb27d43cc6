#ifndef INDEX_H
#define INDEX_H

#include "base/byte_buffer.h"
#include "base/digest.h"
#include "base/fault.h"
#include "store/object_name.h"

/*
 * The index: the immutable description of one publication of a title. It names the title's tracks
 * and their segments, its files, the extents that make up each file, and the objects that hold the
 * bytes. On disk it is one flat little-endian binary (docs/index-format.md) with a version and a
 * SHA-256 over all of it.
 *
 * `index_open` checks everything once: checksum, bounds, overflow, sorted unique names, extents
 * that lie end to end and cover their file, extents inside their objects, segments inside their
 * objects. After that every accessor is a few loads from the bytes where they lie: no parsing, no
 * allocation.
 *
 * Bounds that the reader enforces, and why: an index is at most INDEX_MAX_BYTES, so that a damaged
 * length cannot make anyone map or read without end; the counts follow from it.
 */
#define INDEX_MAX_BYTES (1u << 30) /* a day-long title with 1 s fragments takes 10 MiB */
#define INDEX_ETAG_LEN 16
#define INDEX_CONTENT_TYPE_MAX_LEN 255

enum track_kind {
    TRACK_VIDEO = 1,
    TRACK_AUDIO = 2,
};

struct index_track {
    enum track_kind kind;
    struct span codec;    /* FFmpeg's codec name: "h264", "aac" */
    struct span language; /* ISO 639-2/T, three letters; "und" when unknown */
    uint32_t timescale;   /* ticks per second, > 0 */
    uint64_t duration_ticks;
    uint32_t width; /* video: coded size in pixels; else 0 */
    uint32_t height;
    uint32_t sample_rate; /* audio: Hz; else 0 */
    uint32_t channels;    /* audio; else 0 */
    uint32_t first_segment;
    uint32_t segment_count;
};

struct index_segment {
    uint64_t start_ticks; /* presentation time of its first sample, in the track's timescale */
    uint64_t duration_ticks;
    uint32_t object; /* the object that holds it whole */
};

struct index_file {
    struct span name;
    struct span content_type;
    uint64_t length; /* bytes */
    uint8_t etag[INDEX_ETAG_LEN];
    uint32_t first_extent;
    uint32_t extent_count; /* 0 exactly when length is 0 */
};

struct index_extent {
    uint64_t file_offset; /* where in the file it starts */
    uint64_t object_offset;
    uint64_t length; /* > 0 */
    uint32_t object;
};

struct index_object {
    struct object_name name;
    uint64_t size; /* bytes, > 0 */
    struct digest sha256;
};

/* An opened index: borrows the bytes it was opened on. Read it through the functions below. */
struct index {
    struct span bytes;
    struct span title;
    int64_t published_s;
    struct span tracks; /* the tables, each a whole number of fixed-size records */
    struct span segments;
    struct span files;
    struct span extents;
    struct span objects;
    struct span strings;
    uint32_t track_count;
    uint32_t segment_count;
    uint32_t file_count;
    uint32_t extent_count;
    uint32_t object_count;
};

/* Checks `bytes` as said above and fills `index`, which borrows them. STATUS_DAMAGED with the place
 * and the expectation in `fault` otherwise; STATUS_UNSUPPORTED for another version. Pure. */
MUST_CHECK enum status index_open(struct span bytes, struct index *index, struct fault *fault);

/* The records by number; `i` must be below the count. Spans inside borrow the index's bytes. */
struct index_track index_track(const struct index *index, uint32_t i);
struct index_segment index_segment(const struct index *index, uint32_t i);
struct index_file index_file(const struct index *index, uint32_t i);
struct index_extent index_extent(const struct index *index, uint32_t i);
struct index_object index_object(const struct index *index, uint32_t i);

/* Binary search by exact name; false when the title has no such file. */
bool index_find_file(const struct index *index, struct span name, struct index_file *file);

/* The number of the extent of `file` that holds byte `offset`, which must be below its length.
 * Binary search over the file's extents. */
uint32_t index_find_extent(const struct index *index, const struct index_file *file,
                           uint64_t offset);

/*
 * The writer collects records and lays them out. Names may come in any order.
 */
struct index_writer;

/* `title` is copied. `published_s` is the time of publication, seconds since 1970. */
struct index_writer *index_writer_new(struct span title, int64_t published_s);
void index_writer_free(struct index_writer *writer);

/* Each copies its record, spans included, and returns its number. In a track, `first_segment` and
 * `segment_count` are set by the writer: segments are added right after their track. */
uint32_t index_writer_add_object(struct index_writer *writer, const struct index_object *object);
uint32_t index_writer_add_track(struct index_writer *writer, const struct index_track *track);
void index_writer_add_segment(struct index_writer *writer, const struct index_segment *segment);

/* Starts a file; the extents added next are its content, in order. The writer computes offsets,
 * length and ETag. The ETag is the start of a SHA-256 over content type, and per extent the
 * object's SHA-256, offset and length: equal inputs give equal tags, on any machine, in any store.
 */
void index_writer_add_file(struct index_writer *writer, struct span name, struct span content_type);
void index_writer_add_extent(struct index_writer *writer, uint32_t object, uint64_t object_offset,
                             uint64_t length);

/* Appends the finished index to `out` and checks it with index_open: a writer never produces what
 * the reader refuses. STATUS_INVALID for doubled file names or a bad title, STATUS_LIMIT when it
 * would be longer than INDEX_MAX_BYTES. */
MUST_CHECK enum status index_writer_finish(struct index_writer *writer, struct byte_buffer *out,
                                           struct fault *fault);

/* Appends `index` as it is but for the time of publication, and the checksum over that. */
void index_redate(const struct index *index, int64_t published_s, struct byte_buffer *out);

/* Whether two indexes describe the same publication, whatever the time they were published. */
bool index_same_content(const struct index *a, const struct index *b);

#endif
