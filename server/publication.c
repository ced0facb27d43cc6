#include "server/publication.h"

#include <stdlib.h>

struct publication *publication_new(struct blob *blob, const struct index *index,
                                    const struct publication_stamp *stamp)
{
    struct publication *publication = malloc(sizeof(*publication));
    if (publication == NULL)
        abort();
    *publication = (struct publication){*index, *stamp, blob, 1};
    return publication;
}

struct publication *publication_acquire(struct publication *publication)
{
    __atomic_add_fetch(&publication->references, 1, __ATOMIC_RELAXED);
    return publication;
}

void publication_release(struct publication *publication)
{
    if (publication == NULL ||
        __atomic_sub_fetch(&publication->references, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    blob_release(publication->blob);
    free(publication);
}
