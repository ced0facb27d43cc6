#ifndef QUANTITY_H
#define QUANTITY_H

#include <stddef.h>
#include <stdint.h>

/* Sizes, durations and times as a person reads them. */
#define QUANTITY_SIZE 32
struct quantity {
    char text[QUANTITY_SIZE];
};

/* "999 bytes", "1.0 kB", "12.3 MB": powers of 1000, cut rather than rounded. */
struct quantity quantity_bytes(uint64_t bytes);

/* "1:02:03.456" from milliseconds. */
struct quantity quantity_duration(uint64_t milliseconds);

/* "2026-01-31T23:59:59Z" from seconds since 1970. */
struct quantity quantity_time(int64_t unix_s);

/* Ticks as milliseconds, cut. `timescale` is above 0. UINT64_MAX when it does not fit. */
uint64_t quantity_ticks_to_ms(uint64_t ticks, uint32_t timescale);

#endif
