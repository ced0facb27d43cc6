#ifndef JSON_REPORT_H
#define JSON_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "segmenter/cli/title_summary.h"
#include "store/fs/fs_store.h"
#include "store/verify.h"

/* What `segue ... --json` prints: one JSON value and a newline. Never an object's name. */

/* One title of an array, on a line of its own, and the array's end; the array begins with the first
 * title, or with its end when it is empty. */
void json_report_title(FILE *out, const struct title_summary *summary, bool is_first);
void json_report_titles_end(FILE *out, bool is_empty);

void json_report_index(FILE *out, const struct index *index);

/* `damage` are the verify_visitor's texts. */
void json_report_verification(FILE *out, const struct verify_report *report, char *const *damage,
                              size_t damage_count);

void json_report_collection(FILE *out, const struct fs_gc_report *report, bool dry_run);

#endif
