#ifndef CUTTER_H
#define CUTTER_H

#include "segmenter/media.h"
#include "store/store.h"

/*
 * Cuts media into objects and publishes them as a title: the use case that the `cut` command runs.
 * Memory holds one segment per track and a few bytes per sample, whatever the input's length.
 */
#define CUT_DEFAULT_SEGMENT_MS 6000
#define CUT_FRAGMENT_MS 1000

struct cut_options {
    struct span title; /* a valid name */
    uint32_t segment_ms;
    int64_t published_s; /* time of publication, seconds since 1970 */
};

struct cut_report {
    uint64_t objects;     /* that the publication names */
    uint64_t new_objects; /* that the store did not have yet */
    uint64_t bytes;       /* in all objects */
    uint64_t duration_ms; /* of the longest track */
    uint64_t longest_segment_ms;
    uint32_t segments;
    bool is_unchanged; /* the store had this very publication already */
};

/* Called again and again while media is read; false asks to stop (STATUS_CANCELLED). */
typedef bool (*cut_progress)(void *context, struct media_progress progress);

/* Reads `media` to its end and publishes the title in `store`. On any failure nothing is published
 * and nothing left behind; the title's earlier publication stays. `progress` may be NULL. */
MUST_CHECK enum status cut_title(struct media *media, struct store *store,
                                 const struct cut_options *options, cut_progress progress,
                                 void *context, struct cut_report *report, struct fault *fault);

#endif
