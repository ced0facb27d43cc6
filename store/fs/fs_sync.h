#ifndef FS_SYNC_H
#define FS_SYNC_H

#include <stddef.h>

/*
 * Syncs many files or directories. Nearly all of an fsync is waiting for the disk, which answers
 * several in the time of one; so a few threads share the list.
 */
#define FS_SYNC_PATH_SIZE 64

/* Writes the path of entry `i`; called from any thread. */
typedef void (*fs_sync_path)(const void *context, size_t i, char path[FS_SYNC_PATH_SIZE]);

/* Waits until all `count` entries are on the disk (fs_file_sync), in no order. Paths are relative
 * to `dir`. Returns 0, or the errno value of one that failed; then others may not have been tried.
 */
int fs_sync_all(int dir, size_t count, fs_sync_path path, const void *context);

#endif
