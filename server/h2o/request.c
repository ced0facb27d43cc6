#include "server/h2o/request.h"

#include "base/clock.h"
#include "base/name.h"
#include "server/authorization.h"
#include "server/h2o/access_log.h"
#include "server/h2o/connection.h"
#include "server/h2o/field.h"
#include "server/h2o/guarded_read.h"
#include "server/h2o/header_name.h"
#include "server/request_head.h"

/* libh2o has no pointer for its user in a request; its environment of named values does as well. */
#define ENVIRONMENT_NAME H2O_STRLIT("segue.request")

/* Asks for a title, or waits for another one who does. */
struct find_task {
    struct loop_task task;
    struct catalog_waiter found;
    struct catalog *catalog;
    char title[NAME_MAX_LEN];
    size_t title_len;
    struct fault fault;
};

static struct span span_from(h2o_iovec_t bytes)
{
    return span_of(bytes.base, bytes.len);
}

static const struct response_rules *rules_of(const struct request *request)
{
    return request->loop->service->rules;
}

struct request *request_of(h2o_req_t *req)
{
    h2o_iovec_t *slot = h2o_req_getenv(req, ENVIRONMENT_NAME, 0);
    return slot != NULL ? (struct request *)(void *)slot->base : NULL;
}

/* Whether all of the response was written, as far as HTTP/2 knows, and not only begun. */
static bool is_done(const struct request *request)
{
    const struct response_plan *plan = &request->plan;
    uint64_t due = plan->body.count > 0 ? plan->content_length : plan->text.len;
    return plan->status != 0 && request->req->bytes_sent >= due;
}

static void dispose(void *pointer)
{
    struct request *request = pointer;
    if (is_done(request))
        request->connection->requests_done++;
    if (request->task != NULL)
        loop_task_detach(request->task);
    delivery_dispose(&request->delivery);
    publication_release(request->publication);
    judged_target_release(request->target);
    request->connection->requests--;
}

static struct request *create(h2o_req_t *req)
{
    struct connection *connection = connection_of(req);
    struct request *request = h2o_mem_alloc_shared(&req->pool, sizeof(*request), dispose);
    memset(request, 0, offsetof(struct request, delivery));
    delivery_init(&request->delivery);
    request->req = req;
    request->connection = connection;
    request->loop = connection->loop;
    request->started_ns = clock_monotonic_ns();
    connection->requests++;
    connection_note_protocol(connection, req->version >= 0x200);
    h2o_req_getenv(req, ENVIRONMENT_NAME, 1)->base = (char *)request;
    return request;
}

/* Only once there is a file to answer with: whoever is refused shall not make us work. What is too
 * long to be taken seriously counts as malformed: no condition holds, and the whole file is sent.
 */
static void read_conditions(struct request *request)
{
    struct request_values *values = &request->values;
    struct conditions *conditions = &values->conditions;
    const struct field_place places[] = {
        {H2O_TOKEN_RANGE, &values->range},
        {H2O_TOKEN_IF_RANGE, &conditions->if_range},
        {H2O_TOKEN_IF_MATCH, &conditions->if_match},
        {H2O_TOKEN_IF_NONE_MATCH, &conditions->if_none_match},
        {H2O_TOKEN_IF_MODIFIED_SINCE, &conditions->if_modified_since},
        {H2O_TOKEN_IF_UNMODIFIED_SINCE, &conditions->if_unmodified_since},
    };
    field_read_present(request->req, places, sizeof(places) / sizeof(places[0]));
}

/* Every answer depends on it where the rules name origins, and none elsewhere. Two lines of it are
 * nobody's. */
static void read_origin(struct request *request)
{
    const h2o_headers_t *headers = &request->req->headers;
    if (rules_of(request)->cors.origin_count == 0)
        return;
    ssize_t at = h2o_find_header_by_str(headers, H2O_STRLIT("origin"), -1);
    if (at != -1 && h2o_find_header_by_str(headers, H2O_STRLIT("origin"), at) == -1)
        request->values.origin = span_from(headers->entries[at].value);
}

