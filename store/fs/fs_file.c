#include "store/fs/fs_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int fs_file_begin(int dir, const char *path, int *fd)
{
    *fd = openat(dir, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    return *fd < 0 ? errno : 0;
}

int fs_file_write(int fd, struct span *content)
{
    while (content->len > 0) {
        ssize_t written = write(fd, content->base, content->len);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return errno;
        *content = span_slice(*content, (size_t)written, content->len - (size_t)written);
    }
    return 0;
}

int fs_file_end(int fd)
{
    /* Only a hint; fs_file_sync waits, and learns what went wrong in between. Measured on ext4:
     * 2000 files of 50 kB take 0.3 s so, against 1.1 s with an fsync at once. */
    (void)sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
    return close(fd) == 0 || errno == EINTR ? 0 : errno;
}

int fs_file_create(int dir, const char *path, struct span content)
{
    int fd;
    int error = fs_file_begin(dir, path, &fd);
    if (error != 0)
        return error;
    error = fs_file_write(fd, &content);
    int end_error = fs_file_end(fd);
    if (error == 0)
        error = end_error;
    if (error != 0)
        unlinkat(dir, path, 0);
    return error;
}

int fs_file_sync(int dir, const char *path)
{
    /* Linux keeps a failed write-back with the inode until one fsync has told of it, also one on a
     * descriptor opened later. */
    int fd = openat(dir, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return errno;
    int error = fsync(fd) == 0 ? 0 : errno;
    close(fd);
    return error;
}

int fs_file_open(int dir, const char *path, int *fd, struct stat *status)
{
    /* O_NONBLOCK: a FIFO in its place must not hang us. */
    int opened = openat(dir, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (opened < 0)
        return errno;
    int error = fstat(opened, status) != 0 ? errno : S_ISREG(status->st_mode) ? 0 : ELOOP;
    if (error != 0)
        close(opened);
    else
        *fd = opened;
    return error;
}

static ssize_t read_at(int fd, void *bytes, size_t len, uint64_t offset)
{
    ssize_t got;
    do
        got = pread(fd, bytes, len, (off_t)offset);
    while (got < 0 && errno == EINTR);
    return got;
}

int fs_file_read_fd(int fd, uint64_t len, struct byte_buffer *out)
{
    size_t start = out->len;
    byte_buffer_put_zeros(out, (size_t)len);
    for (uint64_t done = 0; done < len;) {
        ssize_t got = read_at(fd, out->base + start + done, (size_t)(len - done), done);
        if (got <= 0)
            return got < 0 ? errno : EIO;
        done += (uint64_t)got;
    }
    return 0;
}

int fs_file_read(int dir, const char *path, uint64_t max_len, struct byte_buffer *out,
                 struct stat *status)
{
    int fd;
    int error = fs_file_open(dir, path, &fd, status);
    if (error != 0)
        return error;
    if ((uint64_t)status->st_size > max_len)
        error = EFBIG;
    else
        error = fs_file_read_fd(fd, (uint64_t)status->st_size, out);
    close(fd);
    return error;
}

bool fs_file_equals(int fd, struct span content)
{
    uint8_t bytes[65536];
    for (size_t done = 0; done < content.len;) {
        size_t want = content.len - done < sizeof(bytes) ? content.len - done : sizeof(bytes);
        ssize_t got = read_at(fd, bytes, want, done);
        if (got <= 0 || memcmp(bytes, content.base + done, (size_t)got) != 0)
            return false;
        done += (size_t)got;
    }
    return read_at(fd, bytes, 1, content.len) == 0;
}

int fs_dir_make(int dir, const char *path)
{
    return mkdirat(dir, path, 0700) == 0 || errno == EEXIST ? 0 : errno;
}

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

enum status fs_dir_each(int parent, const char *path, fs_entry_visitor visitor, void *context,
                        int *error)
{
    enum status status = STATUS_OK;
    int fd = openat(parent, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *folder = fd < 0 ? NULL : fdopendir(fd);
    if (folder == NULL) {
        *error = errno;
        if (fd >= 0)
            close(fd);
        return status_from_errno(*error);
    }
    for (;;) {
        errno = 0;
        struct dirent *entry = readdir(folder);
        *error = entry == NULL ? errno : 0;
        if (entry == NULL)
            break;
        if (!is_dots(entry->d_name))
            status = visitor(context, dirfd(folder), entry->d_name);
        if (status != STATUS_OK)
            break;
    }
    closedir(folder);
    return *error != 0 ? status_from_errno(*error) : status;
}
