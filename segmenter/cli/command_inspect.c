#include "segmenter/cli/command.h"

#include <getopt.h>

#include "base/hex.h"
#include "segmenter/cli/jansson/json_report.h"
#include "segmenter/cli/quantity.h"
#include "segmenter/cli/title_summary.h"
#include "store/fs/fs_store.h"

#define NAME "inspect"

static const char help[] =
    "Usage: segue inspect TITLE [--store STORE] [--json]\n"
    "Shows what a title is made of: tracks, files and objects. Never an object's name.\n"
    "\n"
    "  --store STORE  the store (default: $SEGUE_STORE, else ./segue-store)\n"
    "  --json         print a JSON object\n"
    "  --help         show this text\n"
    "\n"
    "Example: segue inspect bunny\n";

struct options {
    const char *store_path;
    const char *title;
    bool json;
};

static int parse_title(int argc, char **argv, struct options *options)
{
    if (optind + 1 != argc)
        return command_misused(NAME, "it takes one title, but got %d", argc - optind);
    options->title = argv[optind];
    return command_check_title(NAME, options->title) ? EXIT_OK : EXIT_USAGE;
}

/* Returns EXIT_OK to go on; *is_done after --help. */
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
    return parse_title(argc, argv, options);
}

static void print_segments(const struct index *index, const struct index_track *track)
{
    struct spread spread = title_segment_spread(index, track);
    printf("      %u segment%s", track->segment_count, track->segment_count == 1 ? "" : "s");
    if (track->segment_count > 0)
        printf(", shortest %s, median %s, longest %s", quantity_duration(spread.least).text,
               quantity_duration(spread.median).text, quantity_duration(spread.most).text);
    putchar('\n');
}

static void print_track(const struct index *index, uint32_t i)
{
    const struct index_track track = index_track(index, i);
    const char *kind = track.kind == TRACK_VIDEO ? "video" : "audio";
    uint64_t duration_ms = quantity_ticks_to_ms(track.duration_ticks, track.timescale);
    printf("  %u  %s  %.*s  %.*s  ", i, kind, SPAN_PRINT(track.codec), SPAN_PRINT(track.language));
    if (track.kind == TRACK_VIDEO)
        printf("%ux%u", track.width, track.height);
    else
        printf("%u Hz, %u channel%s", track.sample_rate, track.channels,
               track.channels == 1 ? "" : "s");
    printf("  %s\n", quantity_duration(duration_ms).text);
    print_segments(index, &track);
}

static void print_file(const struct index *index, uint32_t i)
{
    const struct index_file file = index_file(index, i);
    char etag[2 * INDEX_ETAG_LEN + 1];
    hex_encode(span_of(file.etag, sizeof(file.etag)), etag);
    printf("  %.*s  %.*s  %llu bytes in %u extent%s\n      ETag \"%s\"\n", SPAN_PRINT(file.name),
           SPAN_PRINT(file.content_type), (unsigned long long)file.length, file.extent_count,
           file.extent_count == 1 ? "" : "s", etag);
}

static void print_index(const struct index *index)
{
    const struct title_summary summary = title_summary_of(index);
    const struct spread spread = title_object_spread(index);
    printf("Title      %s\n"
           "Published  %s\n"
           "Duration   %s\n"
           "Stored     %s in %u object%s",
           summary.title, quantity_time(summary.published_s).text,
           quantity_duration(summary.duration_ms).text, quantity_bytes(summary.stored_bytes).text,
           summary.object_count, summary.object_count == 1 ? "" : "s");
    if (summary.object_count > 0)
        printf(", smallest %s, median %s, largest %s", quantity_bytes(spread.least).text,
               quantity_bytes(spread.median).text, quantity_bytes(spread.most).text);
    puts("\n\nTracks");
    for (uint32_t i = 0; i < index->track_count; i++)
        print_track(index, i);
    puts("\nFiles");
    for (uint32_t i = 0; i < index->file_count; i++)
        print_file(index, i);
}

static int inspect(struct store *store, const struct options *options)
{
    struct fault fault = {0};
    struct publication_stamp stamp;
    struct index index;
    struct blob *blob;
    enum status status = store->ops->load_index(store, span_of_string(options->title), &blob,
                                                &index, &stamp, &fault);
    if (status != STATUS_OK)
        return command_failed(NAME, &fault, status);
    if (options->json)
        json_report_index(stdout, &index);
    else
        print_index(&index);
    blob_release(blob);
    return EXIT_OK;
}

static int run(int argc, char **argv)
{
    struct options options = {0};
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
    code = inspect(store, &options);
    store->ops->close(store);
    return code;
}

const struct command command_inspect = {NAME, "show what a title is made of", run};
