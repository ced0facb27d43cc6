#include "server/access_line.h"

#include <inttypes.h>
#include <time.h>

/* A path of a title and a file is at most 262 bytes; nobody needs to read all of a longer one. */
#define MAX_PATH 320
#define MAX_SHORT 96

static bool is_bare(uint8_t byte)
{
    return byte > ' ' && byte < 0x7f && byte != '"' && byte != '=' && byte != '\\';
}

static bool is_all_bare(struct span value)
{
    for (size_t i = 0; i < value.len; i++) {
        if (!is_bare(value.base[i]))
            return false;
    }
    return value.len > 0;
}

static void put_escaped(struct byte_buffer *line, uint8_t byte)
{
    if (byte == '"' || byte == '\\')
        byte_buffer_printf(line, "\\%c", byte);
    else if (byte >= ' ' && byte < 0x7f)
        byte_buffer_put_u8(line, byte);
    else
        byte_buffer_printf(line, "\\x%02x", byte);
}

void access_line_put_value(struct byte_buffer *line, struct span value, size_t max)
{
    bool is_cut = value.len > max;
    if (is_cut)
        value.len = max;
    if (is_all_bare(value) && !is_cut) {
        byte_buffer_put(line, value);
        return;
    }
    byte_buffer_put_u8(line, '"');
    for (size_t i = 0; i < value.len; i++)
        put_escaped(line, value.base[i]);
    byte_buffer_put(line, span_of_string(is_cut ? "...\"" : "\""));
}

static bool begins_ignoring_case(struct span text, const char *word)
{
    size_t len = strlen(word);
    return text.len >= len && span_is_ignoring_case(span_slice(text, 0, len), word);
}

/* How a token begins: base64url of the `{"` of its header. */
static bool is_token(struct span text)
{
    return text.len >= 3 && memcmp(text.base, "eyJ", 3) == 0;
}

/* Where a query begins, or what somebody took for one. */
static bool is_query(struct span text)
{
    return memchr("?#;&", text.base[0], 4) != NULL || begins_ignoring_case(text, "%3f") ||
           begins_ignoring_case(text, "urisigning");
}

static struct span cut_token(struct span value)
{
    for (size_t i = 0; i < value.len; i++) {
        if (is_token(span_slice(value, i, value.len - i)))
            return span_slice(value, 0, i);
    }
    return value;
}

struct span access_line_path(struct span target)
{
    for (size_t i = 0; i < target.len; i++) {
        if (is_query(span_slice(target, i, target.len - i)))
            return cut_token(span_slice(target, 0, i));
    }
    return cut_token(target);
}

static void put_time(struct byte_buffer *line, int64_t time_ms)
{
    time_t seconds = (time_t)(time_ms / 1000);
    struct tm utc;
    gmtime_r(&seconds, &utc);
    char text[sizeof("2025-07-01T10:00:00") + 16];
    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &utc);
    byte_buffer_printf(line, "time=%s.%03dZ", text, (int)(time_ms % 1000));
}

static void put_field(struct byte_buffer *line, const char *key, struct span value, size_t max)
{
    byte_buffer_printf(line, " %s=", key);
    access_line_put_value(line, value, max);
}

void access_line_print(const struct access_record *record, struct byte_buffer *line)
{
    put_time(line, record->time_ms);
    put_field(line, "method", cut_token(record->method), MAX_SHORT);
    put_field(line, "path", record->path, MAX_PATH);
    byte_buffer_printf(line, " proto=%s tls=%d", record->is_http2 ? "h2" : "h1", record->is_tls);
    if (record->range.len > 0)
        put_field(line, "range", cut_token(record->range), MAX_SHORT);
    byte_buffer_printf(line, " status=%d bytes=%" PRIu64 " uri_signing=%03d", record->status,
                       record->bytes_sent, (int)record->verdict.code);
    /* The client is not told why; the operator is. */
    if (record->verdict.reason != NULL && !verdict_allows(record->verdict))
        put_field(line, "reason", span_of_string(record->verdict.reason), MAX_SHORT);
    else if (record->status == 403)
        put_field(line, "reason", span_of_string("no such title or file"), MAX_SHORT);
    put_field(line, "client", record->client, MAX_SHORT);
    byte_buffer_printf(line, " duration_ms=%" PRIu64 ".%03" PRIu64, record->duration_us / 1000,
                       record->duration_us % 1000);
}
