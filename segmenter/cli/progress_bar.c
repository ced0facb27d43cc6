#include "segmenter/cli/progress_bar.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"

#define REDRAW_NS UINT64_C(100000000)
#define SECOND_NS 1e9
#define BAR_MAX_WIDTH 40
#define BAR_MIN_WIDTH 8
#define TEXT_WIDTH 44 /* of percent, speed and time left beside the bar */

struct progress_bar progress_bar_start(const char *label)
{
    return (struct progress_bar){
        .label = label,
        .started_ns = clock_monotonic_ns(),
        .is_shown = isatty(STDERR_FILENO) == 1,
    };
}

static int terminal_columns(void)
{
    struct winsize size;
    bool is_known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return is_known ? size.ws_col : 80;
}

/* A line that wraps could not be drawn over: the label gives way, and before it the bar. */
static int label_width(const char *label, int columns)
{
    int len = (int)strlen(label);
    int room = columns > TEXT_WIDTH ? columns - TEXT_WIDTH : 0;
    return len < room ? len : room;
}

static void draw_time_left(double seconds)
{
    uint64_t left_s = (uint64_t)(seconds + 0.5);
    if (left_s >= 3600)
        fprintf(stderr, ", %" PRIu64 ":%02u:%02u left", left_s / 3600, (unsigned)(left_s / 60 % 60),
                (unsigned)(left_s % 60));
    else
        fprintf(stderr, ", %u:%02u left", (unsigned)(left_s / 60), (unsigned)(left_s % 60));
}

static void draw_bar(int width, double share)
{
    int filled = (int)(share * width);
    fputs(" [", stderr);
    for (int i = 0; i < width; i++)
        fputc(i < filled ? '=' : i == filled ? '>' : ' ', stderr);
    fputc(']', stderr);
}

static void draw(const struct progress_bar *bar, uint64_t total, uint64_t now_ns)
{
    double elapsed_s = (double)(now_ns - bar->started_ns) / SECOND_NS;
    double rate = elapsed_s > 0 ? (double)bar->done / elapsed_s : 0;
    int columns = terminal_columns();
    int label = label_width(bar->label, columns);
    fprintf(stderr, "\r\033[K%.*s", label, bar->label);
    if (total > 0) {
        double share = bar->done < total ? (double)bar->done / (double)total : 1;
        int width = columns - TEXT_WIDTH - label;
        fprintf(stderr, " %3d%%", (int)(100 * share));
        if (width >= BAR_MIN_WIDTH)
            draw_bar(width < BAR_MAX_WIDTH ? width : BAR_MAX_WIDTH, share);
    }
    fprintf(stderr, " %.1f MB/s", rate / 1e6);
    if (total > bar->done && rate > 0)
        draw_time_left((double)(total - bar->done) / rate);
    fflush(stderr);
}

void progress_bar_update(struct progress_bar *bar, uint64_t done, uint64_t total)
{
    if (!bar->is_shown)
        return;
    /* Reading goes to and fro in a file whose tracks lie one behind the other. */
    if (done > bar->done)
        bar->done = done;
    uint64_t now_ns = clock_monotonic_ns();
    if (bar->drawn_ns != 0 && now_ns - bar->drawn_ns < REDRAW_NS)
        return;
    bar->drawn_ns = now_ns;
    draw(bar, total, now_ns);
}

void progress_bar_end(struct progress_bar *bar)
{
    if (bar->drawn_ns != 0)
        fputs("\r\033[K", stderr);
}
