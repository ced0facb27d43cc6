#include "server/h2o/admin.h"

#include "base/digest.h"
#include "base/hex.h"
#include "server/authorization.h"
#include "server/h2o/connection.h"
#include "server/h2o/loop.h"
#include "server/listen_address.h"
#include "server/play_page.h"

struct admin_handler {
    h2o_handler_t base;
    const struct admin *admin;
};

static const char type_text[] = "text/plain; charset=utf-8";
static const char type_metrics[] = "text/plain; version=0.0.4; charset=utf-8";
static const char type_page[] = "text/html; charset=utf-8";

static void add_header(h2o_req_t *req, const char *name, const char *value)
{
    h2o_add_header_by_str(&req->pool, &req->res.headers, name, strlen(name), 1, NULL, value,
                          strlen(value));
}

static void respond(h2o_req_t *req, int status, const char *reason, const char *type,
                    struct span body)
{
    req->res.status = status;
    req->res.reason = reason;
    req->res.content_length = body.len;
    add_header(req, "content-type", type);
    add_header(req, "cache-control", "no-store");
    add_header(req, "x-content-type-options", "nosniff");
    h2o_send_inline(req, (const char *)body.base, body.len);
}

static void send_text(h2o_req_t *req, int status, const char *reason, const char *text)
{
    respond(req, status, reason, type_text, span_of_string(text));
}

static void answer_health(h2o_req_t *req)
{
    if (loop_get_phase(connection_of(req)->loop) == LOOP_SERVING)
        send_text(req, 200, "OK", "ok\n");
    else
        send_text(req, 503, "Service Unavailable", "shutting down\n");
}

static void answer_metrics(h2o_req_t *req)
{
    const struct service *service = connection_of(req)->loop->service;
    struct metrics sum;
    struct byte_buffer text = {0};
    const struct metrics_shared shared = {
        .waiting_lookups = worker_pool_waiting(service->lookers),
        .waiting_reads = worker_pool_waiting(service->readers),
        .objects = object_cache_figures(service->objects),
        .catalog = catalog_figures(service->catalog),
        .dropped_log_lines = log_dropped(service->log),
    };
    metrics_sum(service->metrics, service->loop_count, &sum);
    metrics_print(&sum, &shared, &text);
    respond(req, 200, "OK", type_metrics, byte_buffer_span(&text));
    byte_buffer_dispose(&text);
}

/* The main listener as the browser reaches it: under the address that it reached us by. Not under a
 * name: a site whose name is made to point here (DNS rebinding) would be the page's own origin. */
static bool find_origin(const struct admin *admin, h2o_req_t *req, struct byte_buffer *origin)
{
    struct span host;
    if (!listen_address_split_host(span_of(req->input.authority.base, req->input.authority.len),
                                   &host) ||
        !listen_address_needs_no_dns(host))
        return false;
    byte_buffer_printf(origin, "%s://%.*s:%u", admin->is_tls ? "https" : "http", SPAN_PRINT(host),
                       admin->port);
    return true;
}

static void send_page(h2o_req_t *req, const struct play_request *play, struct span origin)
{
    uint8_t random[PLAY_NONCE_LEN / 2];
    char nonce[PLAY_NONCE_LEN + 1];
    struct byte_buffer page = {0};
    struct byte_buffer policy = {0};
    digest_random(random, sizeof(random));
    hex_encode(span_of(random, sizeof(random)), nonce);
    play_page_print(play, origin, nonce, &page);
    play_page_print_policy(origin, nonce, &policy);
    h2o_iovec_t value = h2o_strdup(&req->pool, (const char *)policy.base, policy.len);
    h2o_add_header_by_str(&req->pool, &req->res.headers, H2O_STRLIT("content-security-policy"), 1,
                          NULL, value.base, value.len);
    add_header(req, "referrer-policy", "no-referrer");
    respond(req, 200, "OK", type_page, byte_buffer_span(&page));
    byte_buffer_dispose(&policy);
    byte_buffer_dispose(&page);
}

static void answer_play(const struct admin *admin, h2o_req_t *req, struct span query)
{
    const struct policy *policy = connection_of(req)->loop->service->policy;
    struct play_request play;
    struct byte_buffer origin = {0};
    if (!play_request_parse(query, authorization_token_name(policy), &play))
        send_text(req, 400, "Bad Request",
                  "/play?title=TITLE, and if need be &file=video.mp4 and "
                  "&URISigningPackage=TOKEN, or what --token-name says\n");
    else if (!find_origin(admin, req, &origin))
        send_text(req, 400, "Bad Request",
                  "Open this page by an address, http://127.0.0.1:9090/play?title=TITLE, or by "
                  "localhost: other names are not trusted.\n");
    else
        send_page(req, &play, byte_buffer_span(&origin));
    byte_buffer_dispose(&origin);
}

static int on_request(h2o_handler_t *base, h2o_req_t *req)
{
    struct admin_handler *handler = (struct admin_handler *)base;
    struct span target = span_of(req->input.path.base, req->input.path.len);
    struct span method = span_of(req->input.method.base, req->input.method.len);
    const uint8_t *mark = target.len > 0 ? memchr(target.base, '?', target.len) : NULL;
    size_t path_len = mark != NULL ? (size_t)(mark - target.base) : target.len;
    size_t query_at = mark != NULL ? path_len + 1 : target.len;
    struct span path = span_slice(target, 0, path_len);
    if (!span_is(method, "GET") && !span_is(method, "HEAD")) {
        add_header(req, "allow", "GET, HEAD");
        send_text(req, 405, "Method Not Allowed", "GET and HEAD only.\n");
    } else if (span_is(path, "/healthz")) {
        answer_health(req);
    } else if (span_is(path, "/metrics")) {
        answer_metrics(req);
    } else if (span_is(path, "/play")) {
        answer_play(handler->admin, req, span_slice(target, query_at, target.len - query_at));
    } else {
        send_text(req, 404, "Not Found", "Here are /healthz, /metrics and /play?title=TITLE.\n");
    }
    return 0;
}

void admin_register(h2o_pathconf_t *config, const struct admin *admin)
{
    struct admin_handler *handler =
        (struct admin_handler *)h2o_create_handler(config, sizeof(*handler));
    handler->base.on_req = on_request;
    handler->admin = admin;
}
