#include "plan_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#define TITLE                                                                                      \
    {                                                                                              \
        (const uint8_t *)"bunny", 5                                                                \
    }
#define TYPE                                                                                       \
    {                                                                                              \
        (const uint8_t *)"video/mp4", 9                                                            \
    }

const struct index_file r_file = {.content_type = TYPE, .length = R_LENGTH, .etag = {'v', '1'}};
static const struct index_file empty_file = {.content_type = TYPE, .etag = {'e'}};
static const struct index_file six_gib = {
    .content_type = TYPE, .length = UINT64_C(6) << 30, .etag = {'b'}};

const struct representation r = {&r_file, TITLE, R_MODIFIED_S};
const struct representation r_empty = {&empty_file, TITLE, R_MODIFIED_S};
const struct representation r_six_gib = {&six_gib, TITLE, R_MODIFIED_S};

#define EVERYONE "public, max-age=300, no-transform"
#define ONE "private, max-age=300, no-transform"
#define CACHES                                                                                     \
    .everyone = {sizeof(EVERYONE) - 1, sizeof(EVERYONE) - 1, EVERYONE, EVERYONE},                  \
    .one = {sizeof(ONE) - 1, sizeof("no-store") - 1, ONE, "no-store"}

const struct response_rules r_rules = {CACHES};
const struct response_rules r_site_rules = {
    CACHES,
    .cors = {.origins = {{(const uint8_t *)"https://a.example", 17},
                         {(const uint8_t *)"https://b.example", 17}},
             .origin_count = 2},
};

const struct verdict r_allowed = {VERIFICATION_OK, NULL};
const struct verdict r_public = {VERIFICATION_NOT_PERFORMED, NULL};
const struct verdict r_refused = {VERIFICATION_EXPIRED, "expired"};

struct span field(const char *text)
{
    return text != NULL ? span_of_string(text) : span_of(NULL, 0);
}

struct request_values get(const char *range)
{
    return (struct request_values){.method = METHOD_GET, .now_s = R_NOW_S, .range = field(range)};
}

void plan_for(struct response_plan *plan, const struct request_values *values)
{
    response_plan_make(plan, &r_rules, r_allowed, &r, values);
}

const struct span *header(const struct response_plan *plan, enum response_header_name name)
{
    const struct span *found = NULL;
    for (size_t i = 0; i < plan->header_count; i++) {
        if (plan->headers[i].name != name)
            continue;
        assert_null(found);
        found = &plan->headers[i].value;
    }
    return found;
}

void assert_header(const struct response_plan *plan, enum response_header_name name,
                   const char *expected)
{
    const struct span *actual = header(plan, name);
    struct span text = actual != NULL ? *actual : span_of("(none)", 6);
    if (expected == NULL && actual != NULL)
        fail_msg("header %d, '%.*s', should be absent", (int)name, SPAN_PRINT(text));
    if (expected != NULL && (actual == NULL || !span_is(text, expected)))
        fail_msg("header %d is '%.*s' and should be '%s'", (int)name, SPAN_PRINT(text), expected);
}

uint8_t *render(const struct response_plan *plan)
{
    assert_true(plan->has_content_length);
    uint8_t *bytes = malloc(plan->content_length > 0 ? plan->content_length : 1);
    assert_non_null(bytes);
    uint64_t at = 0;
    for (size_t i = 0; i < plan->body.count; i++) {
        struct byte_range range = plan->body.ranges[i];
        assert_true(range.length > 0 && range.length <= R_LENGTH &&
                    range.offset <= R_LENGTH - range.length);
        if (plan->body.count > 1) {
            char head[MULTIPART_HEAD_MAX];
            size_t len = multipart_print_head(&r_file, range, head);
            assert_true(at + len <= plan->content_length);
            memcpy(bytes + at, head, len);
            at += len;
        }
        assert_true(at + range.length <= plan->content_length);
        for (uint64_t j = 0; j < range.length; j++)
            bytes[at++] = (uint8_t)((range.offset + j) % 251);
    }
    if (plan->body.count > 1) {
        char end[MULTIPART_END_LEN];
        multipart_print_end(&r_file, end);
        assert_true(at + MULTIPART_END_LEN <= plan->content_length);
        memcpy(bytes + at, end, MULTIPART_END_LEN);
        at += MULTIPART_END_LEN;
    }
    assert_int_equal(at, plan->content_length);
    return bytes;
}

/* RFC 9110 15.3.7: what a 206 says of the file is what the 200 says. */
static void assert_of_r(const struct response_plan *plan)
{
    assert_int_equal(plan->text.len, 0);
    assert_header(plan, HEADER_ACCEPT_RANGES, "bytes");
    assert_header(plan, HEADER_ETAG, R_TAG);
    assert_header(plan, HEADER_LAST_MODIFIED, R_DATE);
    assert_header(plan, HEADER_CACHE_CONTROL, ONE);
    assert_header(plan, HEADER_CDN_CACHE_CONTROL, "no-store");
    assert_header(plan, HEADER_CACHE_TAG, "bunny");
    assert_header(plan, HEADER_ALLOW_ORIGIN, "*");
    assert_header(plan, HEADER_EXPOSE_HEADERS,
                  "Content-Range, Content-Length, Accept-Ranges, ETag");
    assert_header(plan, HEADER_NOSNIFF, "nosniff");
    assert_header(plan, HEADER_VARY, NULL);
}

