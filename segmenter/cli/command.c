#include "segmenter/cli/command.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/name.h"
#include "store/fs/fs_store.h"

const char *command_store_path(const char *option)
{
    const char *path = option != NULL ? option : getenv("SEGUE_STORE");
    return path != NULL && path[0] != '\0' ? path : "./segue-store";
}

char *command_keys_path(const char *option, const char *store_option)
{
    struct byte_buffer path = {0};
    if (option != NULL)
        byte_buffer_printf(&path, "%s", option);
    else
        byte_buffer_printf(&path, "%s/keys.json", command_store_path(store_option));
    byte_buffer_put_u8(&path, '\0');
    return (char *)path.base;
}

struct store *command_open_store(const char *name, const char *store_option)
{
    struct fault fault = {0};
    struct store *store = NULL;
    enum status status = fs_store_open(command_store_path(store_option), false, &store, &fault);
    if (status == STATUS_OK)
        return store;
    command_failed(name, &fault, status);
    return NULL;
}

int command_failed(const char *name, const struct fault *fault, enum status status)
{
    const char *text = fault->text[0] != '\0' ? fault->text : status_name(status);
    fprintf(stderr, "segue %s: %s\n", name, text);
    return EXIT_FAILED;
}

int command_misused(const char *name, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "segue %s: ", name);
    vfprintf(stderr, format, args);
    fprintf(stderr, "\nTry 'segue %s --help'.\n", name);
    va_end(args);
    return EXIT_USAGE;
}

_Static_assert(NAME_MAX_LEN == 128, "COMMAND_TITLE says how many");

bool command_check_title(const char *name, const char *text)
{
    bool is_title = name_is_valid(span_of_string(text));
    if (!is_title)
        command_misused(name, "'%s' is no title: a title is " COMMAND_TITLE, text);
    return is_title;
}

bool command_parse_title(const char *text, void *title)
{
    *(const char **)title = text;
    return name_is_valid(span_of_string(text));
}

static uint64_t unit_seconds(const char *unit)
{
    static const struct {
        const char *name;
        uint64_t seconds;
    } units[] = {{"", 1}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}};
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
        if (strcmp(unit, units[i].name) == 0)
            return units[i].seconds;
    return 0;
}

bool command_parse_duration(const char *text, void *seconds)
{
    static const uint64_t ten_years_s = UINT64_C(3652) * 86400;
    uint64_t number = 0;
    const char *digit = text;
    for (; *digit >= '0' && *digit <= '9'; digit++) {
        number = 10 * number + (uint64_t)(*digit - '0');
        if (number > ten_years_s)
            return false;
    }
    uint64_t unit = unit_seconds(digit);
    if (digit == text || unit == 0 || number * unit > ten_years_s)
        return false;
    *(uint64_t *)seconds = number * unit;
    return true;
}
