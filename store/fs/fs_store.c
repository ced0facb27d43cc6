/*
 * The file-system store: opening it and reading from it. Writing is in fs_staging.c, cleaning in
 * fs_gc.c.
 */
#include "store/fs/fs_layout.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hex.h"
#include "base/name.h"
#include "store/fs/fs_file.h"

static struct fs_store *fs_store_of(struct store *store)
{
    return (struct fs_store *)store;
}

/* ---- Indexes ---- */

static void dispose_heap(struct blob *blob)
{
    free((void *)(uintptr_t)blob->bytes.base);
    free(blob);
}

static struct blob *blob_new(struct span bytes, void (*dispose)(struct blob *))
{
    struct blob *blob = malloc(sizeof(*blob));
    if (blob == NULL)
        abort();
    *blob = (struct blob){.bytes = bytes, .references = 1, .dispose = dispose};
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
    else if (error == ELOOP || error == EFBIG)
        status = fault_raise(fault, STATUS_DAMAGED, "store %s: %s is no index", store->path, path);
    else
        status = fs_fault(store, error, "read an index", fault);
    if (status == STATUS_OK) {
        *blob = blob_new(byte_buffer_span(&bytes), dispose_heap);
        *stamp = stamp_of(&stat);
    } else {
        byte_buffer_dispose(&bytes);
    }
    return status;
}

static enum status no_such_title(const struct fs_store *store, struct span title,
                                 struct fault *fault)
{
    if (!name_is_valid(title))
        return fault_raise(fault, STATUS_NOT_FOUND, "store %s: no title has such a name",
                           store->path);
    return fault_raise(fault, STATUS_NOT_FOUND, "store %s: there is no title %.*s", store->path,
                       SPAN_PRINT(title));
}

