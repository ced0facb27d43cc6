#ifndef CHECK_TASK_H
#define CHECK_TASK_H

#include "server/h2o/loop_task.h"

/* Has an object of the cache checked by a worker, with nobody waiting. When the workers have too
 * much to do it is not: the object is then loaded anew when it is too old. */
void check_task_submit(struct loop *loop, const struct index_object *object);

#endif
