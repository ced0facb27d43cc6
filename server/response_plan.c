/*
 * The order of things (RFC 9110, 13.2.2): method, verdict, existence, preconditions, If-Range and
 * Range. Whoever is refused gets the same 403 as whoever asks for what does not exist, bytes and
 * headers alike.
 *
 * `answers` is the one place that says which headers go with which status.
 */
#include "server/response_plan.h"

#include <assert.h>

/* A literal as a span, without strlen. */
#define LITERAL(text) ((struct span){(const uint8_t *)(text), sizeof(text) - 1})

/* Groups of headers. Every answer has X-Content-Type-Options and says who may read it and what of
 * it: without that a player sees "network error" where it should see 403. */
enum {
    HAS_PREFLIGHT = 1 << 0,     /* what scripts may ask */
    HAS_ALLOW = 1 << 1,         /* which methods there are */
    HAS_ACCEPT_RANGES = 1 << 2, /* that ranges are understood */
    HAS_VALIDATORS = 1 << 3,    /* ETag, and Last-Modified once it is settled */
    HAS_CACHING = 1 << 4,       /* how long it may be kept, by whom, and under which tag */
    HAS_RETRY_AFTER = 1 << 5,
    HAS_TEXT = 1 << 6, /* a text for people, its type, and that nobody may keep it */
};

/* RFC 9110 15.3.7 and 15.4.5: 206 and 304 say of the file what 200 says. */
#define OF_A_FILE (HAS_VALIDATORS | HAS_CACHING)

struct answer {
    int status;
    const char *reason;
    unsigned headers;
    struct span text;
};

static const struct answer whole_file = {200, "OK", OF_A_FILE | HAS_ACCEPT_RANGES, {0}};
static const struct answer part_of_file = {
    206, "Partial Content", OF_A_FILE | HAS_ACCEPT_RANGES, {0}};
static const struct answer not_modified = {304, "Not Modified", OF_A_FILE, {0}};
static const struct answer preflight = {204, "No Content", HAS_PREFLIGHT | HAS_ALLOW, {0}};
static const struct answer bad_request = {400, "Bad Request", HAS_TEXT, LITERAL("Bad request\n")};
static const struct answer refusal = {403, "Forbidden", HAS_TEXT, LITERAL("Forbidden\n")};
static const struct answer wrong_method = {405, "Method Not Allowed", HAS_ALLOW | HAS_TEXT,
                                           LITERAL("Method not allowed\n")};
static const struct answer failed_precondition = {412, "Precondition Failed", HAS_TEXT,
                                                  LITERAL("Precondition failed\n")};
static const struct answer unsatisfiable = {
    416, "Range Not Satisfiable", HAS_ACCEPT_RANGES | HAS_TEXT, LITERAL("Range not satisfiable\n")};
static const struct answer unavailable = {503, "Service Unavailable", HAS_RETRY_AFTER | HAS_TEXT,
                                          LITERAL("Service unavailable\n")};

/* All that a plan is made from. */
struct context {
    const struct response_rules *rules;
    const struct request_values *values;
    const struct representation *representation; /* NULL: none, or not to be known of */
    const struct cache_policy *cache;            /* of the representation */
    struct validators validators;                /* of the representation; borrow from the plan */
};

static void add(struct response_plan *plan, enum response_header_name name, struct span value)
{
    assert(plan->header_count < RESPONSE_MAX_HEADERS);
    plan->headers[plan->header_count++] = (struct response_header){name, value};
}

/* The Fetch standard, "CORS protocol and credentials": with credentials the origin is said exactly,
 * and never as an asterisk. What depends on the origin says so to caches. */
static void add_origin(struct response_plan *plan, const struct context *context)
{
    const struct cors_policy *cors = &context->rules->cors;
    if (cors->origin_count == 0) {
        add(plan, HEADER_ALLOW_ORIGIN, LITERAL("*"));
        return;
    }
    if (cors_policy_names(cors, context->values->origin)) {
        add(plan, HEADER_ALLOW_ORIGIN, context->values->origin);
        add(plan, HEADER_ALLOW_CREDENTIALS, LITERAL("true"));
    }
    add(plan, HEADER_VARY, LITERAL("Origin"));
}

