#include "server/descriptors.h"

#include <stdint.h>
#include <sys/resource.h>

#define RESERVED 256

/* A two-hour film is some 3,600 objects of four seconds; more than this would also come near the
 * 65,000 mappings that a process may have. */
#define MAX_OBJECTS 8192
#define MIN_OBJECTS 16
#define MIN_CONNECTIONS 64

size_t descriptors_raise_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 0;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        (void)getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur < SIZE_MAX / 2 ? (size_t)limit.rlim_cur : SIZE_MAX / 2;
}

struct descriptor_shares descriptors_share(size_t limit)
{
    size_t left = limit > RESERVED ? limit - RESERVED : 0;
    size_t objects = left / 4;
    if (objects > MAX_OBJECTS)
        objects = MAX_OBJECTS;
    size_t connections = left - objects;
    return (struct descriptor_shares){
        .connections = connections > MIN_CONNECTIONS ? connections : MIN_CONNECTIONS,
        .objects = objects > MIN_OBJECTS ? objects : MIN_OBJECTS,
    };
}
