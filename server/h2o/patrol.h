#ifndef PATROL_H
#define PATROL_H

#include <stdint.h>

/* Goes over a loop's connections every second and ends those whose client takes nothing of a
 * response any more. libh2o waits for such a client for ever. */
struct loop;

void patrol_run(struct loop *loop, uint64_t now_ns);

#endif
