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

/* Cuts what stands before the first `separator` off *rest, and the separator; all of it when there
 * is none. */
static inline struct span span_take_until(struct span *rest, char separator)
{
    const uint8_t *end = rest->len > 0 ? memchr(rest->base, separator, rest->len) : NULL;
    size_t len = end != NULL ? (size_t)(end - rest->base) : rest->len;
    struct span part = span_slice(*rest, 0, len);
    size_t used = end != NULL ? len + 1 : len;
    *rest = span_slice(*rest, used, rest->len - used);
    return part;
}

static inline bool span_is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t';
}

/* Without the blanks around it. */
static inline struct span span_trim(struct span span)
{
    while (span.len > 0 && span_is_blank(span.base[0]))
        span = span_slice(span, 1, span.len - 1);
    while (span.len > 0 && span_is_blank(span.base[span.len - 1]))
        span.len--;
    return span;
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
