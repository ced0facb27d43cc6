#ifndef SERVICE_H
#define SERVICE_H

#include "auth/policy.h"
#include "base/log.h"
#include "server/catalog.h"
#include "server/limits.h"
#include "server/metrics.h"
#include "server/object_cache.h"
#include "server/response_plan.h"
#include "server/worker_pool.h"

/* What all loops share: immutable, or locked inside. Borrowed by the server for as long as it runs.
 */
struct service {
    const struct policy *policy;
    const struct response_rules *rules;
    struct catalog *catalog;
    struct object_cache *objects;
    struct worker_pool *lookers; /* for what is short: titles, and whether objects are the same */
    struct worker_pool *readers; /* for what waits for the disk, so that nobody else waits behind */
    struct log *log;
    const struct limits *limits;
    struct metrics *metrics; /* one for each loop, its own */
    size_t loop_count;
    size_t max_connections; /* of all loops together */
};

#endif
