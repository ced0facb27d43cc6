#include "segmenter/cli/command.h"

#include "segmenter/cli/command_line.h"

#define NAME "rm"

static const char help[] =
    "Usage: segue rm TITLE... [OPTION...]\n"
    "Removes titles: from now on they are not served. Their objects stay in the\n"
    "store until 'segue gc' removes those that no other title uses.\n"
    "\n"
    "  --store STORE  the store (default: $SEGUE_STORE, else ./segue-store)\n"
    "  --help         show this text\n"
    "\n"
    "Example: segue rm bunny\n";

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
    const struct command_option options[] = {
        {"store", .text = &store_path},
        {NULL},
    };
    struct command_line line = {
        .name = NAME,
        .help = help,
        .options = options,
        .wanted = "the titles to remove",
        .min_count = 1,
        .max_count = COMMAND_ANY_COUNT,
        .check = command_check_title,
    };
    int code;
    if (!command_line_read(&line, argc, argv, &code))
        return code;
    struct store *store = command_open_store(NAME, store_path);
    if (store == NULL)
        return EXIT_FAILED;
    for (size_t i = 0; i < line.argument_count; i++)
        if (remove_title(store, line.arguments[i]) != EXIT_OK)
            code = EXIT_FAILED;
    store->ops->close(store);
    return code;
}

const struct command command_rm = {NAME, "remove titles", run};
