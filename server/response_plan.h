#ifndef RESPONSE_PLAN_H
#define RESPONSE_PLAN_H

#include "auth/policy.h"
#include "server/byte_range.h"
#include "server/cache_policy.h"
#include "server/conditional.h"
#include "server/cors_policy.h"
#include "server/entity_tag.h"
#include "server/http_date.h"
#include "server/multipart.h"
#include "server/response_header.h"
#include "store/index.h"

/*
 * What a request is answered with, decided by one pure function of the rules, the verdict, the file
 * and the request's values: status, every header of ours, and which bytes of the file follow. The
 * adapter adds only Date, Server and the framing, and sends.
 */
enum request_method {
    METHOD_GET,
    METHOD_HEAD,
    METHOD_OPTIONS,
    METHOD_OTHER,
};

/* Method names are case-sensitive (RFC 9110, 9.1). */
enum request_method request_method_parse(struct span name);

/* The values of a request that decide its response. A field that is absent has base == NULL; one
 * that came in several lines is joined with commas (RFC 9110, 5.3). */
struct request_values {
    enum request_method method;
    int64_t now_s; /* seconds since 1970 */
    struct span origin;
    struct span range;
    struct conditions conditions;
};

/* What the operator decided, printed once. */
struct response_rules {
    struct cache_policy everyone; /* for files served without a token */
    struct cache_policy one;      /* and with one */
    struct cors_policy cors;
};

/* The file that a URI names: RFC 9110's selected representation. Borrowed from its index. */
struct representation {
    const struct index_file *file;
    struct span title;
    int64_t published_s;
};

/* A date is a validator only when no two publications can share it that somebody was given. The
 * store dates each later than the one that it replaces, but not one that follows a removal, and
 * dates count seconds. The catalog may go on with what was there 0.9 s ago: from this long after
 * the publication on, nothing older is served and nothing newer has the same date. Until then there
 * is no Last-Modified, and whoever sends its date has not got it from us. */
#define RESPONSE_DATE_SETTLES_S 2

#define RESPONSE_MAX_HEADERS 16

struct response_plan {
    int status;
    const char *reason; /* of the status line of HTTP/1.1 */
    struct response_header headers[RESPONSE_MAX_HEADERS];
    size_t header_count;
    bool has_content_length;
    uint64_t content_length;
    /* Bytes of the file to send, none when its count is 0; several are the parts of a multipart
     * body, whose heads and end `content_length` counts too. */
    struct byte_range_set body;
    struct span text; /* to send instead; empty: none */

    /* What headers borrow. */
    char etag[ENTITY_TAG_TEXT_LEN + 1];
    char last_modified[HTTP_DATE_LEN];
    char content_range[CONTENT_RANGE_MAX];
    char multipart_type[MULTIPART_TYPE_LEN];
};

/* Whether the answer does not depend on who asks for what: OPTIONS and the methods that we do not
 * have. Such a request needs no verdict and no file. */
bool response_plan_needs_no_file(enum request_method method);

/* Decides. `representation` is NULL when there is no file of that name, title or route; it counts
 * only when the verdict allows, so that a refused request learns nothing of what exists. The plan
 * borrows from all that it is given and from itself: do not copy it. */
void response_plan_make(struct response_plan *plan, const struct response_rules *rules,
                        struct verdict verdict, const struct representation *representation,
                        const struct request_values *values);

/* The answer to a request that does not say which site it means: 400. */
void response_plan_bad_request(struct response_plan *plan, const struct response_rules *rules,
                               const struct request_values *values);

/* The answer when we cannot answer now: 503 with Retry-After. */
void response_plan_unavailable(struct response_plan *plan, const struct response_rules *rules,
                               const struct request_values *values);

#endif
