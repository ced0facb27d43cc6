#ifndef LIMITS_H
#define LIMITS_H

#include <stdint.h>
#include <stdio.h>

#include "base/fault.h"

/*
 * What one connection may do before it is closed. libh2o 2.2.5 limits none of this by itself. The
 * defaults are far from what any player or CDN does; docs/operations.md has the figures. Frames are
 * those of HTTP/2.
 */
enum limit {
    LIMIT_WASTED_STREAMS,            /* requests given up before their answer was sent */
    LIMIT_WASTED_STREAMS_PER_SECOND, /* on a long average */
    LIMIT_CONTROL_FRAMES,            /* frames that bring no request forward */
    LIMIT_CONTROL_FRAMES_PER_SECOND, /* on a long average */
    LIMIT_HEADER_BYTES,              /* of one request, as sent */
    LIMIT_HEADER_FIELDS,             /* of one request */
    LIMIT_HEADER_FRAMES,             /* that one request's fields are spread over */
    LIMIT_SEND_TIMEOUT,              /* seconds in which the client takes nothing of a response */
    LIMIT_HEAD_TIMEOUT,              /* seconds for the whole head of a request to come */
    LIMIT_IDLE_TIMEOUT,              /* seconds without a request */
    LIMIT_HANDSHAKE_TIMEOUT,         /* seconds for TLS */
    LIMIT_COUNT,
};

struct limits {
    uint64_t values[LIMIT_COUNT];
};

void limits_set_defaults(struct limits *limits);

/* Sets one as "NAME=N" says. STATUS_INVALID when there is no such limit, or N is no number or out
 * of its bounds: the fault lists what there is. */
MUST_CHECK enum status limits_set(struct limits *limits, const char *text, struct fault *fault);

/* As in "NAME=N": "wasted-streams". */
const char *limit_name(enum limit limit);

static inline uint64_t limits_milliseconds(const struct limits *limits, enum limit limit)
{
    return limits->values[limit] * 1000;
}

/* A line for each name, with its default and what it is, for --help. */
void limits_print_help(FILE *stream);

#endif
