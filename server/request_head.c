#include "server/request_head.h"

/* Takes one line off the front of *bytes, without its line feed and the carriage return before it
 * (RFC 9112, 2.2: a line feed alone ends a line too). False when there is no whole line. */
static bool take_line(struct span *bytes, struct span *line)
{
    const uint8_t *end = bytes->len > 0 ? memchr(bytes->base, '\n', bytes->len) : NULL;
    if (end == NULL)
        return false;
    size_t len = (size_t)(end - bytes->base);
    *line = span_slice(*bytes, 0, len);
    *bytes = span_slice(*bytes, len + 1, bytes->len - len - 1);
    if (line->len > 0 && line->base[line->len - 1] == '\r')
        line->len--;
    return true;
}

static bool is_host(struct span line)
{
    static const char name[] = "host:";
    size_t len = sizeof(name) - 1;
    return line.len >= len && span_is_ignoring_case(span_slice(line, 0, len), name);
}

bool request_head_has_many_hosts(struct span bytes)
{
    struct span line;
    size_t hosts = 0;
    bool is_request_line = true;
    while (take_line(&bytes, &line)) {
        if (is_request_line) {
            is_request_line = line.len == 0;
            continue;
        }
        if (line.len == 0)
            break;
        if (is_host(line))
            hosts++;
    }
    return hosts > 1;
}
