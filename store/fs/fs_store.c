/*
 * Opening the file-system store, and its table of operations. Reading is in fs_read.c and
 * fs_titles.c, writing in fs_staging.c and fs_publish.c, cleaning in fs_gc.c.
 */
#include "store/fs/fs_layout.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

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
    .put_buffer = fs_put_buffer,
    .publish = fs_publish,
    .end = fs_end,
    .load_index = fs_load_index,
    .stat_index = fs_stat_index,
    .load_object = fs_load_object,
    .check_object = fs_check_object,
    .list_titles = fs_list_titles,
    .list_strays = fs_list_strays,
    .remove_title = fs_remove_title,
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
    bool is_made = status == STATUS_OK;
    /* First, lest someone be told to change the mode of a directory that is no store's. */
    status = is_made ? STATUS_OK : fs_check_vacant(store, fault);
    if (status == STATUS_OK)
        status = check_mode(store, ".", "700", fault);
    return is_made || status != STATUS_OK ? status : fs_store_create(store, fault);
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
