#ifndef STATUS_H
#define STATUS_H

/*
 * The outcomes a caller can act on. A function that can fail returns one of these; the words for a
 * person travel separately, in a `struct fault`. The server maps them to HTTP in one table and the
 * commands to exit codes in one table; nothing else gives them a meaning of its own.
 */

#define MUST_CHECK __attribute__((warn_unused_result))

enum status {
    STATUS_OK = 0,
    STATUS_INVALID,     /* outside bytes break the rules of their format */
    STATUS_UNSUPPORTED, /* well-formed, but something we do not carry */
    STATUS_NOT_FOUND,   /* no such title, file, object, key */
    STATUS_REFUSED,     /* not allowed: permissions, a token that does not hold */
    STATUS_DAMAGED,     /* our own stored bytes are not what was written */
    STATUS_LIMIT,       /* over a documented bound */
    STATUS_BUSY,        /* a bounded queue or lock is taken: try again later */
    STATUS_NO_SPACE,    /* the disk or quota is full */
    STATUS_IO,          /* the operating system failed a read or write */
    STATUS_CANCELLED,   /* whoever asked for it asked to stop */
};

/* A short lower-case name such as "no space", for logs. Static storage. */
const char *status_name(enum status status);

/* What the operating system's `error` (an errno value) means to a caller: ENOENT is
 * STATUS_NOT_FOUND, ENOSPC and EDQUOT STATUS_NO_SPACE, EACCES and EPERM STATUS_REFUSED, the rest
 * STATUS_IO. */
enum status status_from_errno(int error);

#endif