static void assert_range_of_r(const struct response_plan *plan, uint64_t offset, uint64_t length)
{
    assert_int_equal(plan->body.count, 1);
    assert_int_equal(plan->body.ranges[0].offset, offset);
    assert_int_equal(plan->body.ranges[0].length, length);
    assert_true(plan->has_content_length);
    assert_int_equal(plan->content_length, length);
    assert_header(plan, HEADER_CONTENT_TYPE, "video/mp4");
}

void assert_whole(const struct response_plan *plan)
{
    assert_int_equal(plan->status, 200);
    assert_string_equal(plan->reason, "OK");
    assert_of_r(plan);
    assert_header(plan, HEADER_CONTENT_RANGE, NULL);
    assert_range_of_r(plan, 0, R_LENGTH);
    assert_int_equal(plan->header_count, 10);
}

void assert_part(const struct response_plan *plan, uint64_t first, uint64_t last)
{
    char text[80];
    snprintf(text, sizeof(text), "bytes %llu-%llu/10000", (unsigned long long)first,
             (unsigned long long)last);
    assert_int_equal(plan->status, 206);
    assert_string_equal(plan->reason, "Partial Content");
    assert_of_r(plan);
    assert_header(plan, HEADER_CONTENT_RANGE, text);
    assert_range_of_r(plan, first, last - first + 1);
    assert_int_equal(plan->header_count, 11);
}

/* One part as the list wants it: boundary, type, range, the bytes. Returns its end. */
static const uint8_t *assert_one_part(const uint8_t *at, struct byte_range range)
{
    char head[200];
    int len = snprintf(head, sizeof(head),
                       "\r\n--" R_BOUNDARY "\r\nContent-Type: video/mp4\r\n"
                       "Content-Range: bytes %llu-%llu/10000\r\n\r\n",
                       (unsigned long long)range.offset,
                       (unsigned long long)(range.offset + range.length - 1));
    assert_memory_equal(at, head, (size_t)len);
    at += len;
    for (uint64_t i = 0; i < range.length; i++)
        assert_int_equal(*at++, (range.offset + i) % 251);
    return at;
}

void assert_parts(const struct response_plan *plan, const struct byte_range *ranges, size_t count)
{
    assert_int_equal(plan->status, 206);
    assert_of_r(plan);
    assert_header(plan, HEADER_CONTENT_RANGE, NULL);
    assert_header(plan, HEADER_CONTENT_TYPE, "multipart/byteranges; boundary=" R_BOUNDARY);
    assert_int_equal(plan->header_count, 10);
    assert_int_equal(plan->body.count, count);
    uint8_t *bytes = render(plan);
    const uint8_t *at = bytes;
    for (size_t i = 0; i < count; i++)
        at = assert_one_part(at, ranges[i]);
    assert_memory_equal(at, "\r\n--" R_BOUNDARY "--\r\n", MULTIPART_END_LEN);
    assert_int_equal(at + MULTIPART_END_LEN - bytes, plan->content_length);
    free(bytes);
}

void assert_unsatisfiable(const struct response_plan *plan)
{
    assert_int_equal(plan->status, 416);
    assert_string_equal(plan->reason, "Range Not Satisfiable");
    assert_int_equal(plan->body.count, 0);
    assert_true(span_is(plan->text, "Range not satisfiable\n"));
    assert_true(plan->has_content_length);
    assert_int_equal(plan->content_length, plan->text.len);
    assert_header(plan, HEADER_CONTENT_RANGE, "bytes */10000");
    assert_header(plan, HEADER_CONTENT_TYPE, "text/plain; charset=utf-8");
    assert_header(plan, HEADER_CACHE_CONTROL, "no-store");
    assert_header(plan, HEADER_ALLOW_ORIGIN, "*");
    assert_header(plan, HEADER_EXPOSE_HEADERS,
                  "Content-Range, Content-Length, Accept-Ranges, ETag");
    assert_header(plan, HEADER_ACCEPT_RANGES, "bytes");
    assert_header(plan, HEADER_NOSNIFF, "nosniff");
    assert_int_equal(plan->header_count, 7);
}

void assert_same(const struct response_plan *a, const struct response_plan *b)
{
    assert_int_equal(a->status, b->status);
    assert_string_equal(a->reason, b->reason);
    assert_int_equal(a->header_count, b->header_count);
    for (size_t i = 0; i < a->header_count; i++) {
        assert_int_equal(a->headers[i].name, b->headers[i].name);
        assert_true(span_equal(a->headers[i].value, b->headers[i].value));
    }
    assert_int_equal(a->has_content_length, b->has_content_length);
    assert_int_equal(a->content_length, b->content_length);
    assert_int_equal(a->body.count, b->body.count);
    for (size_t i = 0; i < a->body.count; i++) {
        assert_int_equal(a->body.ranges[i].offset, b->body.ranges[i].offset);
        assert_int_equal(a->body.ranges[i].length, b->body.ranges[i].length);
    }
    assert_true(span_equal(a->text, b->text));
}
