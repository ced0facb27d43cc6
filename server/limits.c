#include "server/limits.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define MAX_COUNT UINT64_C(1000000000)
#define MAX_SECONDS 86400

/* No limit may be so low that a browser with a long token fails, nor promise what libh2o refuses:
 * it reads 100 fields of a request over HTTP/1.1, and 408 KiB of it. */
static const struct rule {
    const char *name;
    uint64_t initial;
    uint64_t min;
    uint64_t max;
    const char *meaning;
} rules[LIMIT_COUNT] = {
    [LIMIT_WASTED_STREAMS] = {"wasted-streams", 300, 1, MAX_COUNT, "requests given up early"},
    [LIMIT_WASTED_STREAMS_PER_SECOND] = {"wasted-streams-per-second", 250, 1, MAX_COUNT,
                                         "how many are forgiven"},
    [LIMIT_CONTROL_FRAMES] = {"control-frames", 2000, 10, MAX_COUNT, "frames without progress"},
    [LIMIT_CONTROL_FRAMES_PER_SECOND] = {"control-frames-per-second", 200, 1, MAX_COUNT,
                                         "how many are forgiven"},
    [LIMIT_HEADER_BYTES] = {"header-bytes", 32768, 4096, 409600, "of one request, as sent"},
    [LIMIT_HEADER_FIELDS] = {"header-fields", 100, 16, 100, "of one request"},
    [LIMIT_HEADER_FRAMES] = {"header-frames", 16, 1, MAX_COUNT, "of one request's fields"},
    [LIMIT_SEND_TIMEOUT] = {"send-timeout", 60, 1, MAX_SECONDS, "s a client may take nothing"},
    [LIMIT_HEAD_TIMEOUT] = {"head-timeout", 15, 1, MAX_SECONDS, "s for a request to arrive"},
    [LIMIT_IDLE_TIMEOUT] = {"idle-timeout", 60, 1, MAX_SECONDS, "s without a request"},
    [LIMIT_HANDSHAKE_TIMEOUT] = {"handshake-timeout", 10, 1, MAX_SECONDS, "s for TLS"},
};

void limits_set_defaults(struct limits *limits)
{
    for (size_t i = 0; i < LIMIT_COUNT; i++)
        limits->values[i] = rules[i].initial;
}

static bool find(const char *name, size_t len, enum limit *limit)
{
    for (size_t i = 0; i < LIMIT_COUNT; i++) {
        if (strlen(rules[i].name) == len && memcmp(rules[i].name, name, len) == 0) {
            *limit = (enum limit)i;
            return true;
        }
    }
    return false;
}

static enum status raise_unknown(const char *text, struct fault *fault)
{
    char names[LIMIT_COUNT * 32] = "";
    size_t len = 0;
    for (size_t i = 0; i < LIMIT_COUNT; i++)
        len += (size_t)snprintf(names + len, sizeof(names) - len, "%s%s", i > 0 ? ", " : "",
                                rules[i].name);
    return fault_raise(fault, STATUS_INVALID, "--limit takes NAME=N, not '%s'; names are %s", text,
                       names);
}

/* Plain digits: no sign, no space, nothing after them. */
static bool parse_number(const char *text, uint64_t *number)
{
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 12 || text[digits] != '\0')
        return false;
    *number = strtoull(text, NULL, 10);
    return true;
}

enum status limits_set(struct limits *limits, const char *text, struct fault *fault)
{
    enum limit limit;
    uint64_t number;
    const char *equals = strchr(text, '=');
    if (equals == NULL || !find(text, (size_t)(equals - text), &limit))
        return raise_unknown(text, fault);
    const struct rule *rule = &rules[limit];
    if (!parse_number(equals + 1, &number) || number < rule->min || number > rule->max)
        return fault_raise(fault, STATUS_INVALID,
                           "--limit %s takes a number from %" PRIu64 " to %" PRIu64 ", not '%s'",
                           rule->name, rule->min, rule->max, equals + 1);
    limits->values[limit] = number;
    return STATUS_OK;
}

const char *limit_name(enum limit limit)
{
    return rules[limit].name;
}

void limits_print_help(FILE *stream)
{
    for (size_t i = 0; i < LIMIT_COUNT; i++)
        fprintf(stream, "  %-27s %-6" PRIu64 " %s\n", rules[i].name, rules[i].initial,
                rules[i].meaning);
}
