#ifndef LIBAV_FAULT_H
#define LIBAV_FAULT_H

#include "base/fault.h"

/* What libav's error `code` (negative) means to us. */
enum status libav_status(int code);

/* As fault_raise, with ": " and libav's words for `code` after the message. */
enum status libav_raise(struct fault *fault, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
