/*
 * Garbage collection: removes the objects that nothing names, and what dead cuts left behind.
 *
 * It holds the store's lock throughout, so no cut claims anything meanwhile. It reads first the
 * claims of the cuts that live, and only then the indexes: a cut publishes before it gives up its
 * claims, so whatever it relies on is seen in one or the other. The other way round, a cut that
 * published and ended in between would be seen in neither. An index that is published while the
 * indexes are read names nothing but claimed objects, since its cut was alive when claims were
 * read.
 *
 * Nothing is removed before everything has been read, nor when anything lies among the titles that
 * is none. Elsewhere, what is no regular file of ours under a name of ours is left alone, and no
 * symbolic link is followed.
 */
#include "store/fs/fs_layout.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hex.h"
#include "store/fs/fs_file.h"
#include "store/object_name_set.h"

struct collection {
    struct fs_store *store;
    const struct fs_gc_options *options;
    struct fs_gc_report *report;
    struct fault *fault;
    int64_t now_s;
    struct object_name_set live;
    const char *fanout; /* first and second folder under objects/ while it is swept */
    const char *second;
};

static enum status failed(struct collection *run, int error, const char *what)
{
    return fs_fault(run->store, error, what, run->fault);
}

/* Whether something of that time is old enough to go. A time to come counts as young. */
static bool is_past_grace(const struct collection *run, int64_t time_s)
{
    const uint64_t grace_s = run->options->grace_s;
    return grace_s == 0 ||
           (time_s <= run->now_s && (uint64_t)run->now_s - (uint64_t)time_s >= grace_s);
}

/* ---- Claims ---- */

static int read_claims(struct collection *run, int staging)
{
    /* A name that a full disk cut short is no claim: its cut got an error for it. */
    struct byte_buffer claims = {0};
    struct stat stat;
    int error = fs_file_read(staging, "claims", SIZE_MAX / 4, &claims, &stat);
    for (size_t at = 0; error == 0 && at + OBJECT_NAME_LEN <= claims.len; at += OBJECT_NAME_LEN) {
        struct object_name name;
        memcpy(name.bytes, claims.base + at, OBJECT_NAME_LEN);
        object_name_set_add(&run->live, &name, NULL);
    }
    byte_buffer_dispose(&claims);
    return error == ENOENT ? 0 : error; /* it has just ended */
}

