#include "base/status.h"

#include <errno.h>

const char *status_name(enum status status)
{
    switch (status) {
    case STATUS_OK:
        return "ok";
    case STATUS_INVALID:
        return "invalid";
    case STATUS_UNSUPPORTED:
        return "unsupported";
    case STATUS_NOT_FOUND:
        return "not found";
    case STATUS_REFUSED:
        return "refused";
    case STATUS_DAMAGED:
        return "damaged";
    case STATUS_LIMIT:
        return "over a limit";
    case STATUS_BUSY:
        return "busy";
    case STATUS_NO_SPACE:
        return "no space";
    case STATUS_IO:
        return "input/output error";
    case STATUS_CANCELLED:
        return "cancelled";
    }
    return "unknown status";
}

enum status status_from_errno(int error)
{
    switch (error) {
    case 0:
        return STATUS_OK;
    case ENOENT:
    case ENOTDIR:
        return STATUS_NOT_FOUND;
    case ENOSPC:
    case EDQUOT:
        return STATUS_NO_SPACE;
    case EACCES:
    case EPERM:
    case EROFS:
        return STATUS_REFUSED;
    case EAGAIN:
        return STATUS_BUSY;
    default:
        return STATUS_IO;
    }
}
