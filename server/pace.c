#include "server/pace.h"

#include <assert.h>

/* 64 KiB in 50 ms are 10 Mbit/s: whoever is quicker can have more. A quarter of a second for a
 * window is a client that reads as it plays. */
#define QUICK_NS 50000000u
#define SLOW_NS 250000000u

/* The most that Linux keeps for one client: its kernel takes at once what the client does not. */
#define SEND_BUFFER_BYTES (4u * 1024u * 1024u)

void pace_init(struct pace *pace, uint32_t max_bytes)
{
    assert(max_bytes >= PACE_MIN_BYTES);
    *pace = (struct pace){.window_bytes = PACE_MIN_BYTES, .max_bytes = max_bytes};
}

void pace_note(struct pace *pace, uint64_t elapsed_ns)
{
    if (elapsed_ns > SLOW_NS) {
        pace->window_bytes = PACE_MIN_BYTES;
        pace->quick_bytes = 0;
    } else if (elapsed_ns >= QUICK_NS) {
        return;
    } else if (pace->quick_bytes < SEND_BUFFER_BYTES) {
        pace->quick_bytes += pace->window_bytes;
    } else {
        pace->window_bytes =
            pace->window_bytes < pace->max_bytes / 2 ? 2 * pace->window_bytes : pace->max_bytes;
    }
}
