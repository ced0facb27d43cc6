#ifndef ROUTE_H
#define ROUTE_H

#include "base/span.h"

/* Which file of which title a path means. */
struct route {
    struct span title;
    struct span file;
};

/* Reads `path`, normalised and without its query (signed_uri_path), as /v1/{title}/{file}. Anything
 * else is no route: false, with `route` unspecified. The spans borrow from `path`. Pure. */
bool route_parse(struct span path, struct route *route);

#endif
