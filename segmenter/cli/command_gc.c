#include "segmenter/cli/command.h"

#include "segmenter/cli/command_line.h"
#include "segmenter/cli/jansson/json_report.h"
#include "segmenter/cli/quantity.h"
#include "store/fs/fs_store.h"

#define NAME "gc"

/* Long enough for whoever plays a title that was just replaced to reach its end, mostly. */
#define DEFAULT_GRACE_S 3600

static const char help[] =
    "Usage: segue gc [OPTION...]\n"
    "Removes the objects that no title uses, and what killed cuts left behind. It\n"
    "may run beside cuts and servers.\n"
    "\n"
    "  --grace TIME   leave alone what was written, or last belonged to a title,\n"
    "                 less than this long ago: 90s, 15m, 6h, 7d (default: 1h)\n"
    "  --dry-run      remove nothing; say what would be removed\n"
    "  --store STORE  the store (default: $SEGUE_STORE, else ./segue-store)\n"
    "  --json         print a JSON object\n"
    "  --help         show this text\n"
    "\n"
    "Example: segue gc --grace 6h --dry-run\n";

static void print_report(const struct fs_gc_report *report, bool dry_run)
{
    printf("%s %llu object%s", dry_run ? "would remove" : "removed",
           (unsigned long long)report->objects_removed, report->objects_removed == 1 ? "" : "s");
    if (report->stagings_removed > 0)
        printf(" and what %llu killed cut%s left", (unsigned long long)report->stagings_removed,
               report->stagings_removed == 1 ? "" : "s");
    printf(", %s; kept %llu object%s\n", quantity_bytes(report->bytes_removed).text,
           (unsigned long long)report->objects_kept, report->objects_kept == 1 ? "" : "s");
}

static int collect(struct store *store, const struct fs_gc_options *options, bool json)
{
    struct fault fault = {0};
    struct fs_gc_report report;
    enum status status = fs_store_gc(store, options, &report, &fault);
    if (status != STATUS_OK)
        return command_failed(NAME, &fault, status);
    if (json)
        json_report_collection(stdout, &report, options->dry_run);
    else
        print_report(&report, options->dry_run);
    return EXIT_OK;
}

static int run(int argc, char **argv)
{
    const char *store_path = NULL;
    bool json = false;
    struct fs_gc_options gc = {.grace_s = DEFAULT_GRACE_S};
    const struct command_option options[] = {
        {"store", .text = &store_path},
        {"grace", .parse = command_parse_duration, .target = &gc.grace_s,
         .expected = COMMAND_DURATION},
        {"dry-run", .flag = &gc.dry_run},
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
    code = collect(store, &gc, json);
    store->ops->close(store);
    return code;
}

const struct command command_gc = {NAME, "remove what no title uses", run};
