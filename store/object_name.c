#include "store/object_name.h"

struct object_name object_name_of(const struct naming_key *key, const struct digest *content)
{
    struct digest mac = digest_hmac_sha256(span_of(key->bytes, sizeof(key->bytes)),
                                           span_of(content->bytes, sizeof(content->bytes)));
    struct object_name name;
    memcpy(name.bytes, mac.bytes, sizeof(name.bytes));
    return name;
}
