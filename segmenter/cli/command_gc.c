#include "segmenter/cli/command.h"

#include <getopt.h>

#include "segmenter/cli/jansson/json_report.h"
#include "segmenter/cli/quantity.h"
#include "store/fs/fs_store.h"

#define NAME "gc"

/* Long enough for whoever plays a title that was just replaced to reach its end, mostly. */
#define DEFAULT_GRACE_S 3600

static const char help[] =
    "Usage: segue gc [--grace TIME] [--dry-run] [--store STORE] [--json]\n"
    "Removes the objects that no title uses, and what killed cuts left behind. It may\n"
    "run beside cuts and servers.\n"
    "\n"
    "  --grace TIME   leave alone what was written, or last belonged to a title, less\n"
    "                 than this long ago: 90s, 15m, 6h, 7d (default: 1h)\n"
    "  --dry-run      remove nothing; say what would be removed\n"
    "  --store STORE  the store (default: $SEGUE_STORE, else ./segue-store)\n"
    "  --json         print a JSON object\n"
    "  --help         show this text\n"
    "\n"
    "Example: segue gc --grace 6h --dry-run\n";

struct options {
    const char *store_path;
    struct fs_gc_options gc;
    bool json;
};

static int take_grace(struct options *options, const char *text)
{
    if (command_parse_duration(text, &options->gc.grace_s))
        return EXIT_OK;
    return command_misused(NAME, "'%s' is no time: write it like 90s, 15m, 6h or 7d", text);
}

/* Returns EXIT_OK to go on; *is_done after --help. */
static int parse_options(int argc, char **argv, struct options *options, bool *is_done)
{
    static const struct option names[] = {
        {"store", required_argument, NULL, 's'}, {"grace", required_argument, NULL, 'g'},
        {"dry-run", no_argument, NULL, 'n'},     {"json", no_argument, NULL, 'j'},
        {"help", no_argument, NULL, 'h'},        {NULL, 0, NULL, 0}};
    int code = EXIT_OK;
    int option;
    opterr = 0;
    while (code == EXIT_OK && (option = getopt_long(argc, argv, ":h", names, NULL)) != -1) {
        switch (option) {
        case 's':
            options->store_path = optarg;
            break;
        case 'g':
            code = take_grace(options, optarg);
            break;
        case 'n':
            options->gc.dry_run = true;
            break;
        case 'j':
            options->json = true;
            break;
        case 'h':
            fputs(help, stdout);
            *is_done = true;
            return EXIT_OK;
        default:
            return command_bad_option(NAME, option, argv);
        }
    }
    if (code == EXIT_OK && optind < argc)
        return command_misused(NAME, "it takes no argument, but got '%s'", argv[optind]);
    return code;
}

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

static int collect(struct store *store, const struct options *options)
{
    struct fault fault = {0};
    struct fs_gc_report report;
    enum status status = fs_store_gc(store, &options->gc, &report, &fault);
    if (status != STATUS_OK)
        return command_failed(NAME, &fault, status);
    if (options->json)
        json_report_collection(stdout, &report, options->gc.dry_run);
    else
        print_report(&report, options->gc.dry_run);
    return EXIT_OK;
}

static int run(int argc, char **argv)
{
    struct options options = {.gc.grace_s = DEFAULT_GRACE_S};
    struct fault fault = {0};
    struct store *store;
    bool is_done = false;
    int code = parse_options(argc, argv, &options, &is_done);
    if (code != EXIT_OK || is_done)
        return code;
    enum status status =
        fs_store_open(command_store_path(options.store_path), false, &store, &fault);
    if (status != STATUS_OK)
        return command_failed(NAME, &fault, status);
    code = collect(store, &options);
    store->ops->close(store);
    return code;
}

const struct command command_gc = {NAME, "remove what no title uses", run};
