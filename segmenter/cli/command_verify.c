#include "segmenter/cli/command.h"

#include <getopt.h>
#include <stdlib.h>

#include "segmenter/cli/jansson/json_report.h"
#include "segmenter/cli/quantity.h"
#include "segmenter/cli/title_list.h"
#include "store/fs/fs_store.h"
#include "store/verify.h"

#define NAME "verify"

static const char help[] =
    "Usage: segue verify [TITLE...] [--store STORE] [--json]\n"
    "Checks the index of each title and reads and hashes every object that it names;\n"
    "all titles when none is given. Says exactly what is damaged and then exits 1.\n"
    "Cutting a damaged title again from its source mends it.\n"
    "\n"
    "  --store STORE  the store (default: $SEGUE_STORE, else ./segue-store)\n"
    "  --json         print a JSON object\n"
    "  --help         show this text\n"
    "\n"
    "Example: segue verify bunny\n";

struct options {
    const char *store_path;
    bool json;
};

/* Returns EXIT_OK to go on, with the titles at argv[optind]; *is_done after --help. */
static int parse_options(int argc, char **argv, struct options *options, bool *is_done)
{
    static const struct option names[] = {{"store", required_argument, NULL, 's'},
                                          {"json", no_argument, NULL, 'j'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    int option;
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":h", names, NULL)) != -1) {
        switch (option) {
        case 's':
            options->store_path = optarg;
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
    for (int i = optind; i < argc; i++)
        if (!command_check_title(NAME, argv[i]))
            return EXIT_USAGE;
    return EXIT_OK;
}

struct checkup {
    struct store *store;
    bool json;
    bool all; /* of the store's titles, rather than named ones */
    struct verify_report report;
    char **damage; /* kept for the JSON report alone */
    size_t damage_count;
};

/* Text goes out at once: reading a large store takes hours. */
static void take_damage(void *context, const char *text)
{
    struct checkup *checkup = context;
    if (!checkup->json) {
        puts(text);
        fflush(stdout);
        return;
    }
    checkup->damage =
        reallocarray(checkup->damage, checkup->damage_count + 1, sizeof(*checkup->damage));
    if (checkup->damage == NULL ||
        (checkup->damage[checkup->damage_count++] = strdup(text)) == NULL)
        abort();
}

static int verify_each(struct checkup *checkup, char *const *titles, size_t count)
{
    int code = EXIT_OK;
    for (size_t i = 0; i < count; i++) {
        struct fault fault = {0};
        enum status status = verify_title(checkup->store, span_of_string(titles[i]), take_damage,
                                          checkup, &checkup->report, &fault);
        bool has_gone =
            checkup->all && status == STATUS_NOT_FOUND; /* removed since it was listed */
        if (status != STATUS_OK && !has_gone)
            code = command_failed(NAME, &fault, status);
    }
    return code;
}

static void print_summary(const struct verify_report *report)
{
    printf("%llu title%s, %llu object%s, %s read: ", (unsigned long long)report->titles,
           report->titles == 1 ? "" : "s", (unsigned long long)report->objects,
           report->objects == 1 ? "" : "s", quantity_bytes(report->bytes).text);
    if (report->damaged == 0)
        puts("no damage");
    else
        printf("%llu damaged; cutting a title again from its source mends it\n",
               (unsigned long long)report->damaged);
}

static int verify(struct checkup *checkup, char *const *titles, size_t count)
{
    int code = verify_each(checkup, titles, count);
    if (checkup->json)
        json_report_verification(stdout, &checkup->report, checkup->damage, checkup->damage_count);
    else
        print_summary(&checkup->report);
    for (size_t i = 0; i < checkup->damage_count; i++)
        free(checkup->damage[i]);
    free(checkup->damage);
    return checkup->report.damaged > 0 ? EXIT_FAILED : code;
}

static int verify_all(struct checkup *checkup)
{
    struct fault fault = {0};
    struct title_list titles = {0};
    int code;
    enum status status = title_list_read(&titles, checkup->store, &fault);
    checkup->all = true;
    if (status == STATUS_OK)
        code = verify(checkup, titles.names, titles.count);
    else
        code = command_failed(NAME, &fault, status);
    title_list_dispose(&titles);
    return code;
}

static int run(int argc, char **argv)
{
    struct options options = {0};
    struct fault fault = {0};
    struct checkup checkup = {0};
    bool is_done = false;
    int code = parse_options(argc, argv, &options, &is_done);
    if (code != EXIT_OK || is_done)
        return code;
    enum status status =
        fs_store_open(command_store_path(options.store_path), false, &checkup.store, &fault);
    if (status != STATUS_OK)
        return command_failed(NAME, &fault, status);
    checkup.json = options.json;
    code = optind == argc ? verify_all(&checkup)
                          : verify(&checkup, argv + optind, (size_t)(argc - optind));
    checkup.store->ops->close(checkup.store);
    return code;
}

const struct command command_verify = {NAME, "check titles for damage", run};
