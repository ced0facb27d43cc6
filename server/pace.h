#ifndef PACE_H
#define PACE_H

#include <stdint.h>

/*
 * How much a connection is given at once. What is encrypted for a client waits in memory until the
 * client takes it, so a slow one gets little and a quick one, for whom every turn costs processor
 * time, gets more: the window doubles when the last one was taken at once and falls back when it
 * took long. Before it first doubles, and after each fall, more has to be taken at once than a send
 * buffer holds, for that fills as quickly for a client that reads nothing. Pure: the times are the
 * caller's.
 */
struct pace {
    uint32_t window_bytes;
    uint32_t max_bytes;
    uint32_t quick_bytes; /* taken at once since the start or the last slow window */
};

#define PACE_MIN_BYTES (64u * 1024u) /* four TLS records */

/* `max_bytes` >= PACE_MIN_BYTES. */
void pace_init(struct pace *pace, uint32_t max_bytes);

/* A whole window was taken `elapsed_ns` after it was given. */
void pace_note(struct pace *pace, uint64_t elapsed_ns);

#endif
