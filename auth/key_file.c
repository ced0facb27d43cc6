/*
 * The key set as a file. It is replaced, never written to: a reader sees the old keys or the new
 * ones. Whoever adds a key holds a lock on the file's directory from reading to renaming, so that
 * two who add at once both keep theirs.
 */
#include "auth/key_set.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Fills `content` from `fd`, a file of `size` bytes. */
static enum status read_exactly(int fd, size_t size, const char *path, struct byte_buffer *content,
                                struct fault *fault)
{
    byte_buffer_put_zeros(content, size);
    size_t done = 0;
    while (done < size) {
        ssize_t count = read(fd, content->base + done, size - done);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return fault_raise_errno(fault, errno, "key file %s: cannot be read", path);
        if (count == 0)
            return fault_raise(fault, STATUS_IO, "key file %s: became shorter while it was read",
                               path);
        done += (size_t)count;
    }
    return STATUS_OK;
}

static enum status read_file(const char *path, struct byte_buffer *content, struct stat *status_of,
                             struct fault *fault)
{
    /* O_NONBLOCK: a FIFO put there must not hang us before fstat has told what it is. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 && errno == ENOENT)
        return fault_raise(
            fault, STATUS_NOT_FOUND,
            "no key file %s: 'segue key new' with the same --keys or --store makes one", path);
    if (fd < 0)
        return fault_raise_errno(fault, errno, "key file %s", path);
    enum status status;
    if (fstat(fd, status_of) != 0)
        status = fault_raise_errno(fault, errno, "key file %s", path);
    else if (!S_ISREG(status_of->st_mode))
        status = fault_raise(fault, STATUS_INVALID, "key file %s: is no regular file", path);
    else if (status_of->st_size > KEY_SET_MAX_BYTES)
        status = fault_raise(fault, STATUS_LIMIT, "key file %s: is larger than %u bytes", path,
                             KEY_SET_MAX_BYTES);
    else
        status = read_exactly(fd, (size_t)status_of->st_size, path, content, fault);
    close(fd);
    return status;
}

/* Parses and judges what was read from `path`. */
static enum status check(const char *path, struct span content, mode_t mode, struct key_set *set,
                         struct fault *fault)
{
    struct fault cause = {0};
    enum status status = key_set_parse(content, set, &cause);
    if (status != STATUS_OK)
        return fault_raise(fault, status, "key file %s: %s", path, cause.text);
    if (key_set_has_secrets(set) && (mode & (S_IRWXG | S_IRWXO)) != 0) {
        key_set_dispose(set);
        return fault_raise(fault, STATUS_REFUSED,
                           "key file %s: holds secrets and has mode %04o, so that others can "
                           "reach them: chmod 600 %s",
                           path, (unsigned)mode & 07777, path);
    }
    return STATUS_OK;
}

enum status key_file_load(const char *path, struct key_set *set, struct fault *fault)
{
    *set = (struct key_set){0};
    struct byte_buffer content = {0};
    struct stat status_of;
    enum status status = read_file(path, &content, &status_of, fault);
    if (status == STATUS_OK)
        status = check(path, byte_buffer_span(&content), status_of.st_mode, set, fault);
    byte_buffer_wipe(&content);
    return status;
}

/* Returns 0 or an errno value. */
static int write_fully(int fd, struct span bytes)
{
    for (size_t done = 0; done < bytes.len;) {
        ssize_t count = write(fd, bytes.base + done, bytes.len - done);
        if (count < 0 && errno != EINTR)
            return errno;
        if (count > 0)
            done += (size_t)count;
    }
    return fsync(fd) == 0 ? 0 : errno;
}

/* A file that is being replaced, and the directory it is in. */
struct replacement {
    int folder_fd; /* locked as long as it is open */
    char *folder;
    char *name;
    struct stat old; /* st_nlink is 0 when there is no old file */
};

/* The directory is locked: one left here by a process that died is nobody's. */
#define TEMPORARY_NAME ".segue-keys.new"

static int write_temporary(const struct replacement *target, struct span content)
{
    unlinkat(target->folder_fd, TEMPORARY_NAME, 0);
    int fd =
        openat(target->folder_fd, TEMPORARY_NAME, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno;
    int error = 0;
    /* Root adding a key must not take the file away from the account that serves with it. */
    if (target->old.st_nlink > 0 && target->old.st_uid != geteuid() &&
        fchown(fd, target->old.st_uid, target->old.st_gid) != 0)
        error = errno;
    if (error == 0)
        error = write_fully(fd, content);
    close(fd);
    return error;
}

static enum status replace(const struct replacement *target, struct span content,
                           struct fault *fault)
{
    int error = write_temporary(target, content);
    if (error == 0 &&
        (renameat(target->folder_fd, TEMPORARY_NAME, target->folder_fd, target->name) != 0 ||
         fsync(target->folder_fd) != 0))
        error = errno;
    if (error == 0)
        return STATUS_OK;
    unlinkat(target->folder_fd, TEMPORARY_NAME, 0);
    return fault_raise_errno(fault, error, "key file %s/%s: cannot be replaced", target->folder,
                             target->name);
}

static char *copy(const char *text)
{
    char *owned = strdup(text);
    if (owned == NULL)
        abort();
    return owned;
}

/* Finds the directory and locks it; waits for whoever holds it. */
static enum status open_folder(const char *path, struct replacement *target, struct fault *fault)
{
    /* A link stays a link: what it points to is replaced. */
    char *real = realpath(path, NULL);
    char *for_folder = copy(real != NULL ? real : path);
    char *for_name = copy(for_folder);
    target->folder = copy(dirname(for_folder));
    target->name = copy(basename(for_name));
    free(real);
    free(for_folder);
    free(for_name);
    target->folder_fd = open(target->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (target->folder_fd < 0)
        return fault_raise_errno(fault, errno, "directory %s of the key file", target->folder);
    int locked;
    do {
        locked = flock(target->folder_fd, LOCK_EX);
    } while (locked != 0 && errno == EINTR);
    if (locked != 0)
        return fault_raise_errno(fault, errno, "directory %s: cannot be locked", target->folder);
    return STATUS_OK;
}

static void close_folder(struct replacement *target)
{
    if (target->folder_fd >= 0)
        close(target->folder_fd);
    free(target->folder);
    free(target->name);
}

/* Reads what is at `path` now, with its locks held; nothing is an empty document. */
static enum status read_old(const char *path, struct byte_buffer *content, struct stat *old,
                            struct fault *fault)
{
    struct fault absent = {0};
    struct key_set set;
    enum status status = read_file(path, content, old, &absent);
    if (status == STATUS_NOT_FOUND) {
        *old = (struct stat){0};
        return STATUS_OK;
    }
    if (status != STATUS_OK)
        return fault_raise(fault, status, "%s", absent.text);
    status = check(path, byte_buffer_span(content), old->st_mode, &set, fault);
    if (status == STATUS_OK)
        key_set_dispose(&set);
    return status;
}

static const char *newest_kid(const struct key_set *set, const char *algorithm)
{
    if (content_key_len(algorithm) > 0)
        return set->content_keys[set->content_key_count - 1].kid;
    return set->keys[set->count - 1].kid;
}

/* Makes the new document and returns the id of its newest key, owned. */
static enum status compose(struct span old, const char *algorithm, const char *kid,
                           struct byte_buffer *content, char **new_kid, struct fault *fault)
{
    struct byte_buffer jwk = {0};
    struct key_set set = {0};
    enum status status = key_generate(algorithm, kid, &jwk, fault);
    if (status == STATUS_OK)
        status = key_set_append(old, byte_buffer_span(&jwk), content, fault);
    /* What is written must be what can be read again. */
    if (status == STATUS_OK)
        status = key_set_parse(byte_buffer_span(content), &set, fault);
    if (status == STATUS_OK)
        *new_kid = copy(newest_kid(&set, algorithm));
    key_set_dispose(&set);
    byte_buffer_wipe(&jwk);
    return status;
}

enum status key_file_add(const char *path, const char *algorithm, const char *kid, char **new_kid,
                         struct fault *fault)
{
    *new_kid = NULL;
    struct replacement target = {.folder_fd = -1};
    struct byte_buffer old = {0};
    struct byte_buffer content = {0};
    enum status status = open_folder(path, &target, fault);
    if (status == STATUS_OK)
        status = read_old(path, &old, &target.old, fault);
    if (status == STATUS_OK)
        status = compose(byte_buffer_span(&old), algorithm, kid, &content, new_kid, fault);
    if (status == STATUS_OK)
        status = replace(&target, byte_buffer_span(&content), fault);
    if (status != STATUS_OK) {
        free(*new_kid);
        *new_kid = NULL;
    }
    byte_buffer_wipe(&old);
    byte_buffer_wipe(&content);
    close_folder(&target);
    return status;
}
