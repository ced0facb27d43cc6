#ifndef ACCESS_LOG_H
#define ACCESS_LOG_H

#include "base/fault.h"
#include "base/log.h"
#include "base/span.h"
#include "server/h2o/libh2o.h"

/* Writes one line for every request that `config` answers (see server/access_line.h). */
void access_log_register(h2o_pathconf_t *config);

/* Says why a title could not be opened. */
void access_log_fault(struct log *log, struct span title, enum status status,
                      const struct fault *fault);

/* Says that an object of a title could not be read: by its number in the index, as `segue inspect`
 * and `segue verify` count, for names are hidden. */
void access_log_object_fault(struct log *log, struct span title, uint32_t object,
                             enum status status);

/* Says that a client was cut off, and why. */
void access_log_limit(struct log *log, struct span client, const char *limit);

#endif
