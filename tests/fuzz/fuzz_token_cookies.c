/*
 * Cookie fields, as the network sends them: one for each line of the input. What is found lies in
 * the input, behind the name, and has no separator in it.
 */
#include <stdlib.h>

#include "server/token_cookies.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check(const struct token_cookies *cookies, const uint8_t *data, size_t size)
{
    require(cookies->count <= TOKEN_COOKIES_MAX);
    for (size_t i = 0; i < cookies->count; i++) {
        struct span value = cookies->values[i];
        require(value.len > 0 && value.base > data && value.base + value.len <= data + size);
        require(memchr(value.base, ';', value.len) == NULL);
        require(memchr(value.base, '\n', value.len) == NULL);
        require(i == 0 || value.base > cookies->values[i - 1].base);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct token_cookies cookies = {.count = 0};
    size_t start = 0;
    while (start < size) {
        const uint8_t *end = memchr(data + start, '\n', size - start);
        size_t len = end != NULL ? (size_t)(end - data) - start : size - start;
        token_cookies_add(&cookies, span_of(data + start, len), span_of_string("usp"));
        start += len + 1;
    }
    check(&cookies, data, size);
    return 0;
}
