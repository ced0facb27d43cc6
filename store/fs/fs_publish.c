/*
 * Publishing a staging area. The order is the promise: first whatever may need space, then the
 * objects move into place, then their directories are durable, and last the index replaces the old
 * one in a single rename. Dying anywhere before that leaves the old publication whole.
 */
#include "store/fs/fs_staging.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/fs/fs_file.h"
#include "store/fs/fs_sync.h"

static enum status check_claimed(const struct staging *staging, const struct index *index,
                                 struct fault *fault)
{
    for (uint32_t i = 0; i < index->object_count; i++) {
        struct object_name name = index_object(index, i).name;
        if (!object_name_set_has(&staging->staged, &name) &&
            !object_name_set_has(&staging->found, &name))
            return fault_raise(fault, STATUS_INVALID,
                               "index %.*s: object %u was not put before it was published",
                               SPAN_PRINT(index->title), i);
    }
    return STATUS_OK;
}

static void staged_path(const void *context, size_t i, char path[FS_SYNC_PATH_SIZE])
{
    const struct object_name_set *staged = context;
    fs_staged_name(&staged->names[i], path);
}

static int make_fanout(int root, const struct object_name *name)
{
    char path[FS_OBJECT_PATH_SIZE];
    fs_object_path(name, path);
    path[FS_FANOUT_LEN - 3] = '\0';
    int error = fs_dir_make(root, path);
    path[FS_FANOUT_LEN - 3] = '/';
    path[FS_FANOUT_LEN] = '\0';
    return error != 0 ? error : fs_dir_make(root, path);
}

/* Everything that may need space, so that a full disk shows before anything has moved. */
static int write_everything(struct staging *staging, struct span index)
{
    const struct object_name_set *staged = &staging->staged;
    int error = staging->writer != NULL ? fs_writer_finish(staging->writer) : 0;
    if (error == 0)
        error = fs_file_create(staging->dir, "index", index);
    if (error != 0)
        return error;
    staging->has_index = true;
    for (uint32_t i = 0; i < staged->count && error == 0; i++)
        error = make_fanout(staging->store->root, &staged->names[i]);
    if (error == 0)
        error = fs_sync_all(staging->dir, staged->count, staged_path, staged);
    return error != 0 ? error : fs_file_sync(staging->dir, "index");
}

/* Whatever else lies in an object's place is replaced by renaming; a directory has to go first. It
 * is none of ours: put aside, where no garbage collection touches it. */
static int move_object(const struct staging *staging, const char *staged, const char *path)
{
    const int root = staging->store->root;
    char aside[FS_RETIRED_PATH_SIZE];
    if (renameat(staging->dir, staged, root, path) == 0)
        return 0;
    if (errno != EISDIR)
        return errno;
    fs_retired_path(clock_unix_s(), aside);
    if (renameat(root, path, root, aside) != 0)
        return errno;
    return renameat(staging->dir, staged, root, path) == 0 ? 0 : errno;
}

static int move_objects(const struct staging *staging)
{
    for (uint32_t i = 0; i < staging->staged.count; i++) {
        char path[FS_OBJECT_PATH_SIZE];
        char hex[OBJECT_NAME_HEX_LEN + 1];
        fs_staged_name(&staging->staged.names[i], hex);
        fs_object_path(&staging->staged.names[i], path);
        int error = move_object(staging, hex, path);
        if (error != 0)
            return error;
    }
    return 0;
}

/* The directories of the two-level fan-out that have to be synced, each once: objects/3f/9c as
 * 0x3f9c, objects/3f as FIRST_LEVEL + 0x3f. */
#define FIRST_LEVEL 65536
#define FANOUT_COUNT (FIRST_LEVEL + 256)

struct fanout {
    bool is_marked[FANOUT_COUNT];
    uint32_t marked[FANOUT_COUNT];
    size_t count;
};

static void mark_one(struct fanout *fanout, uint32_t number)
{
    if (!fanout->is_marked[number])
        fanout->marked[fanout->count++] = number;
    fanout->is_marked[number] = true;
}

static void mark(struct fanout *fanout, const struct object_name_set *names)
{
    for (uint32_t i = 0; i < names->count; i++) {
        const uint8_t *bytes = names->names[i].bytes;
        mark_one(fanout, (uint32_t)bytes[0] << 8 | bytes[1]);
        mark_one(fanout, FIRST_LEVEL + (uint32_t)bytes[0]);
    }
}

static void fanout_path(const void *context, size_t i, char path[FS_SYNC_PATH_SIZE])
{
    uint32_t number = ((const struct fanout *)context)->marked[i];
    if (number < FIRST_LEVEL)
        snprintf(path, FS_SYNC_PATH_SIZE, "objects/%02x/%02x", number >> 8, number & 255);
    else
        snprintf(path, FS_SYNC_PATH_SIZE, "objects/%02x", number - FIRST_LEVEL);
}

