#include "segmenter/cli/title_list.h"

#include <stdlib.h>

void title_list_dispose(struct title_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->names[i]);
    free(list->names);
    *list = (struct title_list){0};
}

static enum status add(void *context, struct span title)
{
    struct title_list *list = context;
    if ((list->count & (list->count - 1)) == 0) {
        size_t capacity = list->count == 0 ? 1 : 2 * list->count;
        list->names = reallocarray(list->names, capacity, sizeof(*list->names));
        if (list->names == NULL)
            abort();
    }
    list->names[list->count] = strndup((const char *)title.base, title.len);
    if (list->names[list->count++] == NULL)
        abort();
    return STATUS_OK;
}

static int order_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

enum status title_list_read(struct title_list *list, struct store *store, struct fault *fault)
{
    enum status status = store->ops->list_titles(store, add, list, fault);
    if (list->count > 1)
        qsort(list->names, list->count, sizeof(*list->names), order_names);
    return status;
}