static void judge(struct request *request)
{
    h2o_req_t *req = request->req;
    const struct policy *policy = request->loop->service->policy;
    struct sent_target sent = {
        .scheme = span_from(req->input.scheme->name),
        .authority = span_from(req->input.authority),
        .target = span_from(req->input.path),
        .cookies = field_read_cookies(req, authorization_token_name(policy)),
        .client = connection_client(request->connection),
    };
    if (!field_read(req, H2O_TOKEN_AUTHORIZATION, &sent.authorization)) {
        request->verdict = (struct verdict){VERIFICATION_SIGNATURE, "Authorization is too long"};
        return;
    }
    request->target =
        target_memory_judge(&request->connection->targets, policy, &sent, request->values.now_s);
    request->verdict = request->target->verdict;
}

static bool may_look(const struct request *request)
{
    const struct judged_target *target = request->target;
    return target != NULL && verdict_allows(target->verdict) && target->has_route;
}

static h2o_iovec_t iovec_from(struct span bytes)
{
    return h2o_iovec_init(bytes.base, bytes.len);
}

void request_put_headers(struct request *request)
{
    h2o_req_t *req = request->req;
    const struct response_plan *plan = &request->plan;
    req->res.status = plan->status;
    req->res.reason = plan->reason;
    req->res.content_length = plan->has_content_length ? plan->content_length : SIZE_MAX;
    h2o_headers_t *headers = &req->res.headers;
    h2o_vector_reserve(&req->pool, headers, headers->size + plan->header_count);
    for (size_t i = 0; i < plan->header_count; i++) {
        const struct response_header *header = &plan->headers[i];
        headers->entries[headers->size++] =
            (h2o_header_t){header_name(header->name), NULL, iovec_from(header->value)};
    }
}

/* For answers without bytes of a file. The request may be gone when this returns. */
static void send_text(struct request *request)
{
    h2o_req_t *req = request->req;
    h2o_iovec_t text = iovec_from(request->plan.text);
    request_put_headers(request);
    h2o_start_response(req, &request->delivery.generator);
    guarded_read_send(req, &text, text.len > 0 ? 1 : 0, H2O_SEND_STATE_FINAL);
}

void request_answer_unavailable(struct request *request)
{
    response_plan_unavailable(&request->plan, rules_of(request), &request->values);
    send_text(request);
}

static void make_plan(struct request *request)
{
    const struct publication *publication = request->publication;
    struct representation representation = {0};
    bool is_found =
        publication != NULL &&
        index_find_file(&publication->index, request->target->route.file, &request->file);
    if (is_found) {
        representation = (struct representation){&request->file, publication->index.title,
                                                 publication->index.published_s};
        read_conditions(request);
    }
    response_plan_make(&request->plan, rules_of(request), request->verdict,
                       is_found ? &representation : NULL, &request->values);
}

/* The request may be gone when this returns. */
static void answer(struct request *request)
{
    make_plan(request);
    if (request->plan.body.count > 0)
        delivery_start(&request->delivery, request);
    else
        send_text(request);
}

static struct span title_of(const struct find_task *task)
{
    return span_of(task->title, task->title_len);
}

static void find_on_worker(struct loop_task *base)
{
    struct find_task *task = (struct find_task *)base;
    task->found.status = catalog_refresh(task->catalog, title_of(task), clock_monotonic_ns(),
                                         &task->found.publication, &task->fault);
}

static void find_by_other(struct catalog_waiter *waiter)
{
    loop_task_return(&H2O_STRUCT_FROM_MEMBER(struct find_task, found, waiter)->task);
}

static void find_done(struct loop_task *base, void *owner)
{
    struct find_task *task = (struct find_task *)base;
    struct request *request = owner;
    enum status status = task->found.status;
    request->task = NULL;
    request->publication = task->found.publication;
    task->found.publication = NULL;
    base->dispose(base);
    if (status == STATUS_OK || status == STATUS_NOT_FOUND)
        answer(request);
    else
        request_answer_unavailable(request);
}

