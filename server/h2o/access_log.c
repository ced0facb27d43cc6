#include "server/h2o/access_log.h"

#include "base/byte_buffer.h"
#include "base/clock.h"
#include "server/access_line.h"
#include "server/h2o/connection.h"
#include "server/h2o/field.h"
#include "server/h2o/loop.h"
#include "server/h2o/request.h"

static void describe_ours(const struct request *request, struct access_record *record)
{
    record->verdict = request->verdict;
    record->range = field_first_line(request->req, H2O_TOKEN_RANGE);
    record->duration_us = (clock_monotonic_ns() - request->started_ns) / 1000;
}

static void on_log(h2o_logger_t *logger, h2o_req_t *req)
{
    (void)logger;
    char line[ACCESS_LINE_MAX];
    struct connection *connection = connection_of(req);
    struct access_record record = {
        .time_ms = (int64_t)h2o_now(req->conn->ctx->loop),
        .method = span_of(req->input.method.base, req->input.method.len),
        .path = access_line_path(span_of(req->input.path.base, req->input.path.len)),
        .is_http2 = req->version >= 0x200,
        .is_tls = connection->socket->ssl != NULL,
        .status = req->res.status,
        .bytes_sent = req->bytes_sent,
        .client = connection_client(connection),
    };
    const struct request *request = request_of(req);
    if (request != NULL)
        describe_ours(request, &record);
    char *end = access_line_print(&record, line);
    log_line(connection->loop->service->log, span_of(line, (size_t)(end - line)));
}

void access_log_register(h2o_pathconf_t *config)
{
    h2o_logger_t *logger = h2o_create_logger(config, sizeof(*logger));
    logger->log_access = on_log;
}

static void log_fault(struct log *log, struct span title, const char *what, enum status status)
{
    enum { MAX = sizeof(((struct fault *)0)->text) };
    char value[ACCESS_LINE_VALUE_MAX(MAX)];
    struct byte_buffer line = {0};
    char *end = access_line_put_value(value, span_of_string(what), MAX);
    byte_buffer_printf(&line, "segued: title %.*s: ", SPAN_PRINT(title));
    byte_buffer_put(&line, span_of(value, (size_t)(end - value)));
    byte_buffer_printf(&line, " (%s)", status_name(status));
    log_line(log, byte_buffer_span(&line));
    byte_buffer_dispose(&line);
}

void access_log_fault(struct log *log, struct span title, enum status status,
                      const struct fault *fault)
{
    log_fault(log, title, fault->text, status);
}

void access_log_object_fault(struct log *log, struct span title, uint32_t object,
                             enum status status)
{
    char what[64];
    snprintf(what, sizeof(what), "object %u cannot be read", object);
    log_fault(log, title, what, status);
}

void access_log_limit(struct log *log, struct span client, const char *limit)
{
    log_printf(log, "segued: client %.*s: cut off, over the limit of %s", SPAN_PRINT(client),
               limit);
}
