#include "server/cors_policy.h"

#include "auth/authority.h"

/* The scheme of RFC 3986 3.1, in lower case. */
static bool is_scheme(struct span text)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = text.base[i];
        bool is_letter = byte >= 'a' && byte <= 'z';
        bool is_other = (byte >= '0' && byte <= '9') || byte == '+' || byte == '-' || byte == '.';
        if (!is_letter && (i == 0 || !is_other))
            return false;
    }
    return text.len > 0;
}

static unsigned default_port(struct span scheme)
{
    if (span_is(scheme, "https"))
        return 443;
    return span_is(scheme, "http") ? 80 : 0;
}

static bool is_normal_authority(struct span authority, unsigned port)
{
    struct byte_buffer normal = {0};
    bool is_normal = authority.len > 0 &&
                     authority_normalise(authority, port, &normal) == STATUS_OK &&
                     span_equal(byte_buffer_span(&normal), authority);
    byte_buffer_dispose(&normal);
    return is_normal;
}

static bool is_origin(struct span text)
{
    const uint8_t *colon = text.len > 0 ? memchr(text.base, ':', text.len) : NULL;
    if (colon == NULL)
        return false;
    struct span scheme = span_of(text.base, (size_t)(colon - text.base));
    struct span rest = span_slice(text, scheme.len, text.len - scheme.len);
    if (!is_scheme(scheme) || rest.len < 3 || memcmp(rest.base, "://", 3) != 0)
        return false;
    return is_normal_authority(span_slice(rest, 3, rest.len - 3), default_port(scheme));
}

enum status cors_policy_add(struct cors_policy *policy, struct span origin)
{
    if (!is_origin(origin))
        return STATUS_INVALID;
    if (policy->origin_count == CORS_POLICY_MAX_ORIGINS)
        return STATUS_LIMIT;
    policy->origins[policy->origin_count++] = origin;
    return STATUS_OK;
}

bool cors_policy_names(const struct cors_policy *policy, struct span origin)
{
    for (size_t i = 0; i < policy->origin_count; i++)
        if (span_equal(policy->origins[i], origin))
            return true;
    return false;
}
