/*
 * The order of things (RFC 9110, 13.2.2): method, verdict, existence, If-None-Match, If-Range and
 * Range. Whoever is refused gets the same 403 as whoever asks for what does not exist, bytes and
 * headers alike.
 */
#include "server/response_plan.h"

#include "server/conditional.h"

/* How long a file may be used from a cache without asking again. A republished title has other
 * tags, and browsers and CDNs check the tag (If-Range) before they join old bytes and new ones, so
 * minutes are safe; with a token nobody but the one it was given to may keep it. `no-transform`:
 * bytes of ranges must stay the file's own. */
static const char cache_token[] = "private, max-age=300, no-transform";
static const char cache_public[] = "public, max-age=300, no-transform";
static const char cache_never[] = "no-store";

static const char allowed_methods[] = "GET, HEAD, OPTIONS";

static void add_span(struct response_plan *plan, const char *name, struct span value)
{
    plan->headers[plan->header_count++] = (struct response_header){name, value};
}

static void add(struct response_plan *plan, const char *name, const char *value)
{
    add_span(plan, name, span_of_string(value));
}

/* Every response can be read by a script of any origin, errors included: without this a player sees
 * "network error" where it should see 403. */
static void start(struct response_plan *plan, int status, const char *reason)
{
    memset(plan, 0, sizeof(*plan));
    plan->status = status;
    plan->reason = reason;
    add(plan, "access-control-allow-origin", "*");
    add(plan, "access-control-expose-headers",
        "Content-Range, Content-Length, Accept-Ranges, ETag");
    add(plan, "x-content-type-options", "nosniff");
}

static void set_text(struct response_plan *plan, enum request_method method, const char *text)
{
    add(plan, "content-type", "text/plain; charset=utf-8");
    add(plan, "cache-control", cache_never);
    plan->has_content_length = true;
    plan->content_length = strlen(text);
    if (method != METHOD_HEAD)
        plan->text = span_of_string(text);
}

static void plan_refusal(struct response_plan *plan, enum request_method method)
{
    start(plan, 403, "Forbidden");
    set_text(plan, method, "Forbidden\n");
}

static void plan_preflight(struct response_plan *plan)
{
    start(plan, 204, "No Content");
    add(plan, "access-control-allow-methods", allowed_methods);
    add(plan, "access-control-allow-headers",
        "Authorization, Range, If-Range, If-None-Match, If-Match, If-Modified-Since, "
        "If-Unmodified-Since");
    add(plan, "access-control-max-age", "86400");
    add(plan, "allow", allowed_methods);
}

static void plan_wrong_method(struct response_plan *plan)
{
    start(plan, 405, "Method Not Allowed");
    add(plan, "allow", allowed_methods);
    set_text(plan, METHOD_OTHER, "Method not allowed\n");
}

static void plan_unsatisfiable(struct response_plan *plan, const struct index_file *file)
{
    start(plan, 416, "Range Not Satisfiable");
    size_t len = byte_range_print_unsatisfied(file->length, plan->content_range);
    add_span(plan, "content-range", span_of(plan->content_range, len));
    add(plan, "accept-ranges", "bytes");
    set_text(plan, METHOD_GET, "Range not satisfiable\n");
}

/* What 200, 206 and 304 have in common (RFC 9110, 15.3.7 and 15.4.5). */
static void start_file(struct response_plan *plan, int status, const char *reason,
                       const struct index_file *file, struct verdict verdict)
{
    start(plan, status, reason);
    entity_tag_print(file->etag, plan->etag);
    add(plan, "etag", plan->etag);
    add(plan, "cache-control",
        verdict.code == VERIFICATION_NOT_PERFORMED ? cache_public : cache_token);
    if (status != 304)
        add(plan, "accept-ranges", "bytes");
}

/* HEAD says the length of what GET would send, and sends nothing. */
static void plan_whole(struct response_plan *plan, struct verdict verdict,
                       const struct index_file *file, enum request_method method)
{
    start_file(plan, 200, "OK", file, verdict);
    add_span(plan, "content-type", file->content_type);
    plan->has_content_length = true;
    plan->content_length = file->length;
    if (method == METHOD_GET && file->length > 0)
        plan->body = (struct byte_range_set){.ranges = {{0, file->length}}, .count = 1};
}

static void plan_part(struct response_plan *plan, struct verdict verdict,
                      const struct index_file *file, const struct byte_range_set *set)
{
    start_file(plan, 206, "Partial Content", file, verdict);
    size_t len = byte_range_print(set->ranges[0], file->length, plan->content_range);
    add_span(plan, "content-range", span_of(plan->content_range, len));
    add_span(plan, "content-type", file->content_type);
    plan->has_content_length = true;
    plan->content_length = set->ranges[0].length;
    plan->body = *set;
}

static void plan_file(struct response_plan *plan, struct verdict verdict,
                      const struct index_file *file, const struct request_values *values)
{
    char etag[ENTITY_TAG_TEXT_LEN + 1];
    entity_tag_print(file->etag, etag);
    struct span tag = span_of_string(etag);
    if (conditional_none_match_names(values->if_none_match, tag)) {
        start_file(plan, 304, "Not Modified", file, verdict);
        return;
    }
    struct byte_range_set set = {.count = 0};
    enum byte_range_outcome outcome = BYTE_RANGE_IGNORED;
    /* RFC 9110 14.2: Range is defined for GET alone. 13.1.5: If-Range without it means nothing. */
    if (values->method == METHOD_GET && conditional_range_holds(values->if_range, tag))
        outcome = byte_range_parse(values->range, file->length, &set);
    if (outcome == BYTE_RANGE_UNSATISFIABLE)
        plan_unsatisfiable(plan, file);
    else if (set.count == 1)
        plan_part(plan, verdict, file, &set);
    else /* several ranges at once: a server may always answer with all of it (15.3.7.2) */
        plan_whole(plan, verdict, file, values->method);
}

enum request_method request_method_parse(struct span name)
{
    if (span_is(name, "GET"))
        return METHOD_GET;
    if (span_is(name, "HEAD"))
        return METHOD_HEAD;
    if (span_is(name, "OPTIONS"))
        return METHOD_OPTIONS;
    return METHOD_OTHER;
}

bool response_plan_needs_no_file(enum request_method method)
{
    return method == METHOD_OPTIONS || method == METHOD_OTHER;
}

void response_plan_make(struct response_plan *plan, struct verdict verdict,
                        const struct index_file *file, const struct request_values *values)
{
    if (values->method == METHOD_OPTIONS)
        plan_preflight(plan);
    else if (values->method == METHOD_OTHER)
        plan_wrong_method(plan);
    else if (!verdict_allows(verdict) || file == NULL)
        plan_refusal(plan, values->method);
    else
        plan_file(plan, verdict, file, values);
}

void response_plan_bad_request(struct response_plan *plan, enum request_method method)
{
    start(plan, 400, "Bad Request");
    set_text(plan, method, "Bad request\n");
}

void response_plan_unavailable(struct response_plan *plan, enum request_method method)
{
    start(plan, 503, "Service Unavailable");
    add(plan, "retry-after", "1");
    set_text(plan, method, "Service unavailable\n");
}
