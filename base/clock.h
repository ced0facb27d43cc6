#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>

/* Seconds since 1970-01-01T00:00:00Z, as tokens and HTTP dates count them. */
int64_t clock_unix_s(void);

/* Nanoseconds of a clock that never steps back; only differences mean something. */
uint64_t clock_monotonic_ns(void);

#endif
