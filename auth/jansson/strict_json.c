#include "auth/jansson/strict_json.h"

#include <stdlib.h>

#define DEPTH_MAX 8

/* jansson stops at a depth of 2048, which is a stack 2048 calls deep: count the brackets first.
 * Where the text is no JSON the count may be wrong, and jansson refuses the text. */
static bool is_shallow(struct span json)
{
    unsigned depth = 0;
    bool in_string = false;
    for (size_t i = 0; i < json.len; i++) {
        uint8_t byte = json.base[i];
        if (in_string && byte == '\\')
            i++;
        else if (byte == '"')
            in_string = !in_string;
        else if (!in_string && (byte == '{' || byte == '['))
            depth++;
        else if (!in_string && (byte == '}' || byte == ']') && depth > 0)
            depth--;
        if (depth > DEPTH_MAX)
            return false;
    }
    return true;
}

json_t *strict_json_object(struct span json)
{
    if (!is_shallow(json))
        return NULL;
    json_error_t error;
    json_t *root = json_loadb((const char *)json.base, json.len, JSON_REJECT_DUPLICATES, &error);
    if (root != NULL && !json_is_object(root)) {
        json_decref(root);
        return NULL;
    }
    return root;
}

struct span strict_json_text(const json_t *value)
{
    return span_of(json_string_value(value), json_string_length(value));
}

char *strict_json_copy(const json_t *value)
{
    if (!json_is_string(value))
        return NULL;
    char *copy = strdup(json_string_value(value));
    if (copy == NULL)
        abort();
    return copy;
}