static void find_dispose(struct loop_task *base)
{
    struct find_task *task = (struct find_task *)base;
    if (task->fault.text[0] != '\0' && task->found.status != STATUS_NOT_FOUND)
        access_log_fault(base->loop->service->log, title_of(task), task->found.status,
                         &task->fault);
    publication_release(task->found.publication);
    free(task);
}

static struct find_task *new_find_task(struct request *request)
{
    struct find_task *task = h2o_mem_alloc(sizeof(*task));
    memset(task, 0, sizeof(*task));
    task->task.loop = request->loop;
    task->task.pool = request->loop->service->lookers;
    task->task.owner = request;
    task->task.work = find_on_worker;
    task->task.done = find_done;
    task->task.dispose = find_dispose;
    task->found.wake = find_by_other;
    task->catalog = request->loop->service->catalog;
    task->title_len = request->target->route.title.len;
    memcpy(task->title, request->target->route.title.base, task->title_len);
    return task;
}

static void find_by_worker(struct request *request)
{
    struct find_task *task = new_find_task(request);
    request->task = &task->task;
    if (!catalog_join(task->catalog, title_of(task), &task->found)) {
        loop_task_await(&task->task);
    } else if (!loop_task_submit(&task->task)) {
        catalog_abandon(task->catalog, title_of(task));
        find_dispose(&task->task);
        request->task = NULL;
        request_answer_unavailable(request);
    }
}

static void find_title(struct request *request)
{
    switch (catalog_find(request->loop->service->catalog, request->target->route.title,
                         request->started_ns, &request->publication)) {
    case CATALOG_FOUND:
    case CATALOG_ABSENT:
        answer(request);
        break;
    case CATALOG_BROKEN:
        request_answer_unavailable(request);
        break;
    case CATALOG_ASK:
        find_by_worker(request);
        break;
    }
}

/* Where a request with a body ends, a proxy before us may see otherwise: two Content-Lengths, or
 * one beside Transfer-Encoding, and libh2o keeps neither. None of ours has a body, so nothing that
 * comes after one on its connection is read as a request (RFC 9112, 6.1 and 11.2). Content-Length:
 * 0 is one too, for another may follow it. */
static void distrust_body(h2o_req_t *req)
{
    if (req->entity.base != NULL)
        req->http1_is_persistent = 0;
}

/* libh2o keeps the last Host and forgets the others, but the head is still where it was read. */
static bool has_sound_head(const struct request *request)
{
    const h2o_buffer_t *input = request->connection->socket->input;
    return request_head_is_sound(span_of(input->bytes, input->size), request->req->version == 0x101,
                                 request->loop->service->limits->values[LIMIT_HEADER_BYTES]);
}

static void refuse_head(struct request *request)
{
    request->req->http1_is_persistent = 0;
    response_plan_bad_request(&request->plan, rules_of(request), &request->values);
    send_text(request);
}

/* Every request is answered here: 0 means that, and libh2o's own 404 is never seen. */
static int on_request(h2o_handler_t *handler, h2o_req_t *req)
{
    (void)handler;
    struct request *request = create(req);
    request->values.method = request_method_parse(span_from(req->input.method));
    request->values.now_s = clock_unix_s();
    read_origin(request);
    if (req->version < 0x200) {
        distrust_body(req);
        if (!has_sound_head(request)) {
            refuse_head(request);
            return 0;
        }
    }
    if (!response_plan_needs_no_file(request->values.method))
        judge(request);
    /* A refused request looks at nothing: it takes the same way whatever exists. */
    if (may_look(request))
        find_title(request);
    else
        answer(request);
    return 0;
}

void request_register(h2o_pathconf_t *config)
{
    h2o_handler_t *handler = h2o_create_handler(config, sizeof(*handler));
    handler->on_req = on_request;
}
