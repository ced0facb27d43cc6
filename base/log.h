#ifndef LOG_H
#define LOG_H

#include "base/span.h"

/*
 * Lines for an operator, written by a thread of its own, so that a slow terminal or a full pipe
 * never holds up whoever has something to say. A first line is written at once; those that follow
 * within a twentieth of a second are written together. What does not fit is dropped, counted, and
 * the count is written as soon as there is room.
 */
struct log;

/* Writes to the descriptor `fd`, which stays the caller's. At most `capacity` bytes wait. */
struct log *log_new(int fd, size_t capacity);

/* Waits up to two seconds until everything is written, and frees. NULL is allowed. */
void log_free(struct log *log);

/* Adds one line, without its newline. Never blocks on the descriptor. Thread-safe. */
void log_line(struct log *log, struct span line);

/* Lines dropped since it was made. Thread-safe. */
uint64_t log_dropped(struct log *log);

void log_printf(struct log *log, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
