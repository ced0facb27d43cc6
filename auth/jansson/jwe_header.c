#include "auth/jwe_header.h"

#include "auth/jansson/strict_json.h"

#include <stdlib.h>

static const char *const known_members[] = {"alg", "enc", "kid", "typ"};

enum status jwe_header_parse(struct span json, struct jwe_header *header)
{
    *header = (struct jwe_header){0};
    json_t *root = strict_json_object(json);
    if (root == NULL)
        return STATUS_INVALID;
    size_t known = 0;
    for (size_t i = 0; i < sizeof(known_members) / sizeof(known_members[0]); i++)
        known += json_object_get(root, known_members[i]) != NULL;
    if (known == json_object_size(root)) {
        header->algorithm = strict_json_copy(json_object_get(root, "alg"));
        header->encryption = strict_json_copy(json_object_get(root, "enc"));
        header->kid = strict_json_copy(json_object_get(root, "kid"));
    }
    json_decref(root);
    if (header->algorithm != NULL && header->encryption != NULL && header->kid != NULL)
        return STATUS_OK;
    jwe_header_dispose(header);
    return STATUS_INVALID;
}

void jwe_header_put(const char *encryption, const char *kid, struct byte_buffer *json)
{
    json_t *root = json_pack("{s:s, s:s, s:s}", "alg", "dir", "enc", encryption, "kid", kid);
    char *text = json_dumps(root, JSON_COMPACT);
    if (text == NULL)
        abort();
    byte_buffer_put(json, span_of_string(text));
    free(text);
    json_decref(root);
}

void jwe_header_dispose(struct jwe_header *header)
{
    free(header->algorithm);
    free(header->encryption);
    free(header->kid);
    *header = (struct jwe_header){0};
}
