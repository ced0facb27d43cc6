#ifndef FAULT_H
#define FAULT_H

#include "base/status.h"

/*
 * What went wrong, in words, for the person at the terminal or the operator reading the log. It is
 * written once, where the failure happened, by the code that knows the object, the place, the
 * expectation and the remedy; whoever passes the status on leaves it alone. Its text never reaches
 * an HTTP client.
 *
 * A fault starts out empty: `struct fault fault = {0};`
 */
struct fault {
    char text[768]; /* NUL-terminated; empty while nothing is said */
};

/* Writes the message unless `fault` is NULL or says something already, and returns `status`, so
 * that a failure is one statement: return fault_raise(fault, STATUS_INVALID, "..."); */
enum status fault_raise(struct fault *fault, enum status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same for a failed system call: appends ": " and the text of `error` (an errno value), and
 * returns what status_from_errno says of it. */
enum status fault_raise_errno(struct fault *fault, int error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
