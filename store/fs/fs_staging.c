/*
 * A staging area: the objects of one cut, in staging/ID until they are published.
 *
 * Its `claims` file lists, 20 bytes each, every object that the cut relies on, whether put by it or
 * found in the store. A name is claimed before the store is asked for it, both under the shared
 * lock, and the file stays locked while the cut lives. Garbage collection takes the lock
 * exclusively: it either sees the claim, or has removed the object before the cut looks.
 */
#include "store/fs/fs_layout.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/hex.h"
#include "store/fs/fs_file.h"
#include "store/object_name_set.h"

#define STAGING_PATH_SIZE 48

struct staging {
    const struct fs_store *store;
    struct naming_key key;
    char path[STAGING_PATH_SIZE];
    int dir;
    int claims; /* locked until it is closed */
    uint64_t claim_count;
    struct object_name_set staged; /* written here, lacking in the store or damaged there */
    struct object_name_set found;  /* already in the store */
    bool has_index;
    bool is_published;
};

/* ---- Begin and end ---- */

static enum status read_key(const struct fs_store *store, struct naming_key *key,
                            struct fault *fault)
{
    struct byte_buffer bytes = {0};
    struct stat stat;
    enum status status = STATUS_OK;
    int error = fs_file_read(store->root, "naming.key", NAMING_KEY_LEN, &bytes, &stat);
    if (error == 0 && bytes.len == NAMING_KEY_LEN)
        memcpy(key->bytes, bytes.base, NAMING_KEY_LEN);
    else if (error == 0 || error == EFBIG || error == ELOOP || error == ENOENT)
        status = fault_raise(fault, STATUS_DAMAGED,
                             "store %s: naming.key is not %d bytes: restore it from a backup",
                             store->path, NAMING_KEY_LEN);
    else
        status = fs_fault(store, error, "read its naming key", fault);
    if (bytes.len > 0)
        explicit_bzero(bytes.base, bytes.len);
    byte_buffer_dispose(&bytes);
    return status;
}

