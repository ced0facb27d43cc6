#include "server/request_head.h"

/* Takes one line off the front of *bytes, without its end. False when there is no whole line, or
 * its end is not CR LF. */
static bool take_line(struct span *bytes, struct span *line)
{
    const uint8_t *end = bytes->len > 0 ? memchr(bytes->base, '\n', bytes->len) : NULL;
    if (end == NULL || end == bytes->base || end[-1] != '\r')
        return false;
    size_t len = (size_t)(end - bytes->base);
    *line = span_slice(*bytes, 0, len - 1);
    *bytes = span_slice(*bytes, len + 1, bytes->len - len - 1);
    return true;
}

static bool is_host(struct span line)
{
    static const char name[] = "host:";
    size_t len = sizeof(name) - 1;
    return line.len >= len && (line.base[0] | 0x20) == 'h' &&
           span_is_ignoring_case(span_slice(line, 0, len), name);
}

bool request_head_is_sound(struct span bytes, bool needs_host, size_t max_bytes)
{
    struct span left = bytes;
    struct span line;
    size_t hosts = 0;
    do {
        if (!take_line(&left, &line))
            return false;
    } while (line.len == 0);
    do {
        if (!take_line(&left, &line))
            return false;
        if (is_host(line))
            hosts++;
    } while (line.len > 0);
    return hosts <= 1 && (hosts == 1 || !needs_host) && bytes.len - left.len <= max_bytes;
}
