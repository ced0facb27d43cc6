#include "segmenter/cli/command.h"

#include <stdlib.h>

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

/* Fills `summaries`, which has room for every title, and returns how many could be read. */
static size_t summarize(struct store *store, const struct title_list *titles,
                        struct title_summary *summaries, int *code)
{
    size_t count = 0;
    for (size_t i = 0; i < titles->count; i++) {
        struct fault fault = {0};
        struct index index;
        struct publication_stamp stamp;
        struct blob *blob;
        enum status status = store->ops->load_index(store, span_of_string(titles->names[i]), &blob,
                                                    &index, &stamp, &fault);
        if (status == STATUS_OK) {
            summaries[count++] = title_summary_of(&index);
            blob_release(blob);
        } else if (status != STATUS_NOT_FOUND) { /* else removed since it was listed */
            *code = command_failed(NAME, &fault, status);
        }
    }
    return count;
}

static void print_table(const struct title_summary *summaries, size_t count)
{
    int width = 5;
    for (size_t i = 0; i < count; i++)
        if ((int)strlen(summaries[i].title) > width)
            width = (int)strlen(summaries[i].title);
    if (count > 0)
        printf("%-*s  %5s  %10s  %13s  %s\n", width, "TITLE", "FILES", "STORED", "DURATION",
               "PUBLISHED");
    for (size_t i = 0; i < count; i++)
        printf("%-*s  %5u  %10s  %13s  %s\n", width, summaries[i].title, summaries[i].file_count,
               quantity_bytes(summaries[i].stored_bytes).text,
               quantity_duration(summaries[i].duration_ms).text,
               quantity_time(summaries[i].published_s).text);
}

static int list(struct store *store, bool json)
{
    struct fault fault = {0};
    struct title_list titles = {0};
    struct title_summary *summaries = NULL;
    int code = EXIT_OK;
    enum status status = title_list_read(&titles, store, &fault);
    if (status != STATUS_OK) {
        code = command_failed(NAME, &fault, status);
        goto done;
    }
    summaries = calloc(titles.count + 1, sizeof(*summaries));
    if (summaries == NULL)
        abort();
    size_t count = summarize(store, &titles, summaries, &code);
    if (json)
        json_report_titles(stdout, summaries, count);
    else
        print_table(summaries, count);
    if (titles.count == 0)
        fputs("segue ls: no titles yet; 'segue cut' makes one\n", stderr);
done:
    free(summaries);
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
