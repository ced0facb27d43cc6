#include "server/send_watch.h"

#define SLOWEST_BYTES_PER_S 1024
#define NS_PER_S UINT64_C(1000000000)

/* How long a reader of the slowest rate is busy with a gulp. */
static uint64_t busy_ns(uint64_t bytes, uint64_t max_ns)
{
    uint64_t seconds = bytes / SLOWEST_BYTES_PER_S;
    return seconds < max_ns / NS_PER_S ? seconds * NS_PER_S : max_ns;
}

bool send_watch_is_late(struct send_watch *watch, uint64_t taken_bytes, uint64_t now_ns,
                        uint64_t timeout_ns)
{
    bool is_watching = watch->deadline_ns != 0;
    if (is_watching && taken_bytes <= watch->taken_bytes)
        return now_ns >= watch->deadline_ns;
    uint64_t gulp_bytes = is_watching ? taken_bytes - watch->taken_bytes : 0;
    uint64_t idle_until_ns = now_ns + timeout_ns;
    /* Whoever is busy with a gulp has it before the next one: a byte more must not cost time. */
    uint64_t from_ns = watch->deadline_ns > idle_until_ns ? watch->deadline_ns : idle_until_ns;
    uint64_t until_ns = from_ns + busy_ns(gulp_bytes, timeout_ns);
    uint64_t latest_ns = idle_until_ns + timeout_ns;
    watch->taken_bytes = taken_bytes;
    watch->deadline_ns = until_ns < latest_ns ? until_ns : latest_ns;
    return false;
}
