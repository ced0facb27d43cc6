#ifndef COMMAND_LINE_H
#define COMMAND_LINE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * How a command reads its command line: it states what it takes, and one function reads, answers
 * --help and tells what is wrong.
 *
 * Options are long ones, written --name VALUE or --name=VALUE, anywhere among the arguments; after
 * "--" everything is an argument. A name is written out: what could be shortened today would mean
 * two things once there is another option. An option is given once. No value and no argument is
 * empty: an unset variable in a script must not become a default.
 */

/* One option, with one of three targets; all must outlive the reading. */
struct command_option {
    const char *name; /* without the dashes; NULL ends the table */

    bool *flag; /* takes no value: becomes true */

    const char **text; /* takes any value, which is borrowed from argv */

    /* Takes a value that `parse` reads into `target`; false: it is not what is expected. */
    bool (*parse)(const char *value, void *target);
    void *target;
    const char *expected; /* the end of "--alg takes ", with `parse` */
};

#define COMMAND_MAX_OPTIONS 32
#define COMMAND_ANY_COUNT ((size_t)-1)

struct command_line {
    const char *name; /* of the command: "cut", "key new" */
    const char *help; /* what --help prints */
    const struct command_option *options;

    /* Arguments. The end of "name ", said when there are too few: "the file to cut". Only without
     * any argument may it be NULL. */
    const char *wanted;
    size_t min_count;
    size_t max_count;
    /* Whether `text` will do as an argument; says so if not. NULL: any will. */
    bool (*check)(const char *name, const char *text);

    /* What was read: borrowed from argv, which is put in order for it. */
    char **arguments;
    size_t argument_count;
};

/* Reads argv, whose first word is the command's name. True to go on; otherwise everything has been
 * said, and *exit_code is what the command returns. */
bool command_line_read(struct command_line *line, int argc, char **argv, int *exit_code);

#endif
