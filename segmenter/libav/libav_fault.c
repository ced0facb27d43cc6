#include "segmenter/libav/libav_fault.h"

#include <libavutil/error.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

enum status libav_status(int code)
{
    switch (code) {
    case AVERROR_INVALIDDATA:
    case AVERROR_EOF:
    case AVERROR(EINVAL):
    case AVERROR(ERANGE):
        return STATUS_INVALID;
    case AVERROR_PATCHWELCOME:
    case AVERROR_DECODER_NOT_FOUND:
    case AVERROR_DEMUXER_NOT_FOUND:
    case AVERROR(ENOSYS):
        return STATUS_UNSUPPORTED;
    default:
        return status_from_errno(AVUNERROR(code));
    }
}

enum status libav_raise(struct fault *fault, int code, const char *format, ...)
{
    char message[512];
    char reason[AV_ERROR_MAX_STRING_SIZE];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    if (av_strerror(code, reason, sizeof(reason)) < 0)
        snprintf(reason, sizeof(reason), "error %d", code);
    return fault_raise(fault, libav_status(code), "%s: %s", message, reason);
}
