#include "server/h2o/header_name.h"

#include <assert.h>

/* libh2o wants pointers to what may be written, and writes nothing there. */
#define TOKEN(token) ((h2o_iovec_t *)(uintptr_t) & (token)->buf)
#define OTHER(text) (&(h2o_iovec_t){(char *)(uintptr_t)(text), sizeof(text) - 1})

static h2o_iovec_t *const names[RESPONSE_HEADER_NAMES] = {
    [HEADER_ACCEPT_RANGES] = TOKEN(H2O_TOKEN_ACCEPT_RANGES),
    [HEADER_ALLOW] = TOKEN(H2O_TOKEN_ALLOW),
    [HEADER_ALLOW_CREDENTIALS] = OTHER("access-control-allow-credentials"),
    [HEADER_ALLOW_HEADERS] = OTHER("access-control-allow-headers"),
    [HEADER_ALLOW_METHODS] = OTHER("access-control-allow-methods"),
    [HEADER_ALLOW_ORIGIN] = TOKEN(H2O_TOKEN_ACCESS_CONTROL_ALLOW_ORIGIN),
    [HEADER_CACHE_CONTROL] = TOKEN(H2O_TOKEN_CACHE_CONTROL),
    [HEADER_CACHE_TAG] = OTHER("cache-tag"),
    [HEADER_CDN_CACHE_CONTROL] = OTHER("cdn-cache-control"),
    [HEADER_CONTENT_RANGE] = TOKEN(H2O_TOKEN_CONTENT_RANGE),
    [HEADER_CONTENT_TYPE] = TOKEN(H2O_TOKEN_CONTENT_TYPE),
    [HEADER_ETAG] = TOKEN(H2O_TOKEN_ETAG),
    [HEADER_EXPOSE_HEADERS] = OTHER("access-control-expose-headers"),
    [HEADER_LAST_MODIFIED] = TOKEN(H2O_TOKEN_LAST_MODIFIED),
    [HEADER_MAX_AGE] = OTHER("access-control-max-age"),
    [HEADER_NOSNIFF] = OTHER("x-content-type-options"),
    [HEADER_RETRY_AFTER] = TOKEN(H2O_TOKEN_RETRY_AFTER),
    [HEADER_VARY] = TOKEN(H2O_TOKEN_VARY),
};

h2o_iovec_t *header_name(enum response_header_name name)
{
    assert(name < RESPONSE_HEADER_NAMES);
    return names[name];
}
