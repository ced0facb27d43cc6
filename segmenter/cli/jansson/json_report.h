#ifndef JSON_REPORT_H
#define JSON_REPORT_H

#include <stdio.h>

#include "segmenter/cli/title_summary.h"
#include "store/fs/fs_store.h"
#include "store/verify.h"

/* What `segue ... --json` prints: one JSON value and a newline. Never an object's name. */

void json_report_titles(FILE *out, const struct title_summary *titles, size_t count);

void json_report_index(FILE *out, const struct index *index);

/* `damage` are the verify_visitor's texts. */
void json_report_verification(FILE *out, const struct verify_report *report, char *const *damage,
                              size_t damage_count);

void json_report_collection(FILE *out, const struct fs_gc_report *report, bool dry_run);

#endif
