#include "server/h2o/response_count.h"

#include "server/h2o/connection.h"
#include "server/h2o/loop.h"

/* What libh2o calls a logger is whoever wants to know of each response when it is over. */
static void on_log(h2o_logger_t *logger, h2o_req_t *req)
{
    (void)logger;
    metrics_count_response(connection_of(req)->loop->metrics, req->res.status, req->bytes_sent);
}

void response_count_register(h2o_pathconf_t *config)
{
    h2o_logger_t *logger = h2o_create_logger(config, sizeof(*logger));
    logger->log_access = on_log;
}
