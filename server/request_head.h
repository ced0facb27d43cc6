#ifndef REQUEST_HEAD_H
#define REQUEST_HEAD_H

#include <stdbool.h>

#include "base/span.h"

/* Whether the head of an HTTP/1 request, its request line and fields as they came, has more than
 * one Host field. Such a request means one site to a proxy and another to us, and is answered with
 * 400 (RFC 9112, 3.2). `bytes` may begin with an empty line and go on after the head. Pure. */
bool request_head_has_many_hosts(struct span bytes);

#endif
