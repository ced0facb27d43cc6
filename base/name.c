#include "base/name.h"

static bool is_alphanumeric(uint8_t byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
           (byte >= '0' && byte <= '9');
}

bool name_is_valid(struct span name)
{
    if (name.len == 0 || name.len > NAME_MAX_LEN || !is_alphanumeric(name.base[0]))
        return false;
    for (size_t i = 1; i < name.len; i++) {
        uint8_t byte = name.base[i];
        if (!is_alphanumeric(byte) && byte != '.' && byte != '_' && byte != '-')
            return false;
    }
    return true;
}
