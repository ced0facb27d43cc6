/*
 * A staging area: the objects of one cut, in staging/ID until they are published.
 *
 * Its `claims` file lists, 20 bytes each, every object that the cut relies on, whether put by it or
 * found in the store. A name is claimed before the store is asked for it, both under the shared
 * lock, and the file stays locked while the cut lives. Garbage collection takes the lock
 * exclusively: it either sees the claim, or has removed the object before the cut looks.
 */
#include "store/fs/fs_staging.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/hex.h"
#include "store/fs/fs_file.h"

/* From here on, leaving it to the writer is cheaper than a copy into the page cache. */
#define LARGE_MIN_LEN BYTE_BUFFER_ALIGNED_LEN

void fs_staged_name(const struct object_name *name, char hex[OBJECT_NAME_HEX_LEN + 1])
{
    hex_encode(span_of(name->bytes, sizeof(name->bytes)), hex);
}

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
    staging->store = fs_store_of(base);
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

static void remove_area(struct staging *staging)
{
    fs_writer_free(staging->writer); /* first: it makes files */
    for (uint32_t i = 0; i < staging->staged.count && !staging->is_published; i++) {
        char hex[OBJECT_NAME_HEX_LEN + 1];
        fs_staged_name(&staging->staged.names[i], hex);
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

struct content {
    struct span bytes;
    struct byte_buffer *buffer; /* whose bytes these are, when it may be taken; else NULL */
};

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

static int write_beside(struct staging *staging, const char *hex, const struct content *content)
{
    int error = staging->writer == NULL ? fs_writer_new(staging->dir, &staging->writer) : 0;
    if (error != 0)
        return error;
    return content->buffer != NULL ? fs_writer_put_buffer(staging->writer, hex, content->buffer)
                                   : fs_writer_put(staging->writer, hex, content->bytes);
}

static enum status stage(struct staging *staging, const struct object_name *name,
                         const struct content *content, struct fault *fault)
{
    char hex[OBJECT_NAME_HEX_LEN + 1];
    fs_staged_name(name, hex);
    /* First, so that what is left of it when it fails is removed. */
    object_name_set_add(&staging->staged, name, NULL);
    int error = content->bytes.len >= LARGE_MIN_LEN
                    ? write_beside(staging, hex, content)
                    : fs_file_create(staging->dir, hex, content->bytes);
    return error == 0 ? STATUS_OK : fs_fault(staging->store, error, "write an object", fault);
}

static enum status put(struct staging *staging, const struct content *content,
                       struct index_object *object, bool *is_new, struct fault *fault)
{
    assert(content->bytes.len > 0 && !staging->is_published);
    bool is_staged = false;
    int fd = -1;
    object->size = content->bytes.len;
    object->sha256 = digest_sha256(content->bytes);
    object->name = object_name_of(&staging->key, &object->sha256);
    if (!object_name_set_has(&staging->staged, &object->name) &&
        !object_name_set_has(&staging->found, &object->name)) {
        enum status status = claim(staging, &object->name, &fd, fault);
        if (status != STATUS_OK)
            return status;
        /* Compared, not trusted: so cutting a title again mends what verify found damaged. */
        is_staged = fd < 0 || !fs_file_equals(fd, content->bytes);
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

enum status fs_put(struct staging *staging, struct span bytes, struct index_object *object,
                   bool *is_new, struct fault *fault)
{
    return put(staging, &(struct content){bytes, NULL}, object, is_new, fault);
}

enum status fs_put_buffer(struct staging *staging, struct byte_buffer *buffer,
                          struct index_object *object, bool *is_new, struct fault *fault)
{
    const struct content content = {byte_buffer_span(buffer), buffer};
    enum status status = put(staging, &content, object, is_new, fault);
    byte_buffer_clear(buffer);
    return status;
}
