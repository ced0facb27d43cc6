#include "segmenter/cli/command.h"

#include "base/hex.h"
#include "segmenter/cli/command_line.h"
#include "segmenter/cli/jansson/json_report.h"
#include "segmenter/cli/quantity.h"
#include "segmenter/cli/title_summary.h"

#define NAME "inspect"

static const char help[] =
    "Usage: segue inspect TITLE [OPTION...]\n"
    "Shows what a title is made of: tracks, files and objects. Never an object's\n"
    "name.\n"
    "\n"
    "  --store STORE  the store (default: $SEGUE_STORE, else ./segue-store)\n"
    "  --json         print a JSON object\n"
    "  --help         show this text\n"
    "\n"
    "Example: segue inspect bunny\n";

static void print_segments(const struct index *index, const struct index_track *track)
{
    struct spread spread = title_segment_spread(index, track);
    printf("      %u segment%s", track->segment_count, track->segment_count == 1 ? "" : "s");
    if (track->segment_count == 1)
        printf(" of %s", quantity_duration(spread.least).text);
    else if (track->segment_count > 1)
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

static int inspect(struct store *store, const char *title, bool json)
{
    struct fault fault = {0};
    struct publication_stamp stamp;
    struct index index;
    struct blob *blob;
    enum status status =
        store->ops->load_index(store, span_of_string(title), &blob, &index, &stamp, &fault);
    if (status != STATUS_OK)
        return command_failed(NAME, &fault, status);
    if (json)
        json_report_index(stdout, &index);
    else
        print_index(&index);
    blob_release(blob);
    return EXIT_OK;
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
    struct command_line line = {
        .name = NAME,
        .help = help,
        .options = options,
        .wanted = "the title to inspect",
        .min_count = 1,
        .max_count = 1,
        .check = command_check_title,
    };
    int code;
    if (!command_line_read(&line, argc, argv, &code))
        return code;
    struct store *store = command_open_store(NAME, store_path);
    if (store == NULL)
        return EXIT_FAILED;
    code = inspect(store, line.arguments[0], json);
    store->ops->close(store);
    return code;
}

const struct command command_inspect = {NAME, "show what a title is made of", run};