/* Also where objects were found: whoever moved them there may not have come to sync them yet. */
static int sync_objects(const struct staging *staging)
{
    struct fanout *fanout = calloc(1, sizeof(*fanout));
    if (fanout == NULL)
        abort();
    mark(fanout, &staging->staged);
    mark(fanout, &staging->found);
    int error = fs_sync_all(staging->store->root, fanout->count, fanout_path, fanout);
    free(fanout);
    return error != 0 ? error : fs_file_sync(staging->store->root, "objects");
}

/* What is published under the title now, beside what is to be. */
struct present {
    bool is_same;
    int64_t published_s; /* INT64_MIN: nothing is */
};

static enum status look_at_present(const struct fs_store *store, const char *path,
                                   const struct index *index, struct present *present,
                                   struct fault *fault)
{
    struct publication_stamp stamp;
    struct index other;
    struct blob *blob = NULL;
    struct fault cause = {0};
    *present = (struct present){.published_s = INT64_MIN};
    enum status status = fs_load_index_at(store, path, &blob, &other, &stamp, &cause);
    if (status == STATUS_OK) {
        present->is_same = index_same_content(&other, index);
        present->published_s = other.published_s;
        blob_release(blob);
    }
    /* One that cannot be read is replaced: cutting again is how it is mended. */
    if (status == STATUS_NOT_FOUND || status == STATUS_DAMAGED || status == STATUS_UNSUPPORTED)
        return STATUS_OK;
    return status == STATUS_OK ? status : fault_raise(fault, status, "%s", cause.text);
}

/* Clients take the time of publication for a sign of which one it is (RFC 9110, 8.8.2), so no two
 * of a title that follow each other may have the same, whenever their cuts began and whatever the
 * clock did. */
static int date_after(struct staging *staging, const struct index *index, int64_t present_s)
{
    struct byte_buffer bytes = {0};
    if (index->published_s > present_s || present_s == INT64_MAX)
        return 0;
    index_redate(index, present_s + 1, &bytes);
    int error = unlinkat(staging->dir, "index", 0) == 0 ? 0 : errno;
    if (error == 0)
        error = fs_file_create(staging->dir, "index", byte_buffer_span(&bytes));
    if (error == 0)
        error = fs_file_sync(staging->dir, "index");
    byte_buffer_dispose(&bytes);
    return error;
}

static enum status replace_index(struct staging *staging, const char *path,
                                 const struct index *index, int64_t present_s, struct fault *fault)
{
    const struct fs_store *store = staging->store;
    char shard[FS_SHARD_LEN + 1] = {0};
    memcpy(shard, path, FS_SHARD_LEN);
    int error = date_after(staging, index, present_s);
    if (error != 0)
        return fs_fault(store, error, "date the index", fault);
    error = fs_dir_make(store->root, shard);
    if (error == 0)
        error = fs_file_sync(store->root, "titles");
    if (error != 0)
        return fs_fault(store, error, "make a directory for the index", fault);
    enum status status = fs_retire(store, path, false, fault);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND)
        return status;
    if (renameat(staging->dir, "index", store->root, path) != 0)
        return fs_fault(store, errno, "publish the index", fault);
    staging->has_index = false;
    error = fs_file_sync(store->root, shard);
    return error == 0 ? STATUS_OK : fs_fault(store, error, "make the index durable", fault);
}

enum status fs_publish(struct staging *staging, struct span bytes, bool *is_unchanged,
                       struct fault *fault)
{
    const struct fs_store *store = staging->store;
    struct index index;
    struct present present;
    char path[FS_TITLE_PATH_SIZE];
    int lock = -1;
    assert(!staging->is_published);
    enum status status = index_open(bytes, &index, fault);
    if (status == STATUS_OK)
        status = check_claimed(staging, &index, fault);
    if (status != STATUS_OK || !fs_title_path(index.title, path))
        return status;

    int error = write_everything(staging, bytes);
    if (error == 0)
        error = move_objects(staging);
    if (error == 0)
        error = sync_objects(staging);
    if (error != 0)
        return fs_fault(store, error, "write the title", fault);

    /* Comparing and replacing are one step for whoever publishes the same title beside us. */
    status = fs_lock(store, FS_PUBLISH_LOCK, LOCK_EX, &lock, fault);
    if (status == STATUS_OK)
        status = look_at_present(store, path, &index, &present, fault);
    if (status == STATUS_OK)
        *is_unchanged = present.is_same;
    if (status == STATUS_OK && !*is_unchanged)
        status = replace_index(staging, path, &index, present.published_s, fault);
    if (lock >= 0)
        close(lock);
    staging->is_published = status == STATUS_OK;
    return status;
}
