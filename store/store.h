#ifndef STORE_H
#define STORE_H

#include "base/byte_buffer.h"
#include "base/fault.h"
#include "store/blob.h"
#include "store/index.h"

/*
 * The store as everyone else sees it: a place where objects are kept under hidden names and where a
 * title's index is replaced atomically. store/fs keeps it in a directory. All calls may block; the
 * server makes them only from its worker threads.
 *
 * Publishing goes through a staging area. Objects that are put there belong to nobody until
 * `publish` has made them and then the index durable; `end` without `publish` leaves the store as
 * it was. While a staging area is open, no garbage collection removes an object that it has put or
 * found already there. Killing the process at any instant leaves the old publication whole.
 */
struct store;
struct staging;

/* Tells one publication of a title from another; equal stamps mean the same index. */
struct publication_stamp {
    uint64_t words[4];
};

/* Called once per title, in unspecified order; a status other than STATUS_OK ends the listing and
 * is returned from it. */
typedef enum status (*store_title_visitor)(void *context, struct span title);

/* Called once per stray, in the same way: `text` names it, says why it is none of the store's and
 * what to do about it. */
typedef enum status (*store_stray_visitor)(void *context, const char *text);

struct store_ops {
    /* Opens a staging area; returns it owned, to be given to `end`. */
    enum status (*begin)(struct store *store, struct staging **staging, struct fault *fault);

    /* Keeps `content` and fills `object`. `is_new` (may be NULL) says whether the store lacked it.
     * Writing may go on after it returned, from a copy; so STATUS_NO_SPACE, when the disk is
     * full, may also be returned by a later call or by `publish`. */
    enum status (*put)(struct staging *staging, struct span content, struct index_object *object,
                       bool *is_new, struct fault *fault);

    /* The same for content that the caller needs no more: it takes the bytes, and *content comes
     * back empty, on failure too, perhaps with other memory to fill. */
    enum status (*put_buffer)(struct staging *staging, struct byte_buffer *content,
                              struct index_object *object, bool *is_new, struct fault *fault);

    /* Makes every object durable, then replaces the index of its title. `index` are the bytes of a
     * valid index. When the title's present index has the same content, it stays as it is (and
     * with it its time of publication) and *is_unchanged is true. When it has other content and is
     * not older, the new one is dated a second after it. At most once per staging area. */
    enum status (*publish)(struct staging *staging, struct span index, bool *is_unchanged,
                           struct fault *fault);

    /* Closes the staging area and frees it; removes what was put but not published. */
    void (*end)(struct staging *staging);

    /* The title's index, validated (`index` borrows from *blob, which the caller releases), or
     * STATUS_NOT_FOUND, STATUS_DAMAGED. `stamp` tells which publication it is. A title that is no
     * valid name is STATUS_NOT_FOUND. */
    enum status (*load_index)(struct store *store, struct span title, struct blob **blob,
                              struct index *index, struct publication_stamp *stamp,
                              struct fault *fault);

    /* The stamp of the title's present publication, cheaply; STATUS_NOT_FOUND. */
    enum status (*stat_index)(struct store *store, struct span title,
                              struct publication_stamp *stamp, struct fault *fault);

    /* The bytes of an object; returns a reference owned by the caller. Checks the size against the
     * record (STATUS_DAMAGED), not the digest. The pages may not be in memory. */
    enum status (*load_object)(struct store *store, const struct index_object *object,
                               struct blob **blob, struct fault *fault);

    /* Whether `blob`, which load_object gave for `object`, is still what it would give, and not
     * another file by now or none. Cheap: looks at no bytes. */
    enum status (*check_object)(struct store *store, const struct index_object *object,
                                const struct blob *blob, bool *is_same, struct fault *fault);

    enum status (*list_titles)(struct store *store, store_title_visitor visitor, void *context,
                               struct fault *fault);

    /* What lies among the titles and is none, nor of the store's making: perhaps an index whose
     * name was changed when the store was copied, so that its title is not found and its objects
     * are named by nobody. */
    enum status (*list_strays)(struct store *store, store_stray_visitor visitor, void *context,
                               struct fault *fault);

    /* Removes the title's index, durably. Its objects stay for garbage collection.
     * STATUS_NOT_FOUND. */
    enum status (*remove_title)(struct store *store, struct span title, struct fault *fault);

    void (*close)(struct store *store);
};

/* An adapter's struct begins with this. */
struct store {
    const struct store_ops *ops;
};

#endif
