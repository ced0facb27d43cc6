#include "store/residency.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

/* Pages asked about at once: 4 MiB in pages of 4 KiB, all of most objects. */
#define PAGES_AT_ONCE 1024

/* The whole pages that hold `bytes`. */
static struct span pages_of(struct span bytes, size_t page_size)
{
    uintptr_t before = (uintptr_t)bytes.base & (page_size - 1);
    size_t len = (bytes.len + before + page_size - 1) & ~(page_size - 1);
    return span_of(bytes.base - before, len);
}

/* mincore and madvise take a pointer to bytes that they do not change. */
static void *address_of(struct span pages)
{
    return (void *)(uintptr_t)pages.base;
}

bool residency_check(struct span bytes)
{
    size_t page_size = (size_t)sysconf(_SC_PAGESIZE);
    struct span pages = pages_of(bytes, page_size);
    while (pages.len > 0) {
        unsigned char states[PAGES_AT_ONCE];
        size_t len = pages.len < PAGES_AT_ONCE * page_size ? pages.len : PAGES_AT_ONCE * page_size;
        if (mincore(address_of(pages), len, states) != 0)
            return false;
        for (size_t i = 0; i < len / page_size; i++) {
            if ((states[i] & 1) == 0)
                return false;
        }
        pages = span_slice(pages, len, pages.len - len);
    }
    return true;
}

/* A page that is missing is then read together with the aligned 2 MiB around it; "random" keeps
 * the kernel from another 2 MiB. By itself it would have each page read alone. */
void residency_prepare(struct span mapping)
{
    struct span pages = pages_of(mapping, (size_t)sysconf(_SC_PAGESIZE));
    if (madvise(address_of(pages), pages.len, MADV_HUGEPAGE) == 0)
        (void)madvise(address_of(pages), pages.len, MADV_RANDOM);
}

/* For kernels before 5.14: the kernel copies the bytes for us, so that a page that cannot be read
 * is EFAULT and not a signal. */
static enum status read_through(struct span bytes)
{
    uint8_t sink[16384];
    while (bytes.len > 0) {
        size_t len = bytes.len < sizeof(sink) ? bytes.len : sizeof(sink);
        struct iovec to = {sink, len};
        struct iovec from = {address_of(bytes), len};
        ssize_t count = process_vm_readv(getpid(), &to, 1, &from, 1, 0);
        if (count <= 0)
            return STATUS_IO;
        bytes = span_slice(bytes, (size_t)count, bytes.len - (size_t)count);
    }
    return STATUS_OK;
}

enum status residency_populate(struct span bytes)
{
    if (bytes.len == 0)
        return STATUS_OK;
    struct span pages = pages_of(bytes, (size_t)sysconf(_SC_PAGESIZE));
#ifdef MADV_POPULATE_READ
    int result;
    do
        result = madvise(address_of(pages), pages.len, MADV_POPULATE_READ);
    while (result != 0 && errno == EINTR);
    if (result == 0)
        return STATUS_OK;
    if (errno != EINVAL)
        return STATUS_IO;
#endif
    return read_through(bytes);
}
