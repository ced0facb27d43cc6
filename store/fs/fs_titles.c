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

/* One walk finds both; who asks for the one is not told of the other. */
struct listing {
    const struct fs_store *store;
    store_title_visitor visit_title; /* either may be NULL */
    store_stray_visitor visit_stray;
    void *context;
    struct fault *fault;
    const char *shard;
};

/* Says what lies at titles/PLACE; a name from the disk may hold anything. */
static enum status tell_stray(const struct listing *listing, const char *place, const char *what)
{
    char text[768];
    if (listing->visit_stray == NULL)
        return STATUS_OK;
    snprintf(text, sizeof(text),
             "store %s: titles/%s is no %s: if a title's index or a directory of them has got "
             "another name, give it back its own; otherwise move it out of the store",
             listing->store->path, place, what);
    for (char *at = text; *at != '\0'; at++) {
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            *at = '?';
    }
    return listing->visit_stray(listing->context, text);
}

static enum status list_title(void *context, int dir, const char *name)
{
    struct listing *listing = context;
    struct span title = span_of_string(name);
    char path[FS_TITLE_PATH_SIZE];
    (void)dir;
    if (fs_title_path(title, path) && memcmp(path + 7, listing->shard, 2) == 0)
        return listing->visit_title != NULL ? listing->visit_title(listing->context, title)
                                            : STATUS_OK;
    char place[300];
    snprintf(place, sizeof(place), "%s/%s", listing->shard, name);
    return tell_stray(listing, place, "title that belongs there");
}

static enum status list_shard(void *context, int dir, const char *name)
{
    struct listing *listing = context;
    uint8_t number;
    int error = 0;
    if (!hex_decode(span_of_string(name), &number, 1))
        return tell_stray(listing, name, "directory of titles");
    listing->shard = name;
    enum status status = fs_dir_each(dir, name, list_title, listing, &error);
    if (error == ENOTDIR)
        return fault_raise(listing->fault, STATUS_DAMAGED,
                           "store %s: titles/%s is no directory: move it out of the store and cut "
                           "or restore what it held",
                           listing->store->path, name);
    return error == 0 ? status : fs_fault(listing->store, error, "list its titles", listing->fault);
}

static enum status walk(struct listing *listing)
{
    int error = 0;
    enum status status = fs_dir_each(listing->store->root, "titles", list_shard, listing, &error);
    /* No titles at all would let a garbage collection remove everything: never a guess. */
    if (error == ENOENT)
        return fault_raise(listing->fault, STATUS_DAMAGED,
                           "store %s: its directory 'titles' is missing: restore it from a backup",
                           listing->store->path);
    return error == 0 ? status : fs_fault(listing->store, error, "list its titles", listing->fault);
}

enum status fs_list_titles(struct store *base, store_title_visitor visitor, void *context,
                           struct fault *fault)
{
    struct listing listing = {
        .store = fs_store_of(base), .visit_title = visitor, .context = context, .fault = fault};
    return walk(&listing);
}

enum status fs_list_strays(struct store *base, store_stray_visitor visitor, void *context,
                           struct fault *fault)
{
    struct listing listing = {
        .store = fs_store_of(base), .visit_stray = visitor, .context = context, .fault = fault};
    return walk(&listing);
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
