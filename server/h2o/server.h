#ifndef SERVER_H
#define SERVER_H

#include "server/config.h"
#include "server/h2o/service.h"

/*
 * The daemon: listeners, loops, signals.
 */

/* Blocks SIGTERM and SIGINT, ignores SIGPIPE, and SIGHUP too: a shell that goes away is no reason
 * to end. Call it before any thread is started, so that all inherit it and server_run alone hears
 * the signals. */
void server_prepare_signals(void);

/* Listens, serves, and returns when a signal has ended it. `config` and `service` are borrowed. On
 * STATUS_OK *is_drained says whether everything came to its end; if not, threads are still at work
 * and nothing of `service` may be freed. Otherwise nothing was started. */
MUST_CHECK enum status server_run(const struct config *config, const struct service *service,
                                  bool *is_drained, struct fault *fault);

#endif
