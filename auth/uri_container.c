#include "auth/uri_container.h"

#include <locale.h>
#include <regex.h>
#include <stdio.h>

#include "auth/regex_size.h"

static const char regex_prefix[] = "regex:";

static bool take_prefix(struct span *text, const char *prefix)
{
    size_t len = strlen(prefix);
    if (text->len < len || memcmp(text->base, prefix, len) != 0)
        return false;
    *text = span_slice(*text, len, text->len - len);
    return true;
}

/* Compiles `pattern`, of which regex_size has been asked, so that it matches only whole strings.
 * Unbalanced parentheses, which would break out of the ones put around it here, are refused there.
 */
static bool compile(struct span pattern, regex_t *regex)
{
    char text[URI_REGEX_MAX_LEN + sizeof("^()$")];
    snprintf(text, sizeof(text), "^(%.*s)$", SPAN_PRINT(pattern));
    return regcomp(regex, text, REG_EXTENDED | REG_NOSUB) == 0;
}

static bool match(struct span pattern, struct span uri)
{
    char text[URI_MATCH_MAX_LEN + 1];
    if (uri.len > URI_MATCH_MAX_LEN || memchr(uri.base, '\0', uri.len) != NULL)
        return false;
    memcpy(text, uri.base, uri.len);
    text[uri.len] = '\0';
    regex_t regex;
    if (!compile(pattern, &regex))
        return false;
    bool matched = regexec(&regex, text, 0, NULL, 0) == 0;
    regfree(&regex);
    return matched;
}

/* The RFC asks for the POSIX locale, whatever the program around us has set (2.1.15.2). Only this
 * thread sees the change. */
static locale_t enter_posix_locale(void)
{
    return uselocale(newlocale(LC_ALL_MASK, "C", (locale_t)0));
}

static void leave_posix_locale(locale_t previous)
{
    freelocale(uselocale(previous));
}

enum status uri_container_check(struct span container, struct fault *fault)
{
    if (!take_prefix(&container, regex_prefix))
        return fault_raise(fault, STATUS_UNSUPPORTED, "a URI container must begin with \"regex:\"");
    unsigned nodes;
    enum status status = regex_size(container, URI_REGEX_MAX_LEN, &nodes, fault);
    if (status != STATUS_OK)
        return status;
    if (nodes > URI_REGEX_MAX_NODES)
        return fault_raise(fault, STATUS_INVALID,
                           "the regular expression grows to more than %d nodes: use fewer or "
                           "smaller {n,m} and nested +",
                           URI_REGEX_MAX_NODES);
    locale_t previous = enter_posix_locale();
    regex_t regex;
    bool compiled = compile(container, &regex);
    if (compiled)
        regfree(&regex);
    leave_posix_locale(previous);
    if (!compiled)
        return fault_raise(fault, STATUS_INVALID, "not a POSIX extended regular expression: %.*s",
                           SPAN_PRINT(container));
    return STATUS_OK;
}

bool uri_container_allows(struct span container, struct span uri)
{
    unsigned nodes;
    if (!take_prefix(&container, regex_prefix) || uri.len == 0 ||
        regex_size(container, URI_REGEX_MAX_LEN, &nodes, NULL) != STATUS_OK ||
        nodes > URI_REGEX_MAX_NODES)
        return false;
    locale_t previous = enter_posix_locale();
    bool matched = match(container, uri);
    leave_posix_locale(previous);
    return matched;
}