static void add_preflight(struct response_plan *plan)
{
    add(plan, HEADER_ALLOW_METHODS, LITERAL("GET, HEAD, OPTIONS"));
    add(plan, HEADER_ALLOW_HEADERS,
        LITERAL("Authorization, Range, If-Range, If-None-Match, If-Match, If-Modified-Since, "
                "If-Unmodified-Since"));
    add(plan, HEADER_MAX_AGE, LITERAL("86400"));
}

static void add_validators(struct response_plan *plan, const struct context *context)
{
    add(plan, HEADER_ETAG, context->validators.etag);
    if (!context->validators.has_date)
        return;
    http_date_print(context->validators.modified_s, plan->last_modified);
    add(plan, HEADER_LAST_MODIFIED, span_of(plan->last_modified, HTTP_DATE_LEN));
}

static void add_caching(struct response_plan *plan, const struct context *context)
{
    add(plan, HEADER_CACHE_CONTROL, cache_policy_browser(context->cache));
    add(plan, HEADER_CDN_CACHE_CONTROL, cache_policy_cdn(context->cache));
    add(plan, HEADER_CACHE_TAG, context->representation->title);
}

static void set_text(struct response_plan *plan, const struct context *context, struct span text)
{
    add(plan, HEADER_CONTENT_TYPE, LITERAL("text/plain; charset=utf-8"));
    add(plan, HEADER_CACHE_CONTROL, LITERAL("no-store"));
    plan->has_content_length = true;
    plan->content_length = text.len;
    if (context->values->method != METHOD_HEAD)
        plan->text = text;
}

/* Status, headers and text of `answer`; what is particular to a body is added by the caller. */
static void start(struct response_plan *plan, const struct context *context,
                  const struct answer *answer)
{
    plan->status = answer->status;
    plan->reason = answer->reason;
    add_origin(plan, context);
    add(plan, HEADER_NOSNIFF, LITERAL("nosniff"));
    add(plan, HEADER_EXPOSE_HEADERS, LITERAL("Content-Range, Content-Length, Accept-Ranges, ETag"));
    if (answer->headers & HAS_PREFLIGHT)
        add_preflight(plan);
    if (answer->headers & HAS_ALLOW)
        add(plan, HEADER_ALLOW, LITERAL("GET, HEAD, OPTIONS"));
    if (answer->headers & HAS_ACCEPT_RANGES)
        add(plan, HEADER_ACCEPT_RANGES, LITERAL("bytes"));
    if (answer->headers & HAS_VALIDATORS)
        add_validators(plan, context);
    if (answer->headers & HAS_CACHING)
        add_caching(plan, context);
    if (answer->headers & HAS_RETRY_AFTER)
        add(plan, HEADER_RETRY_AFTER, LITERAL("1"));
    if (answer->headers & HAS_TEXT)
        set_text(plan, context, answer->text);
}

static void set_length(struct response_plan *plan, uint64_t length)
{
    plan->has_content_length = true;
    plan->content_length = length;
}

/* HEAD says the length of what GET would send, and sends nothing. */
static void plan_whole(struct response_plan *plan, const struct context *context)
{
    const struct index_file *file = context->representation->file;
    start(plan, context, &whole_file);
    add(plan, HEADER_CONTENT_TYPE, file->content_type);
    set_length(plan, file->length);
    plan->body.count = context->values->method == METHOD_GET && file->length > 0;
    plan->body.ranges[0] = (struct byte_range){0, file->length};
}

static void plan_part(struct response_plan *plan, const struct context *context)
{
    const struct index_file *file = context->representation->file;
    struct byte_range range = plan->body.ranges[0];
    start(plan, context, &part_of_file);
    size_t len = byte_range_print(range, file->length, plan->content_range);
    add(plan, HEADER_CONTENT_RANGE, span_of(plan->content_range, len));
    add(plan, HEADER_CONTENT_TYPE, file->content_type);
    set_length(plan, range.length);
}

/* RFC 9110 15.3.7.2: each part says its own Content-Range, the whole none. */
static void plan_parts(struct response_plan *plan, const struct context *context, uint64_t length)
{
    start(plan, context, &part_of_file);
    multipart_print_type(context->representation->file, plan->multipart_type);
    add(plan, HEADER_CONTENT_TYPE, span_of(plan->multipart_type, MULTIPART_TYPE_LEN));
    set_length(plan, length);
}

