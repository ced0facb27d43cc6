#ifndef REQUEST_HEAD_H
#define REQUEST_HEAD_H

#include <stdbool.h>

#include "base/span.h"

/* Whether the head of an HTTP/1 request, its request line and fields as they came, reads the same
 * to everybody. One that does not may mean something else to a proxy before us, and is answered
 * with 400: more than one Host field, or none in HTTP/1.1 (`needs_host`; RFC 9112, 3.2); a line
 * that ends in a line feed alone (2.2 lets us choose). One longer than `max_bytes` is refused as
 * well. `bytes` may begin with an empty line and go on after the head. Pure. */
bool request_head_is_sound(struct span bytes, bool needs_host, size_t max_bytes);

#endif