static enum status make_area(struct staging *staging, struct fault *fault)
{
    const struct fs_store *store = staging->store;
    if (mkdirat(store->root, staging->path, 0700) != 0)
        return fs_fault(store, errno, "make a staging area", fault);
    staging->dir =
        openat(store->root, staging->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (staging->dir >= 0)
        staging->claims = openat(staging->dir, "claims",
                                 O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (staging->claims < 0 || flock(staging->claims, LOCK_EX | LOCK_NB) != 0)
        return fs_fault(store, errno, "make a staging area", fault);
    return STATUS_OK;
}

enum status fs_begin(struct store *base, struct staging **result, struct fault *fault)
{
    struct staging *staging = calloc(1, sizeof(*staging));
    uint8_t id[16];
    char hex[2 * sizeof(id) + 1];
    int lock = -1;
    if (staging == NULL)
        abort();
    staging->store = (struct fs_store *)base;
    staging->dir = -1;
    staging->claims = -1;
    digest_random(id, sizeof(id));
    hex_encode(span_of(id, sizeof(id)), hex);
    snprintf(staging->path, sizeof(staging->path), "staging/%s", hex);

    /* Under the lock, so that garbage collection never sees it before its claims are locked, and
     * takes it for the remains of a cut that died. */
    enum status status = read_key(staging->store, &staging->key, fault);
    if (status == STATUS_OK)
        status = fs_lock(staging->store, FS_CLAIMS_LOCK, LOCK_SH, &lock, fault);
    if (status == STATUS_OK) {
        status = make_area(staging, fault);
        close(lock);
    }
    if (status == STATUS_OK)
        *result = staging;
    else
        fs_end(staging);
    return status;
}

static void hex_name(const struct object_name *name, char hex[OBJECT_NAME_HEX_LEN + 1])
{
    hex_encode(span_of(name->bytes, sizeof(name->bytes)), hex);
}

static void remove_area(struct staging *staging)
{
    for (uint32_t i = 0; i < staging->staged.count && !staging->is_published; i++) {
        char hex[OBJECT_NAME_HEX_LEN + 1];
        hex_name(&staging->staged.names[i], hex);
        unlinkat(staging->dir, hex, 0);
    }
    if (staging->has_index)
        unlinkat(staging->dir, "index", 0);
    unlinkat(staging->dir, "claims", 0);
    close(staging->dir);
}

void fs_end(struct staging *staging)
{
    if (staging->dir >= 0)
        remove_area(staging);
    unlinkat(staging->store->root, staging->path, AT_REMOVEDIR);
    /* Last: until here the claims are in force. */
    if (staging->claims >= 0)
        close(staging->claims);
    object_name_set_dispose(&staging->staged);
    object_name_set_dispose(&staging->found);
    explicit_bzero(&staging->key, sizeof(staging->key));
    free(staging);
}

/* ---- Put ---- */

static int append_claim(struct staging *staging, const struct object_name *name)
{
    /* At a fixed place, so that a claim which was cut short by a full disk is written over. */
    off_t at = (off_t)(staging->claim_count * OBJECT_NAME_LEN);
    ssize_t written = pwrite(staging->claims, name->bytes, OBJECT_NAME_LEN, at);
    if (written != OBJECT_NAME_LEN)
        return written < 0 ? errno : ENOSPC;
    staging->claim_count++;
    return 0;
}

/* Claims the object and opens it; *fd is -1 when the store lacks it. */
static enum status claim(struct staging *staging, const struct object_name *name, int *fd,
                         struct fault *fault)
{
    const struct fs_store *store = staging->store;
    char path[FS_OBJECT_PATH_SIZE];
    struct stat stat;
    int lock = -1;
    *fd = -1;
    fs_object_path(name, path);
    enum status status = fs_lock(store, FS_CLAIMS_LOCK, LOCK_SH, &lock, fault);
    if (status != STATUS_OK)
        return status;
    int error = append_claim(staging, name);
    if (error == 0)
        error = fs_file_open(store->root, path, fd, &stat);
    close(lock);
    /* What is no regular file is replaced when it is published. */
    if (error == 0 || error == ENOENT || error == ELOOP)
        return STATUS_OK;
    return fs_fault(store, error, "claim an object", fault);
}

static enum status stage(struct staging *staging, const struct object_name *name,
                         struct span content, struct fault *fault)
{
    char hex[OBJECT_NAME_HEX_LEN + 1];
    hex_name(name, hex);
    int error = fs_file_create(staging->dir, hex, content);
    if (error != 0)
        return fs_fault(staging->store, error, "write an object", fault);
    object_name_set_add(&staging->staged, name, NULL);
    return STATUS_OK;
}

enum status fs_put(struct staging *staging, struct span content, struct index_object *object,
                   bool *is_new, struct fault *fault)
{
    assert(content.len > 0 && !staging->is_published);
    bool is_staged = false;
    int fd = -1;
    object->size = content.len;
    object->sha256 = digest_sha256(content);
    object->name = object_name_of(&staging->key, &object->sha256);
    if (!object_name_set_has(&staging->staged, &object->name) &&
        !object_name_set_has(&staging->found, &object->name)) {
        enum status status = claim(staging, &object->name, &fd, fault);
        if (status != STATUS_OK)
            return status;
        /* Compared, not trusted: so cutting a title again mends what verify found damaged. */
        is_staged = fd < 0 || !fs_file_equals(fd, content);
        if (fd >= 0)
            close(fd);
        if (!is_staged)
            object_name_set_add(&staging->found, &object->name, NULL);
        else if ((status = stage(staging, &object->name, content, fault)) != STATUS_OK)
            return status;
    }
    if (is_new != NULL)
        *is_new = is_staged;
    return STATUS_OK;
}

/* ---- Publish ---- */

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

/* Everything that may need space, so that a full disk shows before anything has moved. */
static int write_everything(struct staging *staging, struct span index)
{
    int error = fs_file_create(staging->dir, "index", index);
    if (error != 0)
        return error;
    staging->has_index = true;
    for (uint32_t i = 0; i < staging->staged.count && error == 0; i++) {
        char path[FS_OBJECT_PATH_SIZE];
        char hex[OBJECT_NAME_HEX_LEN + 1];
        hex_name(&staging->staged.names[i], hex);
        error = fs_file_sync(staging->dir, hex);
        fs_object_path(&staging->staged.names[i], path);
        path[FS_FANOUT_LEN - 3] = '\0';
        if (error == 0)
            error = fs_dir_make(staging->store->root, path);
        path[FS_FANOUT_LEN - 3] = '/';
        path[FS_FANOUT_LEN] = '\0';
        if (error == 0)
            error = fs_dir_make(staging->store->root, path);
    }
    return error != 0 ? error : fs_file_sync(staging->dir, "index");
}

static int move_objects(const struct staging *staging)
{
    for (uint32_t i = 0; i < staging->staged.count; i++) {
        char path[FS_OBJECT_PATH_SIZE];
        char hex[OBJECT_NAME_HEX_LEN + 1];
        hex_name(&staging->staged.names[i], hex);
        fs_object_path(&staging->staged.names[i], path);
        if (renameat(staging->dir, hex, staging->store->root, path) != 0)
            return errno;
    }
    return 0;
}

/* The directories of the two-level fan-out that have to be synced, each once. */
struct fanout {
    bool first[256];
    bool second[65536];
};

static void mark(struct fanout *fanout, const struct object_name_set *names)
{
    for (uint32_t i = 0; i < names->count; i++) {
        const uint8_t *bytes = names->names[i].bytes;
        fanout->first[bytes[0]] = true;
        fanout->second[bytes[0] << 8 | bytes[1]] = true;
    }
}

static int sync_marked(int root, const struct fanout *fanout)
{
    char path[FS_OBJECT_PATH_SIZE];
    for (unsigned i = 0; i < 65536; i++) {
        snprintf(path, sizeof(path), "objects/%02x/%02x", i >> 8, i & 255);
        int error = fanout->second[i] ? fs_file_sync(root, path) : 0;
        if (error != 0)
            return error;
    }
    for (unsigned i = 0; i < 256; i++) {
        snprintf(path, sizeof(path), "objects/%02x", i);
        int error = fanout->first[i] ? fs_file_sync(root, path) : 0;
        if (error != 0)
            return error;
    }
    return fs_file_sync(root, "objects");
}

/* Also where objects were found: whoever moved them there may not have come to sync them yet. */
static int sync_objects(const struct staging *staging)
{
    struct fanout *fanout = calloc(1, sizeof(*fanout));
    if (fanout == NULL)
        abort();
    mark(fanout, &staging->staged);
    mark(fanout, &staging->found);
    int error = sync_marked(staging->store->root, fanout);
    free(fanout);
    return error;
}

static enum status is_present(const struct fs_store *store, const char *path,
                              const struct index *index, bool *is_same, struct fault *fault)
{
    struct publication_stamp stamp;
    struct index present;
    struct blob *blob = NULL;
    struct fault cause = {0};
    *is_same = false;
    enum status status = fs_load_index_at(store, path, &blob, &present, &stamp, &cause);
    if (status == STATUS_OK) {
        *is_same = index_same_content(&present, index);
        blob_release(blob);
    }
    /* One that cannot be read is replaced: cutting again is how it is mended. */
    if (status == STATUS_NOT_FOUND || status == STATUS_DAMAGED || status == STATUS_UNSUPPORTED)
        return STATUS_OK;
    return status == STATUS_OK ? status : fault_raise(fault, status, "%s", cause.text);
}

static enum status replace_index(struct staging *staging, const char *path, struct fault *fault)
{
    const struct fs_store *store = staging->store;
    char shard[FS_SHARD_LEN + 1] = {0};
    memcpy(shard, path, FS_SHARD_LEN);
    int error = fs_dir_make(store->root, shard);
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
        status = is_present(store, path, &index, is_unchanged, fault);
    if (status == STATUS_OK && !*is_unchanged)
        status = replace_index(staging, path, fault);
    if (lock >= 0)
        close(lock);
    staging->is_published = status == STATUS_OK;
    return status;
}
