#ifndef PACE_H
#define PACE_H

#include <stdint.h>

/*
 * How much a connection is given at once. What is encrypted for a client waits in memory until the
 * client takes it, so a slow one gets little and a quick one, for whom every turn costs processor
 * time, gets more: the window doubles when the last one was taken at once and falls back when it
 * took long. Pure: the times are the caller's.
 */
struct pace {
    uint32_t window_bytes;
    uint32_t max_bytes;
};

#define PACE_MIN_BYTES (64u * 1024u) /* four TLS records */

/* `max_bytes` >= PACE_MIN_BYTES. */
void pace_init(struct pace *pace, uint32_t max_bytes);

/* A whole window was taken `elapsed_ns` after it was given. */
void pace_note(struct pace *pace, uint64_t elapsed_ns);

#endif
