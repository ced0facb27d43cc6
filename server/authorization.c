#include "server/authorization.h"

struct span authorization_bearer(struct span value)
{
    static const char scheme[] = "Bearer";
    size_t scheme_len = sizeof(scheme) - 1;
    if (value.len <= scheme_len || value.base[scheme_len] != ' ' ||
        !span_is_ignoring_case(span_slice(value, 0, scheme_len), scheme))
        return span_of(NULL, 0);
    struct span token = span_slice(value, scheme_len, value.len - scheme_len);
    while (token.len > 0 && token.base[0] == ' ')
        token = span_slice(token, 1, token.len - 1);
    while (token.len > 0 && token.base[token.len - 1] == ' ')
        token.len--;
    return token;
}

struct verdict authorization_judge(const struct policy *policy, const struct signed_uri *uri,
                                   struct span field, const struct request_facts *facts,
                                   struct verdict_span *span)
{
    struct span token = byte_buffer_span(&uri->token);
    if (token.len == 0)
        token = authorization_bearer(field);
    return policy_check(policy, token, byte_buffer_span(&uri->text), facts, span);
}
