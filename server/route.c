/*
 * The one stable URI, /v1/{title}/{file}. Both names follow base/name.h, which has no slash, no
 * percent sign and no way to spell a dot segment, so a path is either exactly this or no route.
 */
#include "server/route.h"

#include "base/name.h"

static const char prefix[] = "/v1/";

bool route_parse(struct span path, struct route *route)
{
    size_t prefix_len = sizeof(prefix) - 1;
    if (path.len < prefix_len || memcmp(path.base, prefix, prefix_len) != 0)
        return false;
    struct span rest = span_slice(path, prefix_len, path.len - prefix_len);
    const uint8_t *slash = rest.len > 0 ? memchr(rest.base, '/', rest.len) : NULL;
    if (slash == NULL)
        return false;
    size_t title_len = (size_t)(slash - rest.base);
    route->title = span_slice(rest, 0, title_len);
    route->file = span_slice(rest, title_len + 1, rest.len - title_len - 1);
    return name_is_valid(route->title) && name_is_valid(route->file);
}
