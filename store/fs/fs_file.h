#ifndef FS_FILE_H
#define FS_FILE_H

#include <sys/stat.h>

#include "base/byte_buffer.h"
#include "base/status.h"

/*
 * Files and directories by a path relative to a directory's descriptor. No function follows a
 * symbolic link at the end of the path. Those that return int return 0 or an errno value.
 */

/* Makes a new file, mode 0600, and starts writing it to the disk without waiting for it. Leaves
 * nothing behind on failure. EEXIST when it is there. */
int fs_file_create(int dir, const char *path, struct span content);

/* The same in steps. `begin` gives a descriptor for writing, `write` leaves in *content what a
 * failure kept it from writing, `end` closes. A failure leaves the file behind. */
int fs_file_begin(int dir, const char *path, int *fd);
int fs_file_write(int fd, struct span *content);
int fs_file_end(int fd);

/* Waits until a file's content, or a directory's entries, are on the disk. */
int fs_file_sync(int dir, const char *path);

/* Opens a regular file for reading; *status is its stat. ELOOP when it is no regular file. */
int fs_file_open(int dir, const char *path, int *fd, struct stat *status);

/* Appends all of a regular file to `out`. EFBIG when it has more than `max_len` bytes. */
int fs_file_read(int dir, const char *path, uint64_t max_len, struct byte_buffer *out,
                 struct stat *status);

/* Fills `out` from an open file's start, EIO when it ends too early. */
int fs_file_read_fd(int fd, uint64_t len, struct byte_buffer *out);

/* Whether an open file holds exactly `content`. What cannot be read is not equal. */
bool fs_file_equals(int fd, struct span content);

/* Makes a directory, mode 0700, unless it is there. */
int fs_dir_make(int dir, const char *path);

/* Called for each entry but "." and ".."; a status other than STATUS_OK ends the walk and is
 * returned. `dir` is the directory walked, `name` one of its entries. */
typedef enum status (*fs_entry_visitor)(void *context, int dir, const char *name);

/* Walks a directory. *error is 0, or an errno value when it could not be opened or read. */
enum status fs_dir_each(int parent, const char *path, fs_entry_visitor visitor, void *context,
                        int *error);

#endif
