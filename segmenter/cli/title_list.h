#ifndef TITLE_LIST_H
#define TITLE_LIST_H

#include "store/store.h"

/* The names of a store's titles, sorted. Starts out empty ({0}); dispose frees. */
struct title_list {
    char **names; /* NUL-terminated */
    size_t count;
};

void title_list_dispose(struct title_list *list);

/* Adds every title of `store` and sorts. */
MUST_CHECK enum status title_list_read(struct title_list *list, struct store *store,
                                       struct fault *fault);

#endif
