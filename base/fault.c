#include "base/fault.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum status fault_raise(struct fault *fault, enum status status, const char *format, ...)
{
    if (fault != NULL && fault->text[0] == '\0') {
        va_list args;
        va_start(args, format);
        vsnprintf(fault->text, sizeof(fault->text), format, args);
        va_end(args);
    }
    return status;
}

enum status fault_raise_errno(struct fault *fault, int error, const char *format, ...)
{
    if (fault != NULL && fault->text[0] == '\0') {
        va_list args;
        va_start(args, format);
        vsnprintf(fault->text, sizeof(fault->text), format, args);
        va_end(args);
        size_t used = strlen(fault->text);
        snprintf(fault->text + used, sizeof(fault->text) - used, ": %s", strerror(error));
    }
    return status_from_errno(error);
}
