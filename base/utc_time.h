#ifndef UTC_TIME_H
#define UTC_TIME_H

#include <stdint.h>

/*
 * A point in time as RFC 3339 prints it, in UTC and to the millisecond: 2025-07-01T10:00:00.007Z.
 * By arithmetic alone, for the places where gmtime and strftime would cost more than the rest of
 * the line.
 */
#define UTC_TIME_LEN 24

/* Writes the text, without a NUL, into `text`, which has room for UTC_TIME_LEN. `unix_ms` is in
 * milliseconds since 1970; what lies before 1970 or after 9999 prints as the nearest end. Returns
 * the end of the text. Pure. */
char *utc_time_print(int64_t unix_ms, char *text);

#endif
