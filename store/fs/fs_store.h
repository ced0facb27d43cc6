#ifndef FS_STORE_H
#define FS_STORE_H

#include "store/store.h"

/*
 * A store in a directory, mode 0700:
 *
 *     format               "segue store 1", so that an old program refuses a newer store
 *     naming.key           32 random bytes, mode 0600
 *     lock                 held shared for an instant while an object is claimed, exclusively by gc
 *     publish.lock         held exclusively while an index is replaced or removed
 *     objects/3f/9c/…      one file per object, named by its 40 hex digits
 *     titles/7a/TITLE      one index per title; fan-out by the first byte of SHA-256(TITLE)
 *     retired/TIME-…       indexes that were replaced or removed: until gc's grace is over, their
 *                          objects stay for responses that are still sent from them
 *     staging/ID/          objects of a cut under way, and `claims`, the names it relies on; the
 *                          file is locked as long as the cut lives
 *
 * Every file is written under a temporary name, synced, renamed, and its directory synced. Objects
 * are removed only by unlinking and never truncated, so a mapping of one stays good.
 */

/* Opens the store at `path`; with `create`, makes it (and its naming key) when there is nothing or
 * an empty directory. Returns it owned, to be given to ops->close. STATUS_NOT_FOUND when there is
 * no store, STATUS_REFUSED with the command to mend it when others could read it, STATUS_INVALID
 * when the directory holds something else, STATUS_UNSUPPORTED for a newer format. Thread-safe once
 * open: any thread may call any operation. */
MUST_CHECK enum status fs_store_open(const char *path, bool create, struct store **store,
                                     struct fault *fault);

struct fs_gc_options {
    uint64_t grace_s; /* leave alone what was written, or last published, since then */
    bool dry_run;     /* count, remove nothing */
};

struct fs_gc_report {
    uint64_t objects_kept;
    uint64_t objects_removed; /* with dry_run: would be removed */
    uint64_t bytes_removed;
    uint64_t stagings_removed; /* left behind by cuts that died */
};

/* Removes unreferenced objects and the remains of dead cuts. May run beside cuts and servers: it
 * holds the store's lock, so a cut waits for it, and it never removes what an open staging area has
 * claimed. A damaged index ends it with nothing removed (STATUS_DAMAGED): its objects are unknown.
 * `store` must come from fs_store_open. */
MUST_CHECK enum status fs_store_gc(struct store *store, const struct fs_gc_options *options,
                                   struct fs_gc_report *report, struct fault *fault);

#endif
