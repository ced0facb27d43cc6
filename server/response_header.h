#ifndef RESPONSE_HEADER_H
#define RESPONSE_HEADER_H

#include "base/span.h"

/*
 * The fields that a response of ours may have. They are numbers, so that an adapter resolves their
 * names once and not for each response (server/h2o/header_name.c).
 */
enum response_header_name {
    HEADER_ACCEPT_RANGES,
    HEADER_ALLOW,
    HEADER_ALLOW_CREDENTIALS, /* the Access-Control-... of CORS, this and the next three */
    HEADER_ALLOW_HEADERS,
    HEADER_ALLOW_METHODS,
    HEADER_ALLOW_ORIGIN,
    HEADER_CACHE_CONTROL,
    HEADER_CACHE_TAG,
    HEADER_CDN_CACHE_CONTROL,
    HEADER_CONTENT_RANGE,
    HEADER_CONTENT_TYPE,
    HEADER_ETAG,
    HEADER_EXPOSE_HEADERS, /* of CORS */
    HEADER_LAST_MODIFIED,
    HEADER_MAX_AGE, /* of CORS: how long a preflight counts */
    HEADER_NOSNIFF, /* X-Content-Type-Options */
    HEADER_RETRY_AFTER,
    HEADER_VARY,
    RESPONSE_HEADER_NAMES, /* how many there are */
};

struct response_header {
    enum response_header_name name;
    struct span value;
};

#endif
