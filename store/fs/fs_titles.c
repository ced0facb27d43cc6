/*
 * Titles: listing and removing them, and putting their replaced indexes aside.
 */
#include "store/fs/fs_layout.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hex.h"
#include "store/fs/fs_file.h"

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

enum status fs_list_titles(struct store *base, store_title_visitor visitor, void *context,
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

enum status fs_remove_title(struct store *base, struct span title, struct fault *fault)
{
    struct fs_store *store = fs_store_of(base);
    char path[FS_TITLE_PATH_SIZE];
    int lock = -1;
    if (!fs_title_path(title, path))
        return fs_no_such_title(store, title, fault);
    enum status status = fs_lock(store, FS_PUBLISH_LOCK, LOCK_EX, &lock, fault);
    if (status != STATUS_OK)
        return status;
    status = unlink_title(store, path, fault);
    close(lock);
    return status == STATUS_NOT_FOUND ? fs_no_such_title(store, title, fault) : status;
}
