#ifndef FOLDER_H
#define FOLDER_H

#include "store/fs/fs_store.h"

/* A temporary directory with a store in it, for one test. */
struct folder {
    char path[64];  /* of the temporary directory */
    char store[80]; /* of the store in it, "PATH/store"; nothing is there at first */
};

struct folder *folder_new(void);

/* Removes the directory with all that is in it. */
void folder_free(struct folder *folder);

/* Opens the store, making it; fails the test unless that succeeds. */
struct store *folder_open(const struct folder *folder);

/* "PATH/store/NAME", valid until the next call. */
const char *folder_at(const struct folder *folder, const char *name);

/* The files below a directory of the store; 0 when it is not there. */
unsigned folder_count(const struct folder *folder, const char *name);

/* Where the object that holds `text` lies, after the store's path; there must be one. */
const char *folder_object(const struct folder *folder, struct store *store, const char *text);

/* Where a title's index lies, after the store's path. */
const char *folder_index(const struct folder *folder, const char *title);

/* Replaces the content of a file of the store. */
void folder_write(const struct folder *folder, const char *name, const char *text);

#endif
