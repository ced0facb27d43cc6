#ifndef SEND_WATCH_H
#define SEND_WATCH_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Whether a client still takes what it asked for. It is late when it has taken nothing for the
 * timeout. A slow reader takes in gulps: its kernel says nothing until there is room for a segment
 * or a sixteenth of its buffer, and on a loopback, where segments have 64 KiB, for up to a quarter
 * of a MiB. So each gulp buys, beside the timeout, the time in which a reader of 1 KiB/s empties it
 * and what it took before, up to the timeout again.
 *
 * Zeroed, it watches nothing; that is also how to stop. Times are clock_monotonic_ns(). Pure.
 */
struct send_watch {
    uint64_t taken_bytes; /* the most so far */
    uint64_t deadline_ns; /* 0: not watching */
};

/* `taken_bytes` is what the client has acknowledged since it came, less what it was only sent for
 * asking to be answered; it may go back a little. The first call starts to watch. */
bool send_watch_is_late(struct send_watch *watch, uint64_t taken_bytes, uint64_t now_ns,
                        uint64_t timeout_ns);

#endif
