#ifndef VERIFY_H
#define VERIFY_H

#include "store/store.h"

/* Called for each thing found wrong: `text` names the title, the file or object number and what is
 * damaged, or the stray. Never holds an object name. */
typedef void (*verify_visitor)(void *context, const char *text);

struct verify_report {
    uint64_t titles;
    uint64_t objects; /* distinct per title */
    uint64_t bytes;   /* read and hashed */
    uint64_t damaged; /* calls of the visitor */
};

/* Re-checks the index of `title` and re-hashes every object that it names, adding to `report`.
 * STATUS_OK also when damage was found (see report->damaged); STATUS_NOT_FOUND when there is no
 * such title; another status when checking itself failed. */
MUST_CHECK enum status verify_title(struct store *store, struct span title, verify_visitor visitor,
                                    void *context, struct verify_report *report,
                                    struct fault *fault);

/* Tells what lies among the titles of the store and is none, adding to report->damaged. STATUS_OK
 * also when there was something; another status when looking failed. */
MUST_CHECK enum status verify_strays(struct store *store, verify_visitor visitor, void *context,
                                     struct verify_report *report, struct fault *fault);

#endif
