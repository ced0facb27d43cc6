#ifndef TITLE_FILES_H
#define TITLE_FILES_H

#include "segmenter/track_record.h"
#include "store/store.h"

/*
 * The files of a title as views of its objects: the classic file, `video.mp4` or, without video,
 * `audio.mp4`; and one fragmented file per track, `v0.mp4`, `a0.mp4`. The media data is in the
 * objects once; only headers are added.
 */

/* What a title is made into: the headers go to `staging`, everything named to `writer`. */
struct title_files {
    struct staging *staging;
    const struct store_ops *store;
    struct index_writer *writer;
    uint64_t objects; /* counted as they are put */
    uint64_t new_objects;
    uint64_t bytes;
};

/* Takes `content` as an object (as put_buffer does) and names it in the index; *number is its
 * number there. */
MUST_CHECK enum status title_files_put(struct title_files *files, struct byte_buffer *content,
                                       uint32_t *number, struct fault *fault);

/* Adds tracks, segments and files to the index. `headers[i]` is libavformat's header of track i. */
MUST_CHECK enum status title_files_add(struct title_files *files, const struct track_record *tracks,
                                       unsigned track_count, const struct span *headers,
                                       struct fault *fault);

#endif
