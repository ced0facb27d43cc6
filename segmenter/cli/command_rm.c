#include "segmenter/cli/command.h"

#include <getopt.h>

#include "store/fs/fs_store.h"

#define NAME "rm"

static const char help[] =
    "Usage: segue rm TITLE... [--store STORE]\n"
    "Removes titles: from now on they are not served. Their objects stay in the store\n"
    "until 'segue gc' removes those that no other title uses.\n"
    "\n"
    "  --store STORE  the store (default: $SEGUE_STORE, else ./segue-store)\n"
    "  --help         show this text\n"
    "\n"
    "Example: segue rm bunny\n";

/* Returns EXIT_OK to go on, with the titles at argv[optind]; *is_done after --help. */
static int parse_options(int argc, char **argv, const char **store_path, bool *is_done)
{
    static const struct option names[] = {{"store", required_argument, NULL, 's'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    int option;
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":h", names, NULL)) != -1) {
        switch (option) {
        case 's':
            *store_path = optarg;
            break;
        case 'h':
            fputs(help, stdout);
            *is_done = true;
            return EXIT_OK;
        default:
            return command_bad_option(NAME, option, argv);
        }
    }
    if (optind == argc)
        return command_misused(NAME, "which title?");
    for (int i = optind; i < argc; i++)
        if (!command_check_title(NAME, argv[i]))
            return EXIT_USAGE;
    return EXIT_OK;
}

static int remove_title(struct store *store, const char *title)
{
    struct fault fault = {0};
    enum status status = store->ops->remove_title(store, span_of_string(title), &fault);
    if (status != STATUS_OK)
        return command_failed(NAME, &fault, status);
    printf("removed %s\n", title);
    return EXIT_OK;
}

static int run(int argc, char **argv)
{
    const char *store_path = NULL;
    struct fault fault = {0};
    struct store *store;
    bool is_done = false;
    int code = parse_options(argc, argv, &store_path, &is_done);
    if (code != EXIT_OK || is_done)
        return code;
    enum status status = fs_store_open(command_store_path(store_path), false, &store, &fault);
    if (status != STATUS_OK)
        return command_failed(NAME, &fault, status);
    for (int i = optind; i < argc; i++)
        if (remove_title(store, argv[i]) != EXIT_OK)
            code = EXIT_FAILED;
    store->ops->close(store);
    return code;
}

const struct command command_rm = {NAME, "remove titles", run};
