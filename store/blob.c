#include "store/blob.h"

struct blob *blob_acquire(struct blob *blob)
{
    __atomic_add_fetch(&blob->references, 1, __ATOMIC_RELAXED);
    return blob;
}

void blob_release(struct blob *blob)
{
    if (blob == NULL)
        return;
    /* Whoever sees zero must see every other holder's last read as done: hence both orders. */
    if (__atomic_sub_fetch(&blob->references, 1, __ATOMIC_ACQ_REL) == 0)
        blob->dispose(blob);
}
