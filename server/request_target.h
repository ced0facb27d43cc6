#ifndef REQUEST_TARGET_H
#define REQUEST_TARGET_H

#include "base/span.h"

/* A request target in its absolute form, "http://host/path?query", which every server must accept
 * (RFC 9112, 3.2.2): cuts it into the authority, which then stands in for Host, and the rest. Any
 * other target stays as it is. An absolute target without a path becomes "/". The spans borrow from
 * what is given. Pure. */
void request_target_normalise(struct span *authority, struct span *target);

#endif
