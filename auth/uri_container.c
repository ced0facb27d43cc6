#include "auth/uri_container.h"

#include <locale.h>
#include <regex.h>
#include <stdio.h>

#include "auth/base64url.h"
#include "auth/regex_size.h"
#include "base/digest.h"

static const char regex_prefix[] = "regex:";
static const char hash_prefix[] = "hash:";

/* RFC 6920 5: the digest's name, and base64url without padding. Its shortened digests, such as
 * "sha-256-32", are not for deciding who may have what. */
static const char sha256_prefix[] = "sha-256;";

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

static enum status check_regex(struct span pattern, struct fault *fault)
{
    unsigned nodes;
    enum status status = regex_size(pattern, URI_REGEX_MAX_LEN, &nodes, fault);
    if (status != STATUS_OK)
        return status;
    if (nodes > URI_REGEX_MAX_NODES)
        return fault_raise(fault, STATUS_INVALID,
                           "the regular expression grows to more than %d nodes: use fewer or "
                           "smaller {n,m} and nested +",
                           URI_REGEX_MAX_NODES);
    locale_t previous = enter_posix_locale();
    regex_t regex;
    bool compiled = compile(pattern, &regex);
    if (compiled)
        regfree(&regex);
    leave_posix_locale(previous);
    if (!compiled)
        return fault_raise(fault, STATUS_INVALID, "not a POSIX extended regular expression: %.*s",
                           SPAN_PRINT(pattern));
    return STATUS_OK;
}

static bool regex_allows(struct span pattern, struct span uri)
{
    unsigned nodes;
    if (uri.len == 0 || regex_size(pattern, URI_REGEX_MAX_LEN, &nodes, NULL) != STATUS_OK ||
        nodes > URI_REGEX_MAX_NODES)
        return false;
    locale_t previous = enter_posix_locale();
    bool matched = match(pattern, uri);
    leave_posix_locale(previous);
    return matched;
}

/* Appends the digest that `text` spells. */
static enum status read_hash(struct span text, struct byte_buffer *digest, struct fault *fault)
{
    if (!take_prefix(&text, sha256_prefix))
        return fault_raise(fault, STATUS_UNSUPPORTED,
                           "the digest of a URI container must be \"sha-256;\" and base64url");
    if (base64url_decode(text, digest) != STATUS_OK || digest->len != DIGEST_LEN)
        return fault_raise(fault, STATUS_INVALID,
                           "a SHA-256 is 43 letters of base64url without padding");
    return STATUS_OK;
}

static enum status check_hash(struct span text, struct fault *fault)
{
    struct byte_buffer digest = {0};
    enum status status = read_hash(text, &digest, fault);
    byte_buffer_dispose(&digest);
    return status;
}

static bool hash_allows(struct span text, struct span uri)
{
    struct byte_buffer wanted = {0};
    bool allows = false;
    if (read_hash(text, &wanted, NULL) == STATUS_OK) {
        struct digest digest = digest_sha256(uri);
        allows = digest_is(&digest, byte_buffer_span(&wanted));
    }
    byte_buffer_dispose(&wanted);
    return allows;
}

enum status uri_container_check(struct span container, struct fault *fault)
{
    if (take_prefix(&container, regex_prefix))
        return check_regex(container, fault);
    if (take_prefix(&container, hash_prefix))
        return check_hash(container, fault);
    return fault_raise(fault, STATUS_UNSUPPORTED,
                       "a URI container must begin with \"regex:\" or \"hash:\"");
}

bool uri_container_allows(struct span container, struct span uri)
{
    if (take_prefix(&container, regex_prefix))
        return regex_allows(container, uri);
    return take_prefix(&container, hash_prefix) && hash_allows(container, uri);
}

void uri_container_put_hash(struct span uri, struct byte_buffer *container)
{
    struct digest digest = digest_sha256(uri);
    byte_buffer_printf(container, "%s%s", hash_prefix, sha256_prefix);
    base64url_encode(span_of(digest.bytes, DIGEST_LEN), container);
}