static enum status load_index(struct store *base, struct span title, struct blob **blob,
                              struct index *index, struct publication_stamp *stamp,
                              struct fault *fault)
{
    struct fs_store *store = fs_store_of(base);
    struct fault cause = {0};
    char path[FS_TITLE_PATH_SIZE];
    if (!fs_title_path(title, path))
        return no_such_title(store, title, fault);
    enum status status = fs_load_index_at(store, path, blob, index, stamp, &cause);
    if (status == STATUS_NOT_FOUND)
        return no_such_title(store, title, fault);
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

static enum status stat_index(struct store *base, struct span title,
                              struct publication_stamp *stamp, struct fault *fault)
{
    struct fs_store *store = fs_store_of(base);
    char path[FS_TITLE_PATH_SIZE];
    struct stat stat;
    if (!fs_title_path(title, path))
        return no_such_title(store, title, fault);
    if (fstatat(store->root, path, &stat, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? no_such_title(store, title, fault)
                               : fs_fault(store, errno, "look at an index", fault);
    *stamp = stamp_of(&stat);
    return STATUS_OK;
}

/* ---- Objects ---- */

static void dispose_mapping(struct blob *blob)
{
    munmap((void *)(uintptr_t)blob->bytes.base, blob->bytes.len);
    free(blob);
}

static enum status map_object(const struct fs_store *store, int fd, uint64_t size,
                              struct blob **blob, struct fault *fault)
{
    void *base = mmap(NULL, (size_t)size, PROT_READ, MAP_SHARED, fd, 0);
    if (base == MAP_FAILED)
        return fs_fault(store, errno, "map an object", fault);
    *blob = blob_new(span_of(base, (size_t)size), dispose_mapping);
    return STATUS_OK;
}

/* The messages say no object's name: those leave the store by no door. */
static enum status load_object(struct store *base, const struct index_object *object,
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
    close(fd);
    return status;
}

/* ---- Titles ---- */

struct listing {
    const struct fs_store *store;
    store_title_visitor visitor;
    void *context;
    struct fault *fault;
    const char *shard;
};

static enum status list_title(void *context, int dir, const char *name)
{
    struct listing *listing = context;
    struct span title = span_of_string(name);
    char path[FS_TITLE_PATH_SIZE];
    (void)dir;
    /* Whatever else lies here is not ours: no lookup would find it either. */
    if (!fs_title_path(title, path) || memcmp(path + 7, listing->shard, 2) != 0)
        return STATUS_OK;
    return listing->visitor(listing->context, title);
}

static enum status list_shard(void *context, int dir, const char *name)
{
    struct listing *listing = context;
    uint8_t number;
    int error = 0;
    if (!hex_decode(span_of_string(name), &number, 1))
        return STATUS_OK;
    listing->shard = name;
    enum status status = fs_dir_each(dir, name, list_title, listing, &error);
    return error == 0 ? status : fs_fault(listing->store, error, "list its titles", listing->fault);
}

static enum status list_titles(struct store *base, store_title_visitor visitor, void *context,
                               struct fault *fault)
{
    struct fs_store *store = fs_store_of(base);
    struct listing listing = {store, visitor, context, fault, NULL};
    int error = 0;
    enum status status = fs_dir_each(store->root, "titles", list_shard, &listing, &error);
    /* No titles at all would let a garbage collection remove everything: never a guess. */
    if (error == ENOENT)
        return fault_raise(fault, STATUS_DAMAGED,
                           "store %s: its directory 'titles' is missing: restore it from a backup",
                           store->path);
    return error == 0 ? status : fs_fault(store, error, "list its titles", fault);
}

enum status fs_retire(const struct fs_store *store, const char *path, bool move,
                      struct fault *fault)
{
    char retired[FS_RETIRED_PATH_SIZE];
    fs_retired_path(clock_unix_s(), retired);
    int failed = move ? renameat(store->root, path, store->root, retired)
                      : linkat(store->root, path, store->root, retired, 0);
    if (failed == 0)
        return STATUS_OK;
    if (errno == ENOENT)
        return STATUS_NOT_FOUND;
    return fs_fault(store, errno, "put the present index aside", fault);
}

static enum status unlink_title(const struct fs_store *store, const char *path, struct fault *fault)
{
    struct stat stat;
    if (fstatat(store->root, path, &stat, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? STATUS_NOT_FOUND
                               : fs_fault(store, errno, "look at an index", fault);
    /* On a full disk there may be no room to put it aside, and removing must still work. */
    struct fault ignored = {0};
    if (fs_retire(store, path, true, &ignored) != STATUS_OK && unlinkat(store->root, path, 0) != 0)
        return fs_fault(store, errno, "remove an index", fault);
    char shard[FS_SHARD_LEN + 1] = {0};
    memcpy(shard, path, FS_SHARD_LEN);
    int error = fs_file_sync(store->root, shard);
    return error == 0 ? STATUS_OK : fs_fault(store, error, "make the removal durable", fault);
}

static enum status remove_title(struct store *base, struct span title, struct fault *fault)
{
    struct fs_store *store = fs_store_of(base);
    char path[FS_TITLE_PATH_SIZE];
    int lock = -1;
    if (!fs_title_path(title, path))
        return no_such_title(store, title, fault);
    enum status status = fs_lock(store, FS_PUBLISH_LOCK, LOCK_EX, &lock, fault);
    if (status != STATUS_OK)
        return status;
    status = unlink_title(store, path, fault);
    close(lock);
    return status == STATUS_NOT_FOUND ? no_such_title(store, title, fault) : status;
}

/* ---- Opening and closing ---- */

static void close_store(struct store *base)
{
    struct fs_store *store = fs_store_of(base);
    if (store->root >= 0)
        close(store->root);
    free(store->path);
    free(store);
}

static const struct store_ops fs_ops = {
    .begin = fs_begin,
    .put = fs_put,
    .publish = fs_publish,
    .end = fs_end,
    .load_index = load_index,
    .stat_index = stat_index,
    .load_object = load_object,
    .list_titles = list_titles,
    .remove_title = remove_title,
    .close = close_store,
};

static enum status open_root(struct fs_store *store, bool create, struct fault *fault)
{
    const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
    store->root = open(store->path, flags);
    if (store->root < 0 && errno == ENOENT && create) {
        if (mkdir(store->path, 0700) != 0 && errno != EEXIST)
            return fs_fault(store, errno, "make the directory", fault);
        store->root = open(store->path, flags);
    }
    if (store->root >= 0)
        return STATUS_OK;
    if (errno == ENOENT)
        return STATUS_NOT_FOUND;
    if (errno == ENOTDIR)
        return fault_raise(fault, STATUS_INVALID, "store %s: it is no directory", store->path);
    return fs_fault(store, errno, "open it", fault);
}

static enum status check_mode(const struct fs_store *store, const char *name, const char *mode,
                              struct fault *fault)
{
    struct stat stat;
    bool is_root = strcmp(name, ".") == 0;
    if (fstatat(store->root, name, &stat, AT_SYMLINK_NOFOLLOW) != 0) {
        if (errno != ENOENT)
            return fs_fault(store, errno, "look at its permissions", fault);
        return fault_raise(fault, STATUS_DAMAGED,
                           "store %s: its file %s is missing: restore it from a backup",
                           store->path, name);
    }
    if ((stat.st_mode & 077) != 0)
        return fault_raise(fault, STATUS_REFUSED,
                           "store %s: others could get at what it holds (mode %04o): run "
                           "'chmod %s %s%s%s'",
                           store->path, stat.st_mode & 07777u, mode, store->path,
                           is_root ? "" : "/", is_root ? "" : name);
    return STATUS_OK;
}

static enum status open_format(struct fs_store *store, bool create, struct fault *fault)
{
    enum status status = open_root(store, create, fault);
    if (status == STATUS_OK)
        status = fs_check_format(store, fault);
    if (status == STATUS_NOT_FOUND && store->root < 0)
        return fault_raise(fault, status,
                           "store %s: there is none: 'segue cut' makes one, and --store or "
                           "SEGUE_STORE names another",
                           store->path);
    if (status == STATUS_NOT_FOUND && !create)
        return fault_raise(fault, status,
                           "store %s: the directory is no store: 'segue cut' makes one in an "
                           "empty directory, and --store or SEGUE_STORE names another",
                           store->path);
    if (status != STATUS_NOT_FOUND && status != STATUS_OK)
        return status;
    enum status mode = check_mode(store, ".", "700", fault);
    if (mode != STATUS_OK || status == STATUS_OK)
        return mode;
    return fs_store_create(store, fault);
}

enum status fs_store_open(const char *path, bool create, struct store **store, struct fault *fault)
{
    struct fs_store *opened = calloc(1, sizeof(*opened));
    if (opened == NULL)
        abort();
    opened->store.ops = &fs_ops;
    opened->root = -1;
    opened->path = strdup(path);
    if (opened->path == NULL)
        abort();
    enum status status = open_format(opened, create, fault);
    if (status == STATUS_OK)
        status = check_mode(opened, "naming.key", "600", fault);
    if (status == STATUS_OK)
        *store = &opened->store;
    else
        close_store(&opened->store);
    return status;
}
