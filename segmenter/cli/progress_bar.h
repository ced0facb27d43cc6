#ifndef PROGRESS_BAR_H
#define PROGRESS_BAR_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A line on a terminal that is drawn over itself: label, percent, bar, speed and time left. In a
 * pipe it stays quiet.
 */
struct progress_bar {
    const char *label; /* borrowed */
    uint64_t started_ns;
    uint64_t drawn_ns; /* 0 before the first drawing */
    uint64_t done;     /* bytes; never goes back */
    bool is_shown;
};

/* Shown only when standard error is a terminal. */
struct progress_bar progress_bar_start(const char *label);

/* Both in bytes; total 0 when unknown. Draws at most ten times a second. */
void progress_bar_update(struct progress_bar *bar, uint64_t done, uint64_t total);

/* Wipes the line, so that what is printed next stands alone. */
void progress_bar_end(struct progress_bar *bar);

#endif
