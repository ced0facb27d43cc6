/*
 * `segue`: everything that is done offline. This file finds the subcommand and runs it; each one
 * lives in a file of its own, command_NAME.c.
 */
#include "segmenter/cli/command.h"

#include <string.h>

#include "base/standard_streams.h"

static const struct command *const commands[] = {
    &command_cut, &command_ls,  &command_inspect, &command_verify, &command_rm,
    &command_gc,  &command_key, &command_token,   &command_url,    NULL,
};

static void print_help(FILE *out)
{
    fputs("Usage: segue COMMAND [OPTION...] [ARGUMENT...]\n"
          "Cuts video into hidden segments, and looks after the store that holds them.\n"
          "\n"
          "Commands:\n",
          out);
    for (size_t i = 0; commands[i] != NULL; i++)
        fprintf(out, "  %-9s %s\n", commands[i]->name, commands[i]->summary);
    fputs("\n"
          "  --help     show this text; 'segue COMMAND --help' tells about one command\n"
          "  --version  show the version\n"
          "\n"
          "Every command works on the store that --store names, else $SEGUE_STORE, else\n"
          "./segue-store. Results go to standard output, everything else to standard\n"
          "error. Exit status: 0 done, 1 it failed, 2 called wrongly.\n",
          out);
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; commands[i] != NULL; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

static int run(int argc, char **argv)
{
    if (argc < 2) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_help(stdout);
        return EXIT_OK;
    }
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
        puts("segue " SEGUE_VERSION);
        return EXIT_OK;
    }
    const struct command *command = find_command(argv[1]);
    if (command == NULL && argv[1][0] == '-') {
        fprintf(stderr, "segue: name a command before '%s'\nTry 'segue --help'.\n", argv[1]);
        return EXIT_USAGE;
    }
    if (command == NULL) {
        fprintf(stderr, "segue: there is no command '%s'\nTry 'segue --help'.\n", argv[1]);
        return EXIT_USAGE;
    }
    return command->run(argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
    standard_streams_hold();
    int code = run(argc, argv);
    /* Results that did not arrive are a failure: `segue ls --json > /full/disk`. */
    if (fflush(stdout) != 0 || ferror(stdout)) {
        perror("segue: standard output");
        return code == EXIT_OK ? EXIT_FAILED : code;
    }
    return code;
}
