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

struct span authorization_token_name(const struct policy *policy)
{
    return policy->token_name.len > 0 ? policy->token_name : span_of_string(URI_TOKEN_ATTRIBUTE);
}

static size_t collect(const struct signed_uri *uri, const struct credentials *credentials,
                      struct span tokens[AUTHORIZATION_MAX_TOKENS])
{
    struct span bearer = authorization_bearer(credentials->field);
    size_t count = 0;
    if (uri->token.len > 0)
        tokens[count++] = byte_buffer_span(&uri->token);
    if (bearer.len > 0)
        tokens[count++] = bearer;
    for (size_t i = 0; i < credentials->cookies.count; i++)
        tokens[count++] = credentials->cookies.values[i];
    return count;
}

struct verdict authorization_judge(const struct policy *policy, const struct signed_uri *uri,
                                   const struct credentials *credentials,
                                   const struct request_facts *facts, struct verdict_span *span)
{
    struct span tokens[AUTHORIZATION_MAX_TOKENS] = {{NULL, 0}};
    struct span text = byte_buffer_span(&uri->text);
    size_t count = collect(uri, credentials, tokens);
    /* Without any, the policy says that there is none, or that none is asked for. */
    struct verdict first = policy_check(policy, tokens[0], text, facts, span);
    struct verdict verdict = first;
    for (size_t i = 1; i < count && !verdict_allows(verdict); i++)
        verdict = policy_check(policy, tokens[i], text, facts, span);
    return verdict_allows(verdict) ? verdict : first;
}
