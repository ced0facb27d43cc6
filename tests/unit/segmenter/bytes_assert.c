#include "bytes_assert.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <stdlib.h>

void assert_bytes(struct span bytes, const char *hex)
{
    struct byte_buffer found = {0}, wanted = {0};
    for (size_t i = 0; i < bytes.len; i++)
        byte_buffer_printf(&found, "%02x", bytes.base[i]);
    for (; *hex != '\0'; hex++) {
        if (*hex != ' ' && *hex != '\n')
            byte_buffer_put_u8(&wanted, (uint8_t)*hex);
    }
    byte_buffer_put_u8(&found, 0);
    byte_buffer_put_u8(&wanted, 0);
    assert_string_equal((char *)found.base, (char *)wanted.base);
    byte_buffer_dispose(&found);
    byte_buffer_dispose(&wanted);
}

void assert_wrote(struct byte_buffer *out, const char *hex)
{
    assert_bytes(byte_buffer_span(out), hex);
    byte_buffer_dispose(out);
}

struct span exact_copy(struct span bytes)
{
    uint8_t *copy = malloc(bytes.len > 0 ? bytes.len : 1);
    assert_non_null(copy);
    if (bytes.len > 0)
        memcpy(copy, bytes.base, bytes.len);
    return span_of(copy, bytes.len);
}

void exact_free(struct span bytes)
{
    free((void *)(uintptr_t)bytes.base);
}
