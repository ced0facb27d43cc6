/*
 * Reading: indexes into the heap, objects into mappings.
 */
#include "store/fs/fs_layout.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "store/fs/fs_file.h"
#include "store/residency.h"

/* ---- Indexes ---- */

static void dispose_heap(struct blob *blob)
{
    free((void *)(uintptr_t)blob->bytes.base);
    free(blob);
}

static struct blob *blob_new(struct span bytes, int fd, void (*dispose)(struct blob *))
{
    struct blob *blob = malloc(sizeof(*blob));
    if (blob == NULL)
        abort();
    *blob = (struct blob){.bytes = bytes, .fd = fd, .references = 1, .dispose = dispose};
    return blob;
}

/* An index file is replaced, never changed, so the inode and the instant at which it took its place
 * tell publications apart. */
static struct publication_stamp stamp_of(const struct stat *stat)
{
    return (struct publication_stamp){{
        stat->st_dev,
        stat->st_ino,
        (uint64_t)stat->st_ctim.tv_sec * 1000000000u + (uint64_t)stat->st_ctim.tv_nsec,
        (uint64_t)stat->st_size,
    }};
}

enum status fs_load_index_at(const struct fs_store *store, const char *path, struct blob **blob,
                             struct index *index, struct publication_stamp *stamp,
                             struct fault *fault)
{
    /* Read, not mapped: a bad sector must be a status here, not a SIGBUS in an accessor. */
    struct byte_buffer bytes = {0};
    struct stat stat;
    enum status status;
    int error = fs_file_read(store->root, path, INDEX_MAX_BYTES, &bytes, &stat);
    if (error == 0)
        status = index_open(byte_buffer_span(&bytes), index, fault);
    else if (error == ELOOP || error == EFBIG || error == ENOTDIR)
        status = fault_raise(fault, STATUS_DAMAGED, "store %s: %s is no index", store->path, path);
    else
        status = fs_fault(store, error, "read an index", fault);
    if (status == STATUS_OK) {
        *blob = blob_new(byte_buffer_span(&bytes), -1, dispose_heap);
        *stamp = stamp_of(&stat);
    } else {
        byte_buffer_dispose(&bytes);
    }
    return status;
}

enum status fs_load_index(struct store *base, struct span title, struct blob **blob,
                          struct index *index, struct publication_stamp *stamp, struct fault *fault)
{
    struct fs_store *store = fs_store_of(base);
    struct fault cause = {0};
    char path[FS_TITLE_PATH_SIZE];
    if (!fs_title_path(title, path))
        return fs_no_such_title(store, title, fault);
    enum status status = fs_load_index_at(store, path, blob, index, stamp, &cause);
    if (status == STATUS_NOT_FOUND)
        return fs_no_such_title(store, title, fault);
    if (status != STATUS_OK && index->title.len > 0)
        return fault_raise(fault, status, "%s", cause.text);
    if (status != STATUS_OK)
        return fault_raise(fault, status, "title %.*s: %s", SPAN_PRINT(title), cause.text);
    if (!span_equal(index->title, title)) {
        status = fault_raise(fault, STATUS_DAMAGED, "title %.*s: its index is that of %.*s",
                             SPAN_PRINT(title), SPAN_PRINT(index->title));
        blob_release(*blob);
    }
    return status;
}

enum status fs_stat_index(struct store *base, struct span title, struct publication_stamp *stamp,
                          struct fault *fault)
{
    struct fs_store *store = fs_store_of(base);
    char path[FS_TITLE_PATH_SIZE];
    struct stat stat;
    if (!fs_title_path(title, path))
        return fs_no_such_title(store, title, fault);
    if (fstatat(store->root, path, &stat, AT_SYMLINK_NOFOLLOW) != 0) {
        /* That there is no title is said only when that is known. */
        if (errno == ENOTDIR)
            return fault_raise(fault, STATUS_DAMAGED, "store %s: %s is no index", store->path,
                               path);
        return errno == ENOENT ? fs_no_such_title(store, title, fault)
                               : fs_fault(store, errno, "look at an index", fault);
    }
    *stamp = stamp_of(&stat);
    return STATUS_OK;
}

/* ---- Objects ---- */

static void dispose_mapping(struct blob *blob)
{
    munmap((void *)(uintptr_t)blob->bytes.base, blob->bytes.len);
    close(blob->fd);
    free(blob);
}

/* Takes `fd` on success. */
static enum status map_object(const struct fs_store *store, int fd, uint64_t size,
                              struct blob **blob, struct fault *fault)
{
    void *base = mmap(NULL, (size_t)size, PROT_READ, MAP_SHARED, fd, 0);
    if (base == MAP_FAILED)
        return fs_fault(store, errno, "map an object", fault);
    struct span bytes = span_of(base, (size_t)size);
    residency_prepare(bytes);
    *blob = blob_new(bytes, fd, dispose_mapping);
    return STATUS_OK;
}

/* The messages say no object's name: those leave the store by no door. */
enum status fs_load_object(struct store *base, const struct index_object *object,
                           struct blob **blob, struct fault *fault)
{
    struct fs_store *store = fs_store_of(base);
    char path[FS_OBJECT_PATH_SIZE];
    struct stat stat;
    int fd;
    fs_object_path(&object->name, path);
    int error = fs_file_open(store->root, path, &fd, &stat);
    if (error == ENOENT)
        return fault_raise(fault, STATUS_NOT_FOUND, "store %s: an object is missing", store->path);
    if (error == ELOOP)
        return fault_raise(fault, STATUS_DAMAGED, "store %s: an object is no regular file",
                           store->path);
    if (error != 0)
        return fs_fault(store, error, "open an object", fault);
    enum status status;
    if ((uint64_t)stat.st_size == object->size)
        status = map_object(store, fd, object->size, blob, fault);
    else
        status = fault_raise(fault, STATUS_DAMAGED, "store %s: an object has %llu bytes, not %llu",
                             store->path, (unsigned long long)stat.st_size,
                             (unsigned long long)object->size);
    if (status != STATUS_OK)
        close(fd);
    return status;
}

/* While an object is mapped nobody else can have its inode: the same numbers are the same file. */
enum status fs_check_object(struct store *base, const struct index_object *object,
                            const struct blob *blob, bool *is_same, struct fault *fault)
{
    struct fs_store *store = fs_store_of(base);
    char path[FS_OBJECT_PATH_SIZE];
    struct stat there;
    struct stat ours;
    *is_same = false;
    fs_object_path(&object->name, path);
    if (fstatat(store->root, path, &there, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? STATUS_OK : fs_fault(store, errno, "look at an object", fault);
    if (fstat(blob->fd, &ours) != 0)
        return fs_fault(store, errno, "look at an object", fault);
    *is_same = there.st_dev == ours.st_dev && there.st_ino == ours.st_ino &&
               (uint64_t)there.st_size == object->size;
    return STATUS_OK;
}
