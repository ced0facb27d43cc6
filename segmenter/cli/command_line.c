#include "segmenter/cli/command_line.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "segmenter/cli/command.h"

struct reader {
    struct command_line *line;
    char **next;    /* the first word that is not read yet; ends with NULL, as argv does */
    uint32_t given; /* one bit for each option */
};

static const struct command_option *find(const struct command_line *line, const char *name,
                                         size_t len)
{
    for (const struct command_option *option = line->options; option->name != NULL; option++)
        if (strlen(option->name) == len && memcmp(option->name, name, len) == 0)
            return option;
    return NULL;
}

static bool is_given_again(struct reader *reader, const struct command_option *option)
{
    size_t number = (size_t)(option - reader->line->options);
    assert(number < COMMAND_MAX_OPTIONS);
    uint32_t bit = UINT32_C(1) << number;
    bool is_again = (reader->given & bit) != 0;
    reader->given |= bit;
    return is_again;
}

static int take_value(const struct command_line *line, const struct command_option *option,
                      const char *value)
{
    if (value == NULL || value[0] == '\0')
        return command_misused(line->name, "--%s needs a value", option->name);
    if (option->text != NULL)
        *option->text = value;
    else if (!option->parse(value, option->target))
        return command_misused(line->name, "--%s takes %s, not '%s'", option->name,
                               option->expected, value);
    return EXIT_OK;
}

/* `word` begins with a dash and is more than that. */
static int read_option(struct reader *reader, const char *word)
{
    const struct command_line *line = reader->line;
    const char *name = word + 2;
    bool is_long = strncmp(word, "--", 2) == 0;
    size_t len = is_long ? strcspn(name, "=") : 0;
    const struct command_option *option = find(line, name, len);
    if (option == NULL)
        return command_misused(line->name, "there is no option %.*s", (int)strcspn(word, "="),
                               word);
    if (is_given_again(reader, option))
        return command_misused(line->name, "--%s is given twice", option->name);
    if (option->flag == NULL && name[len] == '=')
        return take_value(line, option, name + len + 1);
    if (option->flag == NULL)
        return take_value(line, option, *reader->next != NULL ? *reader->next++ : NULL);
    if (name[len] == '=')
        return command_misused(line->name, "--%s takes no value", option->name);
    *option->flag = true;
    return EXIT_OK;
}

static int check_arguments(const struct command_line *line)
{
    size_t max = line->max_count;
    if (line->argument_count < line->min_count)
        return command_misused(line->name, "name %s", line->wanted);
    if (line->argument_count > max)
        return command_misused(line->name,
                               max == 0 ? "it takes no argument, but got '%s'"
                                        : "it takes one argument, but got '%s' too",
                               line->arguments[max]);
    for (size_t i = 0; i < line->argument_count; i++) {
        if (line->arguments[i][0] == '\0')
            return command_misused(line->name, "an argument is empty: name %s", line->wanted);
        if (line->check != NULL && !line->check(line->name, line->arguments[i]))
            return EXIT_USAGE;
    }
    return EXIT_OK;
}

static bool is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

bool command_line_read(struct command_line *line, int argc, char **argv, int *exit_code)
{
    struct reader reader = {.line = line, .next = argv + (argc > 0 ? 1 : 0)};
    bool has_options = true;
    line->arguments = reader.next; /* never ahead of what is read */
    line->argument_count = 0;
    *exit_code = EXIT_OK;
    while (*exit_code == EXIT_OK && *reader.next != NULL) {
        char *word = *reader.next++;
        if (!has_options || word[0] != '-' || word[1] == '\0') {
            line->arguments[line->argument_count++] = word;
        } else if (strcmp(word, "--") == 0) {
            has_options = false;
        } else if (is_help(word)) {
            fputs(line->help, stdout);
            return false;
        } else {
            *exit_code = read_option(&reader, word);
        }
    }
    if (*exit_code == EXIT_OK)
        *exit_code = check_arguments(line);
    return *exit_code == EXIT_OK;
}
