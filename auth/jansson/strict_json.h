#ifndef STRICT_JSON_H
#define STRICT_JSON_H

#include "base/span.h"

#include <jansson.h>

/* Parses `json` as one object and returns it owned, or NULL: for invalid JSON or UTF-8, a doubled
 * member, anything after the object, or nesting deeper than 8 (no header, payload or key set has
 * more than 3). The caller has bounded the length. */
json_t *strict_json_object(struct span json);

/* The string's bytes, borrowed. `value` is a JSON string. */
struct span strict_json_text(const json_t *value);

/* A copy of the string, owned by the caller, or NULL when `value` is none. jansson admits no NUL in
 * strings. */
char *strict_json_copy(const json_t *value);

#endif