static void plan_unsatisfiable(struct response_plan *plan, const struct context *context)
{
    uint64_t length = context->representation->file->length;
    start(plan, context, &unsatisfiable);
    size_t len = byte_range_print_unsatisfied(length, plan->content_range);
    add(plan, HEADER_CONTENT_RANGE, span_of(plan->content_range, len));
}

/* RFC 9110 14.2: Range is defined for GET alone. 13.1.5: If-Range without it means nothing. */
static enum byte_range_outcome choose_ranges(struct response_plan *plan,
                                             const struct context *context)
{
    const struct request_values *values = context->values;
    if (values->method != METHOD_GET || values->range.base == NULL ||
        !conditional_range_holds(values->conditions.if_range, &context->validators))
        return BYTE_RANGE_IGNORED;
    return byte_range_parse(values->range, context->representation->file->length, &plan->body);
}

static void plan_ranges(struct response_plan *plan, const struct context *context)
{
    const struct index_file *file = context->representation->file;
    enum byte_range_outcome outcome = choose_ranges(plan, context);
    if (outcome == BYTE_RANGE_UNSATISFIABLE) {
        plan_unsatisfiable(plan, context);
    } else if (outcome == BYTE_RANGE_IGNORED) {
        plan_whole(plan, context);
    } else if (plan->body.count == 1) {
        plan_part(plan, context);
    } else {
        /* Parts that are longer than the file are of no use to anyone (RFC 9110, 14.2). */
        uint64_t length = multipart_length(file, &plan->body);
        if (length > file->length)
            plan_whole(plan, context);
        else
            plan_parts(plan, context, length);
    }
}

static void plan_file(struct response_plan *plan, const struct context *context)
{
    switch (conditional_evaluate(&context->values->conditions, &context->validators)) {
    case PRECONDITION_FAILED:
        start(plan, context, &failed_precondition);
        break;
    case PRECONDITION_NOT_MODIFIED:
        start(plan, context, &not_modified);
        break;
    case PRECONDITION_HOLDS:
        plan_ranges(plan, context);
        break;
    }
}

/* A time that HTTP has no date for is none, and neither is one in the future. */
static bool is_settled(int64_t published_s, int64_t now_s)
{
    return published_s >= 0 && published_s <= HTTP_DATE_LAST_S &&
           now_s - RESPONSE_DATE_SETTLES_S >= published_s;
}

static struct validators validators_of(struct response_plan *plan,
                                       const struct representation *representation, int64_t now_s)
{
    entity_tag_print(representation->file->etag, plan->etag);
    return (struct validators){
        .etag = span_of(plan->etag, ENTITY_TAG_TEXT_LEN),
        .has_date = is_settled(representation->published_s, now_s),
        .modified_s = representation->published_s,
        .now_s = now_s,
    };
}

/* Not all of it: what headers borrow is written before it is read. */
static void clear(struct response_plan *plan)
{
    plan->header_count = 0;
    plan->has_content_length = false;
    plan->content_length = 0;
    plan->body.count = 0;
    plan->text = span_of(NULL, 0);
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

void response_plan_make(struct response_plan *plan, const struct response_rules *rules,
                        struct verdict verdict, const struct representation *representation,
                        const struct request_values *values)
{
    struct context context = {.rules = rules, .values = values};
    clear(plan);
    if (values->method == METHOD_OPTIONS) {
        start(plan, &context, &preflight);
    } else if (values->method == METHOD_OTHER) {
        start(plan, &context, &wrong_method);
    } else if (!verdict_allows(verdict) || representation == NULL) {
        start(plan, &context, &refusal);
    } else {
        bool is_public = verdict.code == VERIFICATION_NOT_PERFORMED;
        context.representation = representation;
        context.cache = is_public ? &rules->everyone : &rules->one;
        context.validators = validators_of(plan, representation, values->now_s);
        plan_file(plan, &context);
    }
}

static void plan_answer(struct response_plan *plan, const struct response_rules *rules,
                        const struct request_values *values, const struct answer *answer)
{
    const struct context context = {.rules = rules, .values = values};
    clear(plan);
    start(plan, &context, answer);
}

void response_plan_bad_request(struct response_plan *plan, const struct response_rules *rules,
                               const struct request_values *values)
{
    plan_answer(plan, rules, values, &bad_request);
}

void response_plan_unavailable(struct response_plan *plan, const struct response_rules *rules,
                               const struct request_values *values)
{
    plan_answer(plan, rules, values, &unavailable);
}
