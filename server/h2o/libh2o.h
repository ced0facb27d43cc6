#ifndef LIBH2O_H
#define LIBH2O_H

/* libh2o's headers describe the library built on libuv unless told otherwise; we link the one with
 * its own event loop. Include this in place of <h2o.h>. */
#define H2O_USE_LIBUV 0
#include <h2o.h>

#endif
