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
#define TEXT_WIDTH 44 /* of percent, speed and time left beside the bar */

struct progress_bar progress_bar_start(const char *label)
{
    return (struct progress_bar){
        .label = label,
        .started_ns = clock_monotonic_ns(),
        .is_shown = isatty(STDERR_FILENO) == 1,
    };
}

static int bar_width(const char *label)
{
    struct winsize size;
    int columns = 80;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        columns = size.ws_col;
    int width = columns - TEXT_WIDTH - (int)strlen(label);
    return width > BAR_MAX_WIDTH ? BAR_MAX_WIDTH : width;
}

static void draw_bar(int width, double share)
{
    int filled = (int)(share * width);
    fputs(" [", stderr);
    for (int i = 0; i < width; i++)
        fputc(i < filled ? '=' : i == filled ? '>' : ' ', stderr);
    fputc(']', stderr);
}

static void draw(const struct progress_bar *bar, uint64_t done, uint64_t total, uint64_t now_ns)
{
    double elapsed_s = (double)(now_ns - bar->started_ns) / SECOND_NS;
    double rate = elapsed_s > 0 ? (double)done / elapsed_s : 0;
    fprintf(stderr, "\r\033[K%s", bar->label);
    if (total > 0) {
        double share = done < total ? (double)done / (double)total : 1;
        int width = bar_width(bar->label);
        fprintf(stderr, " %3d%%", (int)(100 * share));
        if (width >= 8)
            draw_bar(width, share);
    }
    fprintf(stderr, " %.1f MB/s", rate / 1e6);
    if (total > done && rate > 0) {
        uint64_t left_s = (uint64_t)((double)(total - done) / rate + 0.5);
        fprintf(stderr, ", %" PRIu64 ":%02u left", left_s / 60, (unsigned)(left_s % 60));
    }
    fflush(stderr);
}

void progress_bar_update(struct progress_bar *bar, uint64_t done, uint64_t total)
{
    if (!bar->is_shown)
        return;
    uint64_t now_ns = clock_monotonic_ns();
    if (bar->drawn_ns != 0 && now_ns - bar->drawn_ns < REDRAW_NS)
        return;
    bar->drawn_ns = now_ns;
    draw(bar, done, total, now_ns);
}

void progress_bar_end(struct progress_bar *bar)
{
    if (bar->drawn_ns != 0)
        fputs("\r\033[K", stderr);
}
