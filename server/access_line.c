#include "server/access_line.h"

#include "base/decimal.h"
#include "base/utc_time.h"

/* A path of a title and a file is at most 262 bytes; nobody needs to read all of a longer one. */
#define MAX_PATH 320
#define MAX_SHORT 96

/* One path, and at most four short ones: method, range, reason, client. The rest is words of ours
 * and numbers, some 200 bytes of them. */
_Static_assert(ACCESS_LINE_MAX >=
                   ACCESS_LINE_VALUE_MAX(MAX_PATH) + 4 * ACCESS_LINE_VALUE_MAX(MAX_SHORT) + 512,
               "a line may be as long as this");

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

static char *put(char *at, struct span bytes)
{
    if (bytes.len > 0)
        memcpy(at, bytes.base, bytes.len);
    return at + bytes.len;
}

static char *put_text(char *at, const char *text)
{
    return put(at, span_of_string(text));
}

static char *put_escaped(char *at, uint8_t byte)
{
    static const char digits[] = "0123456789abcdef";
    bool is_printable = byte >= ' ' && byte < 0x7f;
    if (!is_printable || byte == '"' || byte == '\\')
        *at++ = '\\';
    if (is_printable) {
        *at++ = (char)byte;
        return at;
    }
    *at++ = 'x';
    *at++ = digits[byte >> 4];
    *at++ = digits[byte & 15];
    return at;
}

char *access_line_put_value(char *at, struct span value, size_t max)
{
    bool is_cut = value.len > max;
    if (is_cut)
        value.len = max;
    if (is_all_bare(value) && !is_cut)
        return put(at, value);
    *at++ = '"';
    for (size_t i = 0; i < value.len; i++)
        at = put_escaped(at, value.base[i]);
    return put_text(at, is_cut ? "...\"" : "\"");
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
    switch (text.base[0]) {
    case '?':
    case '#':
    case ';':
    case '&':
        return true;
    case '%':
        return begins_ignoring_case(text, "%3f");
    case 'u':
    case 'U':
        return begins_ignoring_case(text, "urisigning");
    default:
        return false;
    }
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

static char *put_number(char *at, const char *key, uint64_t number)
{
    return decimal_print(number, put_text(at, key));
}

/* Three digits, with zeros in front. */
static char *put_three_digits(char *at, unsigned number)
{
    *at++ = (char)('0' + number / 100 % 10);
    *at++ = (char)('0' + number / 10 % 10);
    *at++ = (char)('0' + number % 10);
    return at;
}

static char *put_value(char *at, const char *key, struct span value, size_t max)
{
    return access_line_put_value(put_text(at, key), value, max);
}

static char *put_request(char *at, const struct access_record *record)
{
    at = put_value(at, " method=", cut_token(record->method), MAX_SHORT);
    at = put_value(at, " path=", record->path, MAX_PATH);
    at = put_text(at, record->is_http2 ? " proto=h2" : " proto=h1");
    at = put_text(at, record->is_tls ? " tls=1" : " tls=0");
    if (record->range.len > 0)
        at = put_value(at, " range=", cut_token(record->range), MAX_SHORT);
    return at;
}

static char *put_answer(char *at, const struct access_record *record)
{
    at = put_number(at, " status=", (uint64_t)record->status);
    at = put_number(at, " bytes=", record->bytes_sent);
    at = put_three_digits(put_text(at, " uri_signing="), record->verdict.code);
    /* The client is not told why; the operator is. */
    if (record->verdict.reason != NULL && !verdict_allows(record->verdict))
        at = put_value(at, " reason=", span_of_string(record->verdict.reason), MAX_SHORT);
    else if (record->status == 403)
        at = put_text(at, " reason=\"no such title or file\"");
    return at;
}

char *access_line_print(const struct access_record *record, char *text)
{
    char *at = utc_time_print(record->time_ms, put_text(text, "time="));
    at = put_request(at, record);
    at = put_answer(at, record);
    at = put_value(at, " client=", record->client, MAX_SHORT);
    at = put_number(at, " duration_ms=", record->duration_us / 1000);
    *at++ = '.';
    return put_three_digits(at, (unsigned)(record->duration_us % 1000));
}
