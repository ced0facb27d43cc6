#ifndef RESPONSE_PLAN_H
#define RESPONSE_PLAN_H

#include "auth/policy.h"
#include "server/byte_range.h"
#include "server/entity_tag.h"
#include "store/index.h"

/*
 * What a request is answered with, decided by one pure function of the verdict, the file and the
 * request's values: status, every header of ours, and which bytes of the file follow. The adapter
 * adds only Date, Server and the framing, and sends.
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
    struct span range;
    struct span if_range;
    struct span if_none_match;
};

struct response_header {
    const char *name; /* lower case */
    struct span value;
};

#define RESPONSE_MAX_HEADERS 12

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
    struct span text;                   /* to send instead; empty: none */
    char etag[ENTITY_TAG_TEXT_LEN + 1]; /* what headers borrow */
    char content_range[CONTENT_RANGE_MAX];
};

/* Whether the answer does not depend on who asks for what: OPTIONS and the methods that we do not
 * have. Such a request needs no verdict and no file. */
bool response_plan_needs_no_file(enum request_method method);

/* Decides. `file` is NULL when there is none of that name, title or route; it counts only when the
 * verdict allows, so that a refused request learns nothing of what exists. The plan borrows from
 * itself (do not copy it) and from the file's index. */
void response_plan_make(struct response_plan *plan, struct verdict verdict,
                        const struct index_file *file, const struct request_values *values);

/* The answer to a request that does not say which site it means: 400. */
void response_plan_bad_request(struct response_plan *plan, enum request_method method);

/* The answer when we cannot answer now: 503 with Retry-After. */
void response_plan_unavailable(struct response_plan *plan, enum request_method method);

#endif
