#ifndef NAME_H
#define NAME_H

#include "base/span.h"

/*
 * The names people give: a title's id and a file's name inside it. Both follow
 * [A-Za-z0-9][A-Za-z0-9._-]{0,127}: safe as a path segment of a URI and of a file system as they
 * are, with nothing to escape and no way to spell "." or "..".
 */
#define NAME_MAX_LEN 128

bool name_is_valid(struct span name);

#endif
