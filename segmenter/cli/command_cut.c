#include "segmenter/cli/command.h"

#include <ctype.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/name.h"
#include "segmenter/cli/command_line.h"
#include "segmenter/cli/progress_bar.h"
#include "segmenter/cli/quantity.h"
#include "segmenter/cutter.h"
#include "segmenter/libav/libav_media.h"
#include "store/fs/fs_store.h"

#define NAME "cut"
#define SEGMENT_MAX_MS (10 * 60 * 1000)

static const char help[] =
    "Usage: segue cut INPUT [OPTION...]\n"
    "Cuts a media file into hidden segments and publishes it as a title, without\n"
    "re-encoding. Prints what the title holds. Cutting again replaces the title.\n"
    "\n"
    "The title gets video.mp4 (audio.mp4 without video), the whole film for\n"
    "<video src> and downloads, and one fragmented file per track, v0.mp4 and\n"
    "a0.mp4, for HLS and DASH.\n"
    "INPUT is MP4, MOV, MKV, WebM or MPEG-TS with H.264, HEVC, AV1 or VP9 video and\n"
    "AAC, MP3, Opus, AC-3, E-AC-3 or FLAC audio. The best video and the default\n"
    "audio track are taken.\n"
    "\n"
    "  --title ID         the title's id (default: INPUT's name without its ending):\n"
    "                     1 to 128 of A-Z a-z 0-9 . _ - that begin with a letter or\n"
    "                     a digit\n"
    "  --segment SECONDS  target duration of a segment, from 0.1 to 600 (default: 6);\n"
    "                     cuts are at key frames\n"
    "  --store STORE      the store (default: $SEGUE_STORE, else ./segue-store); made\n"
    "                     if it is not there\n"
    "  --json             print a JSON object\n"
    "  --quiet            no notes and no progress bar\n"
    "  --help             show this text\n"
    "\n"
    "Example: segue cut big-buck-bunny.mkv --title bunny\n";

struct cut_arguments {
    const char *input;
    const char *store_path;
    const char *title; /* as given, or what was made of the input's name */
    char title_of_input[NAME_MAX_LEN + 1];
    uint32_t segment_ms;
    bool is_json;
    bool is_quiet;
};

static volatile sig_atomic_t interrupted; /* a signal handler can reach nothing else */

static void on_signal(int number)
{
    (void)number;
    interrupted = 1;
}

static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGINT, &action, NULL); /* a second one, too, waits for the clean-up */
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
}

static bool on_progress(void *context, struct media_progress progress)
{
    progress_bar_update(context, progress.done, progress.total);
    return interrupted == 0;
}

/* "films/Big Buck Bunny.mkv" -> "Big-Buck-Bunny" */
static void title_from_path(const char *path, char title[NAME_MAX_LEN + 1])
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    size_t len = dot != NULL && dot != name ? (size_t)(dot - name) : strlen(name);
    if (len > NAME_MAX_LEN)
        len = NAME_MAX_LEN;
    for (size_t i = 0; i < len; i++) {
        bool is_allowed = isalnum((unsigned char)name[i]) || strchr("._-", name[i]) != NULL;
        title[i] = (char)(is_allowed ? name[i] : '-');
    }
    title[len] = '\0';
}

static bool parse_seconds(const char *text, void *ms)
{
    char *end;
    double seconds = strtod(text, &end);
    if (end == text || *end != '\0' || !(seconds >= 0.1 && seconds * 1000 <= SEGMENT_MAX_MS))
        return false;
    *(uint32_t *)ms = (uint32_t)(seconds * 1000 + 0.5);
    return true;
}

/* As command_line_read. */
static bool read_arguments(struct cut_arguments *arguments, int argc, char **argv, int *code)
{
    const struct command_option options[] = {
        {"title", .parse = command_parse_title, .target = &arguments->title,
         .expected = COMMAND_TITLE},
        {"segment", .parse = parse_seconds, .target = &arguments->segment_ms,
         .expected = "seconds from 0.1 to 600"},
        {"store", .text = &arguments->store_path},
        {"json", .flag = &arguments->is_json},
        {"quiet", .flag = &arguments->is_quiet},
        {NULL},
    };
    struct command_line line = {
        .name = NAME,
        .help = help,
        .options = options,
        .wanted = "the file to cut",
        .min_count = 1,
        .max_count = 1,
    };
    if (!command_line_read(&line, argc, argv, code))
        return false;
    arguments->input = line.arguments[0];
    if (arguments->title != NULL)
        return true;
    title_from_path(arguments->input, arguments->title_of_input);
    arguments->title = arguments->title_of_input;
    if (!name_is_valid(span_of_string(arguments->title)))
        *code = command_misused(NAME, "no title can be made of '%s': name one with --title",
                                arguments->input);
    return *code == EXIT_OK;
}

