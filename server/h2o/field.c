#include "server/h2o/field.h"

static struct span line_at(const h2o_req_t *req, ssize_t at)
{
    h2o_iovec_t line = req->headers.entries[at].value;
    return span_of(line.base != NULL ? line.base : "", line.len);
}

struct span field_first_line(const h2o_req_t *req, const h2o_token_t *token)
{
    ssize_t at = h2o_find_header(&req->headers, token, -1);
    return at != -1 ? line_at(req, at) : span_of(NULL, 0);
}

/* Two lines or more, `len` bytes with their commas: one allocation, whatever their number. */
static struct span join(h2o_req_t *req, const struct span *lines, size_t count, size_t len)
{
    char *joined = h2o_mem_alloc_pool(&req->pool, len);
    char *end = joined;
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            *end++ = ',';
        memcpy(end, lines[i].base, lines[i].len);
        end += lines[i].len;
    }
    return span_of(joined, len);
}

bool field_read(h2o_req_t *req, const h2o_token_t *token, struct span *value)
{
    struct span lines[FIELD_MAX_LINES];
    size_t count = 0;
    size_t len = 0;
    *value = span_of("", 0);
    for (ssize_t i = -1; (i = h2o_find_header(&req->headers, token, i)) != -1;) {
        if (count == FIELD_MAX_LINES)
            return false;
        lines[count] = line_at(req, i);
        len += lines[count].len + (count > 0 ? 1 : 0);
        count++;
        if (len > FIELD_MAX_BYTES)
            return false;
    }
    if (count > 1)
        *value = join(req, lines, count, len);
    else
        *value = count == 1 ? lines[0] : span_of(NULL, 0);
    return true;
}

void field_read_present(h2o_req_t *req, const struct field_place *places, size_t count)
{
    for (size_t i = 0; i < req->headers.size; i++) {
        const h2o_iovec_t *name = req->headers.entries[i].name;
        for (size_t j = 0; j < count; j++) {
            if (name == &places[j].token->buf && places[j].value->base == NULL)
                (void)field_read(req, places[j].token, places[j].value);
        }
    }
}

struct token_cookies field_read_cookies(const h2o_req_t *req, struct span name)
{
    struct token_cookies cookies = {.count = 0};
    size_t len = 0;
    for (ssize_t i = -1; (i = h2o_find_header(&req->headers, H2O_TOKEN_COOKIE, i)) != -1;) {
        struct span line = line_at(req, i);
        len += line.len;
        if (len > FIELD_MAX_COOKIE_BYTES)
            return (struct token_cookies){.count = 0};
        token_cookies_add(&cookies, line, name);
    }
    return cookies;
}
