#ifndef RESIDENCY_H
#define RESIDENCY_H

#include "base/span.h"
#include "base/status.h"

/*
 * Whether the pages under mapped bytes are in memory. Touching a page that is not blocks the thread
 * until the disk has answered, and is a SIGBUS when it cannot; so a loop asks first, and a worker
 * reads.
 */

/* Whether touching `bytes` needs no disk. Never blocks on one. False when nobody knows. */
bool residency_check(struct span bytes);

/* For a whole mapping, before it is read. Where the file system can, the kernel then keeps a file in
 * pieces as large as it gets them, which are cheaper to send than single pages; and from the disk it
 * reads just the aligned 2 MiB around what is asked for, whatever its read-ahead is set to. */
void residency_prepare(struct span mapping);

/* Brings `bytes` into memory. STATUS_IO when the disk fails or the file is shorter than its
 * mapping. May block. */
MUST_CHECK enum status residency_populate(struct span bytes);

#endif
