#ifndef FS_STAGING_H
#define FS_STAGING_H

#include "store/fs/fs_layout.h"
#include "store/fs/fs_writer.h"
#include "store/object_name_set.h"

/* What putting (fs_staging.c) and publishing (fs_publish.c) share. */
#define STAGING_PATH_SIZE 48

struct staging {
    const struct fs_store *store;
    struct naming_key key;
    char path[STAGING_PATH_SIZE];
    int dir;
    int claims; /* locked until it is closed */
    uint64_t claim_count;
    struct fs_writer *writer; /* NULL before the first large object is staged */
    struct object_name_set
        staged; /* written here, or about to be: lacking in the store or damaged there */
    struct object_name_set found; /* already in the store */
    bool has_index;
    bool is_published;
};

/* The name of an object's file in its staging area. */
void fs_staged_name(const struct object_name *name, char hex[OBJECT_NAME_HEX_LEN + 1]);

#endif