/* Whether the cut of this staging area lives: then its claims are locked. */
static int check_alive(int staging, bool *is_alive)
{
    *is_alive = false;
    int claims = openat(staging, "claims", O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    if (claims < 0)
        return errno == ENOENT || errno == ELOOP ? 0 : errno;
    int error = flock(claims, LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
    close(claims);
    *is_alive = error == EWOULDBLOCK;
    return *is_alive ? 0 : error;
}

/* Opens an entry of staging/; -1 with *error 0 for what is no directory or has just gone. */
static int open_staging(int dir, const char *name, int *error)
{
    int staging = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    bool is_foreign = staging < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP);
    *error = staging >= 0 || is_foreign ? 0 : errno;
    return staging;
}

static enum status collect_claims(void *context, int dir, const char *name)
{
    struct collection *run = context;
    bool is_alive = false;
    int error;
    int staging = open_staging(dir, name, &error);
    if (staging >= 0) {
        error = check_alive(staging, &is_alive);
        if (error == 0 && is_alive)
            error = read_claims(run, staging);
        close(staging);
    }
    return error == 0 ? STATUS_OK : failed(run, error, "read the claims of a cut");
}

/* ---- Indexes ---- */

static void add_objects(struct collection *run, const struct index *index)
{
    for (uint32_t i = 0; i < index->object_count; i++) {
        struct object_name name = index_object(index, i).name;
        object_name_set_add(&run->live, &name, NULL);
    }
}

static enum status collect_title(void *context, struct span title)
{
    struct collection *run = context;
    struct store *store = &run->store->store;
    struct blob *blob = NULL;
    struct index index;
    struct publication_stamp stamp;
    struct fault cause = {0};
    enum status status = store->ops->load_index(store, title, &blob, &index, &stamp, &cause);
    if (status == STATUS_NOT_FOUND)
        return STATUS_OK; /* removed since it was listed */
    if (status != STATUS_OK)
        return fault_raise(run->fault, status,
                           "%s; nothing was removed, because its objects are unknown: cut the "
                           "title again, or remove it with 'segue rm'",
                           cause.text);
    add_objects(run, &index);
    blob_release(blob);
    return STATUS_OK;
}

/* Perhaps an index under a changed name: whatever that names would go. */
static enum status refuse_stray(void *context, const char *text)
{
    struct collection *run = context;
    return fault_raise(run->fault, STATUS_DAMAGED,
                       "%s; nothing was removed, because it may be the index of a title", text);
}

static enum status collect_retired(void *context, int dir, const char *name)
{
    struct collection *run = context;
    char path[FS_RETIRED_PATH_SIZE];
    struct blob *blob = NULL;
    struct index index;
    struct publication_stamp stamp;
    struct fault ignored = {0};
    int64_t retired_s;
    (void)dir;
    if (!fs_retired_time(name, &retired_s) || is_past_grace(run, retired_s))
        return STATUS_OK;
    snprintf(path, sizeof(path), "retired/%s", name);
    /* A damaged one cannot have been sent from, and is no reason to stop. */
    if (fs_load_index_at(run->store, path, &blob, &index, &stamp, &ignored) == STATUS_OK) {
        add_objects(run, &index);
        blob_release(blob);
    }
    return STATUS_OK;
}

/* ---- Sweeping ---- */

/* Removes an entry unless this is a dry run; what has already gone is as good. */
static int sweep(const struct collection *run, int dir, const char *name)
{
    if (run->options->dry_run || unlinkat(dir, name, 0) == 0 || errno == ENOENT)
        return 0;
    return errno;
}

static bool is_own_file(int dir, const char *name, struct stat *stat)
{
    return fstatat(dir, name, stat, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(stat->st_mode);
}

static enum status sweep_staged(void *context, int dir, const char *name)
{
    struct collection *run = context;
    struct stat stat;
    if (!is_own_file(dir, name, &stat))
        return STATUS_OK;
    int error = sweep(run, dir, name);
    if (error != 0)
        return failed(run, error, "remove what a dead cut left");
    run->report->bytes_removed += (uint64_t)stat.st_size;
    return STATUS_OK;
}

static enum status sweep_staging(void *context, int dir, const char *name)
{
    struct collection *run = context;
    enum status status = STATUS_OK;
    bool is_alive = false;
    int error;
    int staging = open_staging(dir, name, &error);
    if (staging < 0)
        return error == 0 ? STATUS_OK : failed(run, error, "open a staging area");
    error = check_alive(staging, &is_alive);
    if (error == 0 && !is_alive) {
        run->report->stagings_removed++;
        status = fs_dir_each(staging, ".", sweep_staged, run, &error);
        if (!run->options->dry_run)
            unlinkat(dir, name, AT_REMOVEDIR); /* stays while something foreign is in it */
    }
    close(staging);
    return error == 0 ? status : failed(run, error, "remove what a dead cut left");
}

static enum status sweep_retired(void *context, int dir, const char *name)
{
    struct collection *run = context;
    struct stat stat;
    int64_t retired_s;
    if (!fs_retired_time(name, &retired_s) || !is_past_grace(run, retired_s) ||
        !is_own_file(dir, name, &stat))
        return STATUS_OK;
    int error = sweep(run, dir, name);
    return error == 0 ? STATUS_OK : failed(run, error, "remove an index put aside");
}

static enum status sweep_object(void *context, int dir, const char *name)
{
    struct collection *run = context;
    struct object_name object;
    struct stat stat;
    if (!hex_decode(span_of_string(name), object.bytes, sizeof(object.bytes)) ||
        memcmp(name, run->fanout, 2) != 0 || memcmp(name + 2, run->second, 2) != 0 ||
        !is_own_file(dir, name, &stat))
        return STATUS_OK;
    if (object_name_set_has(&run->live, &object) || !is_past_grace(run, stat.st_mtim.tv_sec)) {
        run->report->objects_kept++;
        return STATUS_OK;
    }
    int error = sweep(run, dir, name);
    if (error != 0)
        return failed(run, error, "remove an object");
    run->report->objects_removed++;
    run->report->bytes_removed += (uint64_t)stat.st_size;
    return STATUS_OK;
}

/* Walks a folder of the fan-out; what is none is left alone. */
static enum status sweep_folder(struct collection *run, int dir, const char *name,
                                fs_entry_visitor visitor)
{
    uint8_t number;
    int error = 0;
    if (!hex_decode(span_of_string(name), &number, 1))
        return STATUS_OK;
    enum status status = fs_dir_each(dir, name, visitor, run, &error);
    if (error == ENOTDIR || error == ELOOP)
        return STATUS_OK;
    return error == 0 ? status : failed(run, error, "list its objects");
}

static enum status sweep_second(void *context, int dir, const char *name)
{
    struct collection *run = context;
    run->second = name;
    return sweep_folder(run, dir, name, sweep_object);
}

static enum status sweep_first(void *context, int dir, const char *name)
{
    struct collection *run = context;
    run->fanout = name;
    return sweep_folder(run, dir, name, sweep_second);
}

/* ---- The run ---- */

static enum status each(struct collection *run, const char *folder, fs_entry_visitor visitor)
{
    int error = 0;
    enum status status = fs_dir_each(run->store->root, folder, visitor, run, &error);
    return error == 0
               ? status
               : fault_raise_errno(run->fault, error, "store %s: cannot list its directory '%s'",
                                   run->store->path, folder);
}

static enum status collect(struct collection *run)
{
    struct store *store = &run->store->store;
    enum status status = each(run, "staging", collect_claims);
    if (status == STATUS_OK)
        status = store->ops->list_strays(store, refuse_stray, run, run->fault);
    if (status == STATUS_OK)
        status = store->ops->list_titles(store, collect_title, run, run->fault);
    if (status == STATUS_OK)
        status = each(run, "retired", collect_retired);
    if (status == STATUS_OK)
        status = each(run, "staging", sweep_staging);
    if (status == STATUS_OK)
        status = each(run, "retired", sweep_retired);
    if (status == STATUS_OK)
        status = each(run, "objects", sweep_first);
    return status;
}

enum status fs_store_gc(struct store *base, const struct fs_gc_options *options,
                        struct fs_gc_report *report, struct fault *fault)
{
    struct collection run = {
        .store = fs_store_of(base),
        .options = options,
        .report = report,
        .fault = fault,
        .now_s = clock_unix_s(),
    };
    int lock = -1;
    *report = (struct fs_gc_report){0};
    enum status status = fs_lock(run.store, FS_CLAIMS_LOCK, LOCK_EX, &lock, fault);
    if (status != STATUS_OK)
        return status;
    status = collect(&run);
    close(lock);
    object_name_set_dispose(&run.live);
    return status;
}
