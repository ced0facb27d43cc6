#include "store/fs/fs_layout.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/name.h"

void fs_object_path(const struct object_name *name, char path[FS_OBJECT_PATH_SIZE])
{
    char hex[OBJECT_NAME_HEX_LEN + 1];
    hex_encode(span_of(name->bytes, sizeof(name->bytes)), hex);
    snprintf(path, FS_OBJECT_PATH_SIZE, "objects/%.2s/%.2s/%s", hex, hex + 2, hex);
}

bool fs_title_path(struct span title, char path[FS_TITLE_PATH_SIZE])
{
    if (!name_is_valid(title))
        return false;
    snprintf(path, FS_TITLE_PATH_SIZE, "titles/%02x/%.*s", digest_sha256(title).bytes[0],
             SPAN_PRINT(title));
    return true;
}

void fs_retired_path(int64_t now_s, char path[FS_RETIRED_PATH_SIZE])
{
    uint8_t random[8];
    char hex[2 * sizeof(random) + 1];
    digest_random(random, sizeof(random));
    hex_encode(span_of(random, sizeof(random)), hex);
    snprintf(path, FS_RETIRED_PATH_SIZE, "retired/%016llx-%s", (unsigned long long)now_s, hex);
}

bool fs_retired_time(const char *name, int64_t *retired_s)
{
    uint8_t time[8];
    uint8_t random[8];
    if (strlen(name) != 33 || name[16] != '-' || !hex_decode(span_of(name, 16), time, 8) ||
        !hex_decode(span_of(name + 17, 16), random, 8))
        return false;
    uint64_t value = 0;
    for (size_t i = 0; i < sizeof(time); i++)
        value = value << 8 | time[i];
    *retired_s = (int64_t)value;
    return value <= INT64_MAX;
}

enum status fs_fault(const struct fs_store *store, int error, const char *what, struct fault *fault)
{
    if (error == ENOSPC || error == EDQUOT)
        return fault_raise(fault, STATUS_NO_SPACE,
                           "store %s: %s: free space there, for example with 'segue gc', and try "
                           "again; what was published before is untouched",
                           store->path,
                           error == ENOSPC ? "the disk is full" : "the disk quota is used up");
    if (error == EFBIG)
        return fault_raise(fault, STATUS_NO_SPACE,
                           "store %s: a file would be larger than the file size limit: raise it "
                           "(ulimit -f) and try again; what was published before is untouched",
                           store->path);
    return fault_raise_errno(fault, error, "store %s: cannot %s", store->path, what);
}

enum status fs_lock(const struct fs_store *store, const char *name, int operation, int *fd,
                    struct fault *fault)
{
    int lock = openat(store->root, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (lock < 0)
        return fs_fault(store, errno, "open its lock", fault);
    while (flock(lock, operation) != 0) {
        if (errno == EINTR)
            continue;
        enum status status = fs_fault(store, errno, "lock it", fault);
        close(lock);
        return status;
    }
    *fd = lock;
    return STATUS_OK;
}

enum status fs_no_such_title(const struct fs_store *store, struct span title, struct fault *fault)
{
    if (!name_is_valid(title))
        return fault_raise(fault, STATUS_NOT_FOUND, "store %s: no title has such a name",
                           store->path);
    return fault_raise(fault, STATUS_NOT_FOUND, "store %s: there is no title %.*s", store->path,
                       SPAN_PRINT(title));
}
