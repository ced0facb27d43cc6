#include "folder.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/hex.h"
#include "publication.h"

struct folder *folder_new(void)
{
    const char *parent = getenv("TMPDIR");
    struct folder *folder = calloc(1, sizeof(*folder));
    snprintf(folder->path, sizeof(folder->path), "%s/segue-test-XXXXXX",
             parent != NULL && strlen(parent) < 32 ? parent : "/tmp");
    assert_non_null(mkdtemp(folder->path));
    snprintf(folder->store, sizeof(folder->store), "%s/store", folder->path);
    return folder;
}

static int remove_entry(const char *path, const struct stat *stat, int type, struct FTW *at)
{
    (void)stat;
    (void)type;
    (void)at;
    return remove(path);
}

void folder_free(struct folder *folder)
{
    nftw(folder->path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    free(folder);
}

struct store *folder_open(const struct folder *folder)
{
    struct fault fault = {0};
    struct store *store = NULL;
    enum status status = fs_store_open(folder->store, true, &store, &fault);
    assert_string_equal(fault.text, "");
    assert_int_equal(status, STATUS_OK);
    return store;
}

const char *folder_at(const struct folder *folder, const char *name)
{
    static char path[512];
    snprintf(path, sizeof(path), "%s/%s", folder->store, name);
    return path;
}

static unsigned file_count; /* nftw takes no context */

static int count_entry(const char *path, const struct stat *stat, int type, struct FTW *at)
{
    (void)path;
    (void)stat;
    (void)at;
    file_count += type == FTW_F || type == FTW_SL;
    return 0;
}

unsigned folder_count(const struct folder *folder, const char *name)
{
    file_count = 0;
    nftw(folder_at(folder, name), count_entry, 16, FTW_PHYS);
    return file_count;
}

const char *folder_object(const struct folder *folder, struct store *store, const char *text)
{
    static char path[80];
    char hex[OBJECT_NAME_HEX_LEN + 1];
    struct index_object object;
    struct staging *staging = begin(store);
    put(store, staging, text, &object);
    store->ops->end(staging);
    hex_encode(span_of(object.name.bytes, OBJECT_NAME_LEN), hex);
    snprintf(path, sizeof(path), "objects/%.2s/%.2s/%s", hex, hex + 2, hex);
    assert_int_equal(access(folder_at(folder, path), F_OK), 0);
    return path;
}

const char *folder_index(const struct folder *folder, const char *title)
{
    static char path[160];
    snprintf(path, sizeof(path), "titles/%02x/%s", digest_sha256(span_of_string(title)).bytes[0],
             title);
    assert_int_equal(access(folder_at(folder, path), F_OK), 0);
    return path;
}

void folder_write(const struct folder *folder, const char *name, const char *text)
{
    FILE *file = fopen(folder_at(folder, name), "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    fclose(file);
}
