#include "store/blob.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

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

enum status blob_populate(struct span bytes)
{
    if (bytes.len == 0)
        return STATUS_OK;
    size_t before = (uintptr_t)bytes.base % (size_t)sysconf(_SC_PAGESIZE);
    void *page = (void *)((uintptr_t)bytes.base - before);
    if (madvise(page, bytes.len + before, MADV_POPULATE_READ) == 0)
        return STATUS_OK;
    /* Before Linux 5.14 there is no such advice, and no way to ask beforehand. */
    return errno == EINVAL ? STATUS_OK : STATUS_IO;
}
