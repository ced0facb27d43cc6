#include "auth/token_header.h"

#include "auth/jansson/strict_json.h"

#include <stdlib.h>

static bool is_known_member(const char *name)
{
    return strcmp(name, "alg") == 0 || strcmp(name, "kid") == 0 || strcmp(name, "typ") == 0;
}

static bool says_jwt(const json_t *type)
{
    return type == NULL ||
           (json_is_string(type) && span_is_ignoring_case(strict_json_text(type), "JWT"));
}

enum status token_header_parse(struct span json, struct token_header *header)
{
    *header = (struct token_header){0};
    json_t *root = strict_json_object(json);
    if (root == NULL)
        return STATUS_INVALID;
    enum status status = STATUS_INVALID;
    const char *name;
    json_t *value;
    json_object_foreach(root, name, value)
    {
        if (!is_known_member(name))
            goto done;
    }
    if (!says_jwt(json_object_get(root, "typ")))
        goto done;
    header->algorithm = strict_json_copy(json_object_get(root, "alg"));
    header->kid = strict_json_copy(json_object_get(root, "kid"));
    if (header->algorithm != NULL && header->kid != NULL)
        status = STATUS_OK;
    else
        token_header_dispose(header);

done:
    json_decref(root);
    return status;
}

void token_header_dispose(struct token_header *header)
{
    free(header->algorithm);
    free(header->kid);
    *header = (struct token_header){0};
}
