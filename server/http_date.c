#include "server/http_date.h"

#include <assert.h>

#define DAY_S 86400
#define DAYS_OF_400_YEARS 146097
#define DAYS_BEFORE_1970 719528 /* from the first day of the year 0 of the Gregorian calendar */

/* The three forms; the words after % are strptime's. */
static const char *const forms[] = {
    "%a, %d %b %Y %H:%M:%S GMT", /* IMF-fixdate */
    "%A, %d-%b-%y %H:%M:%S GMT", /* RFC 850 */
    "%a %b %e %H:%M:%S %Y",      /* asctime() */
};

static const char *const long_days[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                        "Thursday", "Friday", "Saturday"};
static const char days[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
static const int days_before_month[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};

struct date {
    int year;
    int month; /* 0 to 11 */
    int day;   /* 1 to 31 */
    int hour;
    int minute;
    int second;
    bool is_short_year; /* `year` has two digits */
};

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Days from the start of the year 0; `year` is not negative. */
static int64_t days_before_year(int64_t year)
{
    return 365 * year + (year + 3) / 4 - (year + 99) / 100 + (year + 399) / 400;
}

/* Of the first day of the month that comes after `month` months of the year. */
static int day_of_year(int year, int month)
{
    return days_before_month[month] + (month > 1 && is_leap(year));
}

static int year_of(int64_t day)
{
    /* By the mean length of a year: never too late, and early by one at most. */
    int year = day > 0 ? (int)((day - 1) * 400 / DAYS_OF_400_YEARS) : 0;
    while (days_before_year(year + 1) <= day)
        year++;
    return year;
}

static int64_t unix_of(const struct date *date)
{
    int64_t day = days_before_year(date->year) - DAYS_BEFORE_1970 +
                  day_of_year(date->year, date->month) + date->day - 1;
    return day * DAY_S + date->hour * 3600 + date->minute * 60 + date->second;
}

static char *put_name(char *at, const char *name)
{
    memcpy(at, name, 3);
    return at + 3;
}

static char *put_number(char *at, int number, int digits, char after)
{
    for (int i = digits; i-- > 0; number /= 10)
        at[i] = (char)('0' + number % 10);
    at[digits] = after;
    return at + digits + 1;
}

void http_date_print(int64_t unix_s, char text[HTTP_DATE_LEN])
{
    assert(unix_s >= 0 && unix_s <= HTTP_DATE_LAST_S);
    int64_t day = unix_s / DAY_S;
    int second = (int)(unix_s % DAY_S);
    int year = year_of(day + DAYS_BEFORE_1970);
    int rest = (int)(day + DAYS_BEFORE_1970 - days_before_year(year));
    int month = rest / 32; /* no month is longer */
    while (day_of_year(year, month + 1) <= rest)
        month++;
    char *at = put_name(text, days[(day + 4) % 7]); /* 1970 began on a Thursday */
    *at++ = ',';
    *at++ = ' ';
    at = put_number(at, rest - day_of_year(year, month) + 1, 2, ' ');
    at = put_name(at, months[month]);
    *at++ = ' ';
    at = put_number(at, year, 4, ' ');
    at = put_number(at, second / 3600, 2, ':');
    at = put_number(at, second / 60 % 60, 2, ':');
    at = put_number(at, second % 60, 2, ' ');
    put_name(at, "GMT");
}

static bool take(struct span *text, const char *word)
{
    size_t len = strlen(word);
    if (text->len < len || memcmp(text->base, word, len) != 0)
        return false;
    *text = span_slice(*text, len, text->len - len);
    return true;
}

static bool take_digits(struct span *text, size_t count, int *number)
{
    *number = 0;
    if (text->len < count)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (text->base[i] < '0' || text->base[i] > '9')
            return false;
        *number = *number * 10 + (text->base[i] - '0');
    }
    *text = span_slice(*text, count, text->len - count);
    return true;
}

static bool take_month(struct span *text, int *month)
{
    for (*month = 0; *month < 12; (*month)++)
        if (take(text, months[*month]))
            return true;
    return false;
}

static bool take_day_name(struct span *text, bool is_long)
{
    for (int i = 0; i < 7; i++)
        if (take(text, is_long ? long_days[i] : days[i]))
            return true;
    return false;
}

static bool take_field(struct span *text, char field, struct date *date)
{
    switch (field) {
    case 'a':
    case 'A':
        return take_day_name(text, field == 'A');
    case 'b':
        return take_month(text, &date->month);
    case 'd':
        return take_digits(text, 2, &date->day);
    case 'e':
        return take_digits(text, take(text, " ") ? 1 : 2, &date->day);
    case 'Y':
        return take_digits(text, 4, &date->year);
    case 'y':
        date->is_short_year = true;
        return take_digits(text, 2, &date->year);
    case 'H':
        return take_digits(text, 2, &date->hour);
    case 'M':
        return take_digits(text, 2, &date->minute);
    default:
        return take_digits(text, 2, &date->second);
    }
}

static bool read_form(struct span text, const char *form, struct date *date)
{
    *date = (struct date){0};
    for (; *form != '\0'; form++) {
        const char literal[] = {*form, '\0'};
        if (*form == '%' ? !take_field(&text, *++form, date) : !take(&text, literal))
            return false;
    }
    return text.len == 0;
}

/* RFC 9110 5.6.7: what appears to be more than 50 years ahead was the last such year. */
static void complete_year(struct date *date, int64_t now_s)
{
    int64_t today = (now_s > 0 ? now_s / DAY_S : 0) + DAYS_BEFORE_1970;
    int this_year = year_of(today);
    int64_t limit_s =
        now_s + (days_before_year(this_year + 50) - days_before_year(this_year)) * DAY_S;
    date->year += this_year - this_year % 100;
    if (date->year < this_year)
        date->year += 100;
    if (unix_of(date) > limit_s)
        date->year -= 100;
}

static bool is_date(const struct date *date)
{
    int days_of_month =
        day_of_year(date->year, date->month + 1) - day_of_year(date->year, date->month);
    bool is_leap_second = date->second == 60 && date->minute == 59 && date->hour == 23;
    return date->day >= 1 && date->day <= days_of_month && date->hour < 24 && date->minute < 60 &&
           (date->second < 60 || is_leap_second);
}

bool http_date_parse(struct span text, int64_t now_s, int64_t *unix_s)
{
    struct date date;
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        if (!read_form(text, forms[i], &date))
            continue;
        if (date.is_short_year)
            complete_year(&date, now_s);
        *unix_s = unix_of(&date);
        return is_date(&date);
    }
    return false;
}
