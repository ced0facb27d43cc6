#ifndef RESPONSE_COUNT_H
#define RESPONSE_COUNT_H

#include "server/h2o/libh2o.h"

/* Counts every response that `config` gives in its loop's metrics, libh2o's own among them. */
void response_count_register(h2o_pathconf_t *config);

#endif
