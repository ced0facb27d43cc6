/*
 * Claims that are encrypted to us, on arbitrary bytes: the input is tried as a whole, as a
 * header, and as the address that may be in it. What nobody sealed never opens; the corpus has what
 * does under a published key.
 */
#include <stdlib.h>

#include "auth/address_range.h"
#include "auth/jwe.h"
#include "auth/jwe_header.h"
#include "auth/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void try_header(struct span json)
{
    struct jwe_header header;
    if (jwe_header_parse(json, &header) == STATUS_OK)
        require(header.algorithm != NULL && header.encryption != NULL && header.kid != NULL);
    else
        require(header.algorithm == NULL && header.encryption == NULL && header.kid == NULL);
    jwe_header_dispose(&header);
}

static void try_address(struct span text)
{
    struct address_range range;
    if (address_range_parse(text, &range))
        require(range.prefix_len <= 128 && address_range_contains(&range, &range));
}

/* RFC 9246, appendix A.2. */
static const char key[] = "{\"keys\":[{\"kty\":\"oct\",\"alg\":\"A128GCM\","
                          "\"kid\":\"f-WbjxBC3dPuI3d24kP2hfvos7Qz688UTi6aB0hN998\","
                          "\"k\":\"4uFxxV7fhNmrtiah2d1fFg\"}]}";

static void try_whole(struct span text)
{
    static struct key_set keys; /* made once */
    if (keys.content_key_count == 0)
        require(key_set_parse(span_of_string(key), &keys, NULL) == STATUS_OK);
    struct byte_buffer plaintext = {0};
    bool is_open = jwe_decrypt(text, &keys, &plaintext) == STATUS_OK;
    require(is_open == (plaintext.len > 0));
    byte_buffer_wipe(&plaintext);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span input = span_of(data, size);
    if (size <= TOKEN_MAX_LEN) {
        try_whole(input);
        try_header(input);
        try_address(input);
    }
    return 0;
}
