/*
 * Making a store. The order is what makes a crash harmless: directories, naming key, and the
 * format last, so that a directory without a format is one whose making may simply be repeated.
 */
#include "store/fs/fs_layout.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "store/fs/fs_file.h"

enum status fs_check_format(const struct fs_store *store, struct fault *fault)
{
    enum { MAX_LEN = 64 }; /* of any format line to come */
    struct byte_buffer text = {0};
    struct stat stat;
    int error = fs_file_read(store->root, "format", MAX_LEN, &text, &stat);
    enum status status = STATUS_OK;
    if (error == ENOENT)
        status = STATUS_NOT_FOUND;
    else if (error == 0 && span_is(byte_buffer_span(&text), FS_FORMAT))
        status = STATUS_OK;
    else if (error == 0 && text.len > 12 && memcmp(text.base, "segue store ", 12) == 0)
        status = fault_raise(fault, STATUS_UNSUPPORTED,
                             "store %s: its format is '%.*s', which this program does not know: "
                             "use a newer segue",
                             store->path, (int)text.len - 1, (const char *)text.base);
    else if (error == 0 || error == EFBIG || error == ELOOP)
        status = fault_raise(fault, STATUS_INVALID,
                             "store %s: the file 'format' in it is not a store's: name another "
                             "directory with --store",
                             store->path);
    else
        status = fs_fault(store, error, "read its format", fault);
    byte_buffer_dispose(&text);
    return status;
}

/* What an interrupted creation may have left, or one that ends just now, and the keys that may have
 * been made first. */
static enum status expect_own_entry(void *context, int dir, const char *name)
{
    static const char *const own[] = {
        "format",         "format.new", FS_CLAIMS_LOCK, FS_PUBLISH_LOCK, "naming.key",
        "naming.key.new", "objects",    "titles",       "staging",       "retired"};
    (void)context;
    (void)dir;
    if (strncmp(name, "keys.", 5) == 0)
        return STATUS_OK;
    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
        if (strcmp(name, own[i]) == 0)
            return STATUS_OK;
    return STATUS_INVALID;
}

enum status fs_check_vacant(const struct fs_store *store, struct fault *fault)
{
    int error = 0;
    enum status status = fs_dir_each(store->root, ".", expect_own_entry, NULL, &error);
    if (error != 0)
        return fs_fault(store, error, "look into it", fault);
    if (status == STATUS_INVALID)
        fault_raise(fault, status,
                    "store %s: the directory holds something else: name another one, or an empty "
                    "one, with --store",
                    store->path);
    return status;
}

static int create_file(int root, const char *name, const char *temporary, struct span content)
{
    if (unlinkat(root, temporary, 0) != 0 && errno != ENOENT)
        return errno;
    int error = fs_file_create(root, temporary, content);
    if (error == 0)
        error = fs_file_sync(root, temporary);
    if (error == 0 && renameat(root, temporary, root, name) != 0)
        error = errno;
    return error != 0 ? error : fs_file_sync(root, ".");
}

static int create_key(int root)
{
    struct naming_key key;
    struct stat stat;
    if (fstatat(root, "naming.key", &stat, AT_SYMLINK_NOFOLLOW) == 0)
        return 0;
    digest_random(key.bytes, sizeof(key.bytes));
    int error =
        create_file(root, "naming.key", "naming.key.new", span_of(key.bytes, sizeof(key.bytes)));
    explicit_bzero(&key, sizeof(key));
    return error;
}

static int create_all(int root)
{
    static const char *const folders[] = {"objects", "titles", "staging", "retired"};
    int error = 0;
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]) && error == 0; i++)
        error = fs_dir_make(root, folders[i]);
    /* Where the parent may not be read, it cannot be synced; the store itself is none the worse. */
    if (error == 0 && (error = fs_file_sync(root, "..")) == EACCES)
        error = 0;
    if (error == 0)
        error = create_key(root);
    if (error == 0)
        error = create_file(root, "format", "format.new", span_of_string(FS_FORMAT));
    return error;
}

enum status fs_store_create(const struct fs_store *store, struct fault *fault)
{
    int lock = -1;
    enum status status = fs_lock(store, FS_CLAIMS_LOCK, LOCK_EX, &lock, fault);
    if (status != STATUS_OK)
        return status;
    /* Whoever held the lock before may have made it. */
    status = fs_check_format(store, fault);
    if (status == STATUS_NOT_FOUND) {
        int error = create_all(store->root);
        status = error == 0 ? STATUS_OK : fs_fault(store, error, "make it", fault);
    }
    close(lock);
    return status;
}
