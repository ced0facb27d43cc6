#ifndef SPAN_H
#define SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * Borrowed bytes: a start and a length, never NUL-terminated. A parser never reads base[len].
 */
struct span {
    const uint8_t *base;
    size_t len;
};

static inline struct span span_of(const void *base, size_t len)
{
    return (struct span){base, len};
}

static inline struct span span_of_string(const char *string)
{
    return span_of(string, strlen(string));
}

static inline bool span_equal(struct span a, struct span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.base, b.base, a.len) == 0);
}

static inline bool span_is(struct span span, const char *string)
{
    return span_equal(span, span_of_string(string));
}

/* Bytes [from, from + len) of `span`; the caller has checked that they lie inside. */
static inline struct span span_slice(struct span span, size_t from, size_t len)
{
    return span_of(len == 0 ? span.base : span.base + from, len);
}

/* Whether the bytes are ASCII-equal to `string` without regard to case. */
static inline bool span_is_ignoring_case(struct span span, const char *string)
{
    for (size_t i = 0; i < span.len; i++) {
        uint8_t byte = span.base[i];
        uint8_t other = (uint8_t)string[i];
        if (other == '\0')
            return false;
        if (byte >= 'A' && byte <= 'Z')
            byte = (uint8_t)(byte + 32);
        if (other >= 'A' && other <= 'Z')
            other = (uint8_t)(other + 32);
        if (byte != other)
            return false;
    }
    return string[span.len] == '\0';
}

/* For printf: printf("%.*s", SPAN_PRINT(name)) */
#define SPAN_PRINT(span) ((int)(span).len), ((const char *)(span).base)

#endif
