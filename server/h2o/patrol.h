#ifndef PATROL_H
#define PATROL_H

#include <stdint.h>

/* Goes over a loop's connections every second and ends those whose client takes nothing of a
 * response any more, for which libh2o waits for ever, or began a request and does not finish it. */
struct loop;

void patrol_run(struct loop *loop, uint64_t now_ns);

#endif
