#ifndef DESCRIPTORS_H
#define DESCRIPTORS_H

#include <stddef.h>

/*
 * File descriptors are what a server has fewest of: each connection takes one, and each object that
 * is at hand. Who gets how many is decided once, at start.
 */
struct descriptor_shares {
    size_t connections;
    size_t objects;
};

/* Raises the process's limit as far as it may and returns it. */
size_t descriptors_raise_limit(void);

/* Shares `limit` descriptors out, after a reserve for the store, the log and the loops. Both shares
 * are > 0 however low the limit is. Pure. */
struct descriptor_shares descriptors_share(size_t limit);

#endif
