#ifndef COMMAND_H
#define COMMAND_H

#include <stdbool.h>
#include <stdio.h>

#include "base/fault.h"
#include "store/store.h"

/*
 * What the subcommands of `segue` share. A command gets argv with its own name first, parses its
 * options with getopt_long, writes results to standard output and everything else to standard
 * error, and returns the exit code.
 */
enum exit_code {
    EXIT_OK = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,
};

struct command {
    const char *name;    /* "cut"; of two words "key new" is dispatched by `key` itself */
    const char *summary; /* one line for `segue --help` */
    int (*run)(int argc, char **argv);
};

extern const struct command command_cut;
extern const struct command command_ls;
extern const struct command command_inspect;
extern const struct command command_verify;
extern const struct command command_rm;
extern const struct command command_gc;
extern const struct command command_key;
extern const struct command command_token;
extern const struct command command_url;

/* --store's value if given, else $SEGUE_STORE, else ./segue-store. */
const char *command_store_path(const char *option);

/* --keys' value if given, else keys.json in the store; returned owned, to be freed. */
char *command_keys_path(const char *option, const char *store_path);

/* Prints "segue COMMAND: <the fault's text>" to standard error, and returns EXIT_FAILED. */
int command_failed(const char *name, const struct fault *fault, enum status status);

/* Prints "segue COMMAND: <message>" and "Try 'segue COMMAND --help'." to standard error, and
 * returns EXIT_USAGE. */
int command_misused(const char *name, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same for an option that getopt_long did not take: `result` is '?' or, with an optstring that
 * begins with ':', ':' for one that lacks its argument. Set opterr to 0 before. */
int command_bad_option(const char *name, int result, char **argv);

/* Whether `text` is a valid title; otherwise says what is, as command_misused does. */
bool command_check_title(const char *name, const char *text);

/* Reads "90", "90s", "15m", "6h" or "7d" as seconds; false for anything else or over 10 years. */
bool command_parse_duration(const char *text, uint64_t *seconds);

#endif
