/*
 * A request target on its way to a file: parsed as a signed URI, then routed. Whatever is routed
 * consists of two valid names and is spelt in one way only.
 */
#include <stdlib.h>

#include "auth/signed_uri.h"
#include "base/name.h"
#include "server/access_line.h"
#include "server/route.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_route(struct span path, struct route route)
{
    char spelt[4 + 2 * NAME_MAX_LEN + 2];
    check(name_is_valid(route.title) && name_is_valid(route.file));
    size_t len = 4;
    memcpy(spelt, "/v1/", len);
    memcpy(spelt + len, route.title.base, route.title.len);
    len += route.title.len;
    spelt[len++] = '/';
    memcpy(spelt + len, route.file.base, route.file.len);
    len += route.file.len;
    check(span_equal(span_of(spelt, len), path));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span target = span_of(data, size);
    struct signed_uri uri = {0};
    struct route route;
    if (signed_uri_parse(span_of_string("https"), span_of_string("media.example.com"), target,
                         span_of_string(URI_TOKEN_ATTRIBUTE), &uri) == STATUS_OK) {
        struct span path = signed_uri_path(&uri);
        if (route_parse(path, &route))
            check_route(path, route);
    }
    /* The path as it is, as nothing that reaches the router should, must do no harm either. */
    if (route_parse(target, &route))
        check_route(target, route);
    check(access_line_path(target).len <= target.len);
    signed_uri_dispose(&uri);
    return 0;
}
