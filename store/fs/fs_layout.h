#ifndef FS_LAYOUT_H
#define FS_LAYOUT_H

#include "store/fs/fs_store.h"

/*
 * What the parts of the file-system store share: the opened store, where things lie in it, and how
 * a failed system call becomes a fault. Every name is opened relative to the descriptor of the
 * store's directory.
 */
struct fs_store {
    struct store store;
    int root;
    char *path; /* as the caller named it: for messages alone */
};

static inline struct fs_store *fs_store_of(struct store *store)
{
    return (struct fs_store *)store;
}

#define FS_FORMAT "segue store 1\n"

/* "objects/3f/9c/" and 40 digits; cut after FS_FANOUT_LEN it names the directory. */
#define FS_OBJECT_PATH_SIZE 64
#define FS_FANOUT_LEN 13
#define FS_TITLE_PATH_SIZE 160
#define FS_RETIRED_PATH_SIZE 64

void fs_object_path(const struct object_name *name, char path[FS_OBJECT_PATH_SIZE]);

/* "titles/7a/TITLE"; false when `title` is no valid name. The first 9 characters are the shard. */
#define FS_SHARD_LEN 9
bool fs_title_path(struct span title, char path[FS_TITLE_PATH_SIZE]);

/* A fresh "retired/TIME-RANDOM" for an index that stops being the present one at `now_s`. */
void fs_retired_path(int64_t now_s, char path[FS_RETIRED_PATH_SIZE]);

/* The time in such a name, without its folder; false when it is none. */
bool fs_retired_time(const char *name, int64_t *retired_s);

/* "store PATH: cannot WHAT: <text of error>", and for a full disk what to do about it. */
enum status fs_fault(const struct fs_store *store, int error, const char *what,
                     struct fault *fault);

/* STATUS_NOT_FOUND, said of a title. */
enum status fs_no_such_title(const struct fs_store *store, struct span title, struct fault *fault);

/* Takes the lock in the file `name` (flock's `operation`), waiting for it. Closing *fd gives it
 * back. */
enum status fs_lock(const struct fs_store *store, const char *name, int operation, int *fd,
                    struct fault *fault);

#define FS_CLAIMS_LOCK "lock"
#define FS_PUBLISH_LOCK "publish.lock"

/* Whether a store may be made in the directory `root`: STATUS_INVALID when it holds anything but
 * the remains of an interrupted creation. */
enum status fs_check_vacant(const struct fs_store *store, struct fault *fault);

/* Makes a store in the directory `root`, which is vacant. Several processes may do so at once: one
 * makes it, the others find it made. */
enum status fs_store_create(const struct fs_store *store, struct fault *fault);

/* STATUS_OK when `root` is a store of our format, STATUS_NOT_FOUND when it has none (and nothing is
 * said in `fault`). */
enum status fs_check_format(const struct fs_store *store, struct fault *fault);

/* An index by its path in the store, as store_ops.load_index returns it. */
enum status fs_load_index_at(const struct fs_store *store, const char *path, struct blob **blob,
                             struct index *index, struct publication_stamp *stamp,
                             struct fault *fault);

/* Puts the present index at `path` aside, for responses that are still sent from it: by a second
 * link, or with `move` by renaming it. STATUS_NOT_FOUND when there is none. */
enum status fs_retire(const struct fs_store *store, const char *path, bool move,
                      struct fault *fault);

/* store_ops of reading (fs_read.c). */
enum status fs_load_index(struct store *store, struct span title, struct blob **blob,
                          struct index *index, struct publication_stamp *stamp,
                          struct fault *fault);
enum status fs_stat_index(struct store *store, struct span title, struct publication_stamp *stamp,
                          struct fault *fault);
enum status fs_load_object(struct store *store, const struct index_object *object,
                           struct blob **blob, struct fault *fault);
enum status fs_check_object(struct store *store, const struct index_object *object,
                            const struct blob *blob, bool *is_same, struct fault *fault);

/* store_ops of titles (fs_titles.c). */
enum status fs_list_titles(struct store *store, store_title_visitor visitor, void *context,
                           struct fault *fault);
enum status fs_list_strays(struct store *store, store_stray_visitor visitor, void *context,
                           struct fault *fault);
enum status fs_remove_title(struct store *store, struct span title, struct fault *fault);

/* store_ops of the staging area (fs_staging.c, fs_publish.c). */
enum status fs_begin(struct store *store, struct staging **staging, struct fault *fault);
enum status fs_put(struct staging *staging, struct span content, struct index_object *object,
                   bool *is_new, struct fault *fault);
enum status fs_put_buffer(struct staging *staging, struct byte_buffer *content,
                          struct index_object *object, bool *is_new, struct fault *fault);
enum status fs_publish(struct staging *staging, struct span index, bool *is_unchanged,
                       struct fault *fault);
void fs_end(struct staging *staging);

#endif
