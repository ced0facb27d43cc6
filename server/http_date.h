#ifndef HTTP_DATE_H
#define HTTP_DATE_H

#include "base/span.h"

/*
 * Dates as HTTP writes them (RFC 9110, 5.6.7). Times are seconds since 1970-01-01T00:00:00Z; no
 * locale, no time zone and no library of the system's has a say.
 */
#define HTTP_DATE_LEN (sizeof("Tue, 01 Jul 2025 10:00:00 GMT") - 1)

/* The year 9999 ends: no later time has a date. */
#define HTTP_DATE_LAST_S INT64_C(253402300799)

/* Writes the one form that may be sent, IMF-fixdate, without a NUL, of a time from 0 to
 * HTTP_DATE_LAST_S. */
void http_date_print(int64_t unix_s, char text[HTTP_DATE_LEN]);

/* Reads any of the three forms, alone in `text`; false for anything else. A recipient must know all
 * of them. `now_s` decides the century of a year with two digits: at most 50 years ahead. The day's
 * name must be one, but is not held against the date, as others do; a leap second, 23:59:60, is the
 * second after it, as POSIX counts. */
bool http_date_parse(struct span text, int64_t now_s, int64_t *unix_s);

#endif
