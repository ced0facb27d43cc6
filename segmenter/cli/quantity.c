#include "segmenter/cli/quantity.h"

#include <stdio.h>
#include <time.h>

struct quantity quantity_bytes(uint64_t bytes)
{
    static const char *const units[] = {"bytes", "kB", "MB", "GB", "TB", "PB", "EB"};
    struct quantity quantity;
    uint64_t tenths = 0;
    size_t unit = 0;
    for (; bytes >= 1000; unit++) {
        tenths = bytes % 1000 / 100;
        bytes /= 1000;
    }
    if (unit == 0)
        snprintf(quantity.text, sizeof(quantity.text), "%u bytes", (unsigned)bytes);
    else
        snprintf(quantity.text, sizeof(quantity.text), "%u.%u %s", (unsigned)bytes,
                 (unsigned)tenths, units[unit]);
    return quantity;
}

struct quantity quantity_duration(uint64_t milliseconds)
{
    struct quantity quantity;
    uint64_t seconds = milliseconds / 1000;
    snprintf(quantity.text, sizeof(quantity.text), "%llu:%02u:%02u.%03u",
             (unsigned long long)(seconds / 3600), (unsigned)(seconds / 60 % 60),
             (unsigned)(seconds % 60), (unsigned)(milliseconds % 1000));
    return quantity;
}

struct quantity quantity_time(int64_t unix_s)
{
    struct quantity quantity = {""};
    struct tm parts;
    time_t time = (time_t)unix_s;
    if (gmtime_r(&time, &parts) != NULL)
        strftime(quantity.text, sizeof(quantity.text), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return quantity;
}

uint64_t quantity_ticks_to_ms(uint64_t ticks, uint32_t timescale)
{
    uint64_t seconds = ticks / timescale;
    uint64_t rest_ms = ticks % timescale * 1000 / timescale;
    return seconds > (UINT64_MAX - 999) / 1000 ? UINT64_MAX : seconds * 1000 + rest_ms;
}
