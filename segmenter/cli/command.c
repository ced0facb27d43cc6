#include "segmenter/cli/command.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/name.h"

const char *command_store_path(const char *option)
{
    const char *path = option != NULL ? option : getenv("SEGUE_STORE");
    return path != NULL && path[0] != '\0' ? path : "./segue-store";
}

char *command_keys_path(const char *option, const char *store_path)
{
    static const char name[] = "/keys.json";
    if (option == NULL)
        option = "";
    size_t len = option[0] != '\0' ? strlen(option) : strlen(store_path) + strlen(name);
    char *path = malloc(len + 1);
    if (path == NULL)
        abort();
    if (option[0] != '\0')
        snprintf(path, len + 1, "%s", option);
    else
        snprintf(path, len + 1, "%s%s", store_path, name);
    return path;
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

int command_bad_option(const char *name, int result, char **argv)
{
    /* A short option may stand anywhere in its word; getopt_long names it, and 0 for a long one. */
    if (optopt > 0x20 && optopt < 0x7f && strncmp(argv[optind - 1], "--", 2) != 0)
        return command_misused(name, "option -%c %s", optopt,
                               result == ':' ? "needs a value" : "is unknown");
    return command_misused(name, "option %s %s", argv[optind - 1],
                           result == ':' ? "needs a value" : "is unknown");
}

bool command_check_title(const char *name, const char *text)
{
    if (name_is_valid(span_of_string(text)))
        return true;
    command_misused(name,
                    "'%s' is no title: a title has 1 to %d of A-Z a-z 0-9 . _ - and begins with a "
                    "letter or a digit",
                    text, NAME_MAX_LEN);
    return false;
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

bool command_parse_duration(const char *text, uint64_t *seconds)
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
    *seconds = number * unit;
    return true;
}