static void print_json(const struct cut_arguments *arguments, const struct cut_report *report)
{
    /* A valid title needs no escaping. */
    printf("{\"title\":\"%s\",\"changed\":%s,\"duration_ms\":%" PRIu64 ",\"segments\":%u,"
           "\"objects\":%" PRIu64 ",\"new_objects\":%" PRIu64 ",\"stored_bytes\":%" PRIu64 "}\n",
           arguments->title, report->is_unchanged ? "false" : "true", report->duration_ms,
           report->segments, report->objects, report->new_objects, report->bytes);
}

static void print_text(const struct cut_arguments *arguments, const struct cut_report *report)
{
    if (report->is_unchanged) {
        printf("%s: unchanged; the store has this publication already\n", arguments->title);
        return;
    }
    printf("%s: %s in %u segments, %s in %" PRIu64 " objects, %" PRIu64 " of them new\n",
           arguments->title, quantity_duration(report->duration_ms).text, report->segments,
           quantity_bytes(report->bytes).text, report->objects, report->new_objects);
}

static void print_notes(const struct cut_arguments *arguments, struct media *media,
                        const struct cut_report *report)
{
    struct span notes = byte_buffer_span(&media->notes);
    while (notes.len > 0) {
        const uint8_t *end = memchr(notes.base, '\n', notes.len);
        size_t len = end != NULL ? (size_t)(end - notes.base) : notes.len;
        fprintf(stderr, "segue cut: note: %.*s\n", (int)len, (const char *)notes.base);
        len += end != NULL ? 1 : 0;
        notes = span_slice(notes, len, notes.len - len);
    }
    if (report->longest_segment_ms > 2u * arguments->segment_ms)
        fprintf(stderr,
                "segue cut: note: the longest segment has %.1f s: key frames are far apart, and a "
                "player must fetch a whole segment to seek into it\n",
                (double)report->longest_segment_ms / 1000);
}

static enum status cut(const struct cut_arguments *arguments, struct store *store,
                       struct media *media, struct cut_report *report, struct fault *fault)
{
    struct cut_options options = {
        .title = span_of_string(arguments->title),
        .segment_ms = arguments->segment_ms,
        .published_s = clock_unix_s(),
    };
    struct progress_bar bar = progress_bar_start(arguments->title);
    bar.is_shown = bar.is_shown && !arguments->is_quiet;
    enum status status = cut_title(media, store, &options, on_progress, &bar, report, fault);
    progress_bar_end(&bar);
    return status;
}

static int run(int argc, char **argv)
{
    struct cut_arguments arguments = {.segment_ms = CUT_DEFAULT_SEGMENT_MS};
    int code;
    if (!read_arguments(&arguments, argc, argv, &code))
        return code;

    struct fault fault = {0};
    struct store *store = NULL;
    struct media *media = NULL;
    struct cut_report report;
    catch_signals();
    /* The input first: a store is made only for something that can be cut. */
    enum status status = libav_media_open(arguments.input, &media, &fault);
    if (status == STATUS_OK)
        status = fs_store_open(command_store_path(arguments.store_path), true, &store, &fault);
    if (status == STATUS_OK)
        status = cut(&arguments, store, media, &report, &fault);
    if (status == STATUS_OK && !arguments.is_quiet)
        print_notes(&arguments, media, &report);
    if (status == STATUS_OK)
        (arguments.is_json ? print_json : print_text)(&arguments, &report);
    if (store != NULL)
        store->ops->close(store);
    if (media != NULL)
        media->ops->close(media);
    return status == STATUS_OK ? EXIT_OK : command_failed(NAME, &fault, status);
}

const struct command command_cut = {
    .name = NAME,
    .summary = "cut a media file and publish it as a title",
    .run = run,
};
