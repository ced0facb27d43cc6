#include "segmenter/cli/command.h"

#include <stdlib.h>

#include "segmenter/cli/command_line.h"
#include "segmenter/cli/jansson/json_report.h"
#include "segmenter/cli/quantity.h"
#include "segmenter/cli/title_list.h"
#include "store/verify.h"

#define NAME "verify"

static const char help[] =
    "Usage: segue verify [TITLE...] [OPTION...]\n"
    "Checks the index of each title, and reads and hashes every object that it\n"
    "names; all titles when none is named, and then also whether anything lies\n"
    "among them that is none. Prints exactly what is damaged, and then exits 1.\n"
    "Cutting a damaged title again from its source mends it.\n"
    "\n"
    "  --store STORE  the store (default: $SEGUE_STORE, else ./segue-store)\n"
    "  --json         print a JSON object\n"
    "  --help         show this text\n"
    "\n"
    "Example: segue verify bunny\n";

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

static int look_for_strays(struct checkup *checkup)
{
    struct fault fault = {0};
    enum status status =
        verify_strays(checkup->store, take_damage, checkup, &checkup->report, &fault);
    return status == STATUS_OK ? EXIT_OK : command_failed(NAME, &fault, status);
}

static int verify(struct checkup *checkup, char *const *titles, size_t count)
{
    int code = verify_each(checkup, titles, count);
    if (checkup->all && code == EXIT_OK)
        code = look_for_strays(checkup);
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
    const char *store_path = NULL;
    struct checkup checkup = {0};
    const struct command_option options[] = {
        {"store", .text = &store_path},
        {"json", .flag = &checkup.json},
        {NULL},
    };
    struct command_line line = {
        .name = NAME,
        .help = help,
        .options = options,
        .wanted = "the titles to check",
        .max_count = COMMAND_ANY_COUNT,
        .check = command_check_title,
    };
    int code;
    if (!command_line_read(&line, argc, argv, &code))
        return code;
    checkup.store = command_open_store(NAME, store_path);
    if (checkup.store == NULL)
        return EXIT_FAILED;
    code = line.argument_count == 0 ? verify_all(&checkup)
                                    : verify(&checkup, line.arguments, line.argument_count);
    checkup.store->ops->close(checkup.store);
    return code;
}

const struct command command_verify = {NAME, "check titles for damage", run};
