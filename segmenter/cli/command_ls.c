#include "segmenter/cli/command.h"

#include <string.h>

#include "segmenter/cli/command_line.h"
#include "segmenter/cli/jansson/json_report.h"
#include "segmenter/cli/quantity.h"
#include "segmenter/cli/title_list.h"
#include "segmenter/cli/title_summary.h"

#define NAME "ls"

static const char help[] =
    "Usage: segue ls [OPTION...]\n"
    "Lists the titles of a store.\n"
    "\n"
    "  --store STORE  the store (default: $SEGUE_STORE, else ./segue-store)\n"
    "  --json         print a JSON array\n"
    "  --help         show this text\n"
    "\n"
    "Example: segue ls --store /srv/video\n";

/* Prints one title after the other, so that a store of a million takes no more memory than their
 * names, and shows at once that it is at work. */
struct listing {
    struct store *store;
    bool json;
    int name_width;
    size_t printed;
};

static int width_of(const struct title_list *titles)
{
    size_t width = 5;
    for (size_t i = 0; i < titles->count; i++)
        if (strlen(titles->names[i]) > width)
            width = strlen(titles->names[i]);
    return (int)width;
}

static void print_row(const struct listing *listing, const struct title_summary *summary)
{
    if (listing->printed == 0)
        printf("%-*s  %5s  %10s  %13s  %s\n", listing->name_width, "TITLE", "FILES", "STORED",
               "DURATION", "PUBLISHED");
    printf("%-*s  %5u  %10s  %13s  %s\n", listing->name_width, summary->title, summary->file_count,
           quantity_bytes(summary->stored_bytes).text, quantity_duration(summary->duration_ms).text,
           quantity_time(summary->published_s).text);
}

static int print_title(struct listing *listing, const char *name)
{
    struct fault fault = {0};
    struct index index;
    struct publication_stamp stamp;
    struct blob *blob;
    struct store *store = listing->store;
    enum status status =
        store->ops->load_index(store, span_of_string(name), &blob, &index, &stamp, &fault);
    if (status == STATUS_NOT_FOUND) /* removed since it was listed */
        return EXIT_OK;
    if (status != STATUS_OK)
        return command_failed(NAME, &fault, status);
    struct title_summary summary = title_summary_of(&index);
    blob_release(blob);
    if (listing->json)
        json_report_title(stdout, &summary, listing->printed == 0);
    else
        print_row(listing, &summary);
    listing->printed++;
    return EXIT_OK;
}

static int list(struct store *store, bool json)
{
    struct fault fault = {0};
    struct title_list titles = {0};
    int code = EXIT_OK;
    enum status status = title_list_read(&titles, store, &fault);
    if (status != STATUS_OK) {
        title_list_dispose(&titles);
        return command_failed(NAME, &fault, status);
    }
    struct listing listing = {.store = store, .json = json, .name_width = width_of(&titles)};
    for (size_t i = 0; i < titles.count; i++) {
        int title_code = print_title(&listing, titles.names[i]);
        if (title_code != EXIT_OK)
            code = title_code;
    }
    if (json)
        json_report_titles_end(stdout, listing.printed == 0);
    if (titles.count == 0)
        fputs("segue ls: no titles yet; 'segue cut' makes one\n", stderr);
    title_list_dispose(&titles);
    return code;
}

static int run(int argc, char **argv)
{
    const char *store_path = NULL;
    bool json = false;
    const struct command_option options[] = {
        {"store", .text = &store_path},
        {"json", .flag = &json},
        {NULL},
    };
    struct command_line line = {.name = NAME, .help = help, .options = options};
    int code;
    if (!command_line_read(&line, argc, argv, &code))
        return code;
    struct store *store = command_open_store(NAME, store_path);
    if (store == NULL)
        return EXIT_FAILED;
    code = list(store, json);
    store->ops->close(store);
    return code;
}

const struct command command_ls = {NAME, "list the titles of a store", run};
