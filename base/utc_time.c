#include "base/utc_time.h"

#include <stdbool.h>

#define MS_PER_DAY 86400000
#define LAST_MS 253402300799999 /* of the year 9999 */

#define DAYS_PER_4_YEARS (4 * 365 + 1)
#define DAYS_PER_100_YEARS (25 * DAYS_PER_4_YEARS - 1)
#define DAYS_PER_400_YEARS (4 * DAYS_PER_100_YEARS + 1)

/* From 1 March of the year 0, a leap year's, to 1 January 1970. */
#define DAYS_BEFORE_1970 719468

struct date {
    unsigned year;
    unsigned month; /* from 1 */
    unsigned day;   /* from 1 */
};

static unsigned smaller(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Counts years from March on: then a leap day is the last of its year, its four years, and so on,
 * and five months in a row from March or August have 153 days. */
static struct date date_of(unsigned days_since_1970)
{
    unsigned days = days_since_1970 + DAYS_BEFORE_1970;
    unsigned year = days / DAYS_PER_400_YEARS * 400;
    days %= DAYS_PER_400_YEARS;
    unsigned centuries = smaller(days / DAYS_PER_100_YEARS, 3);
    days -= centuries * DAYS_PER_100_YEARS;
    unsigned fours = days / DAYS_PER_4_YEARS;
    days %= DAYS_PER_4_YEARS;
    unsigned ones = smaller(days / 365, 3);
    days -= ones * 365;
    year += centuries * 100 + fours * 4 + ones;
    unsigned months = (days * 5 + 2) / 153; /* since March */
    unsigned day = days - (months * 153 + 2) / 5 + 1;
    bool is_next_year = months >= 10;
    return (struct date){year + is_next_year, is_next_year ? months - 9 : months + 3, day};
}

static char *put_pair(char *at, unsigned number)
{
    at[0] = (char)('0' + number / 10);
    at[1] = (char)('0' + number % 10);
    return at + 2;
}

static char *put_date(char *at, struct date date)
{
    at = put_pair(at, date.year / 100);
    at = put_pair(at, date.year % 100);
    *at++ = '-';
    at = put_pair(at, date.month);
    *at++ = '-';
    return put_pair(at, date.day);
}

static char *put_time(char *at, unsigned ms)
{
    at = put_pair(at, ms / 3600000);
    *at++ = ':';
    at = put_pair(at, ms / 60000 % 60);
    *at++ = ':';
    at = put_pair(at, ms / 1000 % 60);
    *at++ = '.';
    *at++ = (char)('0' + ms / 100 % 10);
    return put_pair(at, ms % 100);
}

char *utc_time_print(int64_t unix_ms, char *text)
{
    if (unix_ms < 0)
        unix_ms = 0;
    if (unix_ms > LAST_MS)
        unix_ms = LAST_MS;
    char *at = put_date(text, date_of((unsigned)(unix_ms / MS_PER_DAY)));
    *at++ = 'T';
    at = put_time(at, (unsigned)(unix_ms % MS_PER_DAY));
    *at++ = 'Z';
    return at;
}
