#ifndef COMMAND_H
#define COMMAND_H

#include <stdbool.h>
#include <stdio.h>

#include "base/fault.h"
#include "store/store.h"

/*
 * What the subcommands of `segue` share. A command gets argv with its own name first, reads it with
 * command_line_read, writes results to standard output and everything else to standard error, and
 * returns the exit code.
 */
enum exit_code {
    EXIT_OK = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,
};

struct command {
    const char *name;    /* "cut"; `key` itself finds "new" and "ls" */
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

/* --keys' value if given, else keys.json in the store that --store, if given, names; returned
 * owned, to be freed. */
char *command_keys_path(const char *option, const char *store_option);

/* Opens the store there is, to be closed. NULL: it cannot be opened, and the reason was told. */
struct store *command_open_store(const char *name, const char *store_option);

/* Prints "segue COMMAND: <the fault's text>" to standard error, and returns EXIT_FAILED. */
int command_failed(const char *name, const struct fault *fault, enum status status);

/* Prints "segue COMMAND: <message>" and "Try 'segue COMMAND --help'." to standard error, and
 * returns EXIT_USAGE. */
int command_misused(const char *name, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Whether `text` is a valid title; otherwise says what is, as command_misused does. */
bool command_check_title(const char *name, const char *text);

/* What an option takes: see struct command_option. */
#define COMMAND_TITLE "1 to 128 of A-Z a-z 0-9 . _ - that begin with a letter or a digit"
#define COMMAND_DURATION "a time such as 90s, 15m, 6h or 7d"

/* Sets *(const char **)title; false unless it is a valid title. */
bool command_parse_title(const char *text, void *title);

/* Reads "90", "90s", "15m", "6h" or "7d" into *(uint64_t *)seconds; false for anything else or over
 * 10 years. */
bool command_parse_duration(const char *text, void *seconds);

#endif
