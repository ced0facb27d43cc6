#ifndef HEADER_NAME_H
#define HEADER_NAME_H

#include "server/h2o/libh2o.h"
#include "server/response_header.h"

/* libh2o's own pointer for the field `name` where it has one, which it knows by its address, or one
 * of ours. Static storage. */
h2o_iovec_t *header_name(enum response_header_name name);

#endif
