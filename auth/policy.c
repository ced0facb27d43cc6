/*
 * The rules of a token, in the order that makes the logged code the same for the same request.
 * Nothing of the payload is read before the signature has been verified, and the regular expression
 * is run last (RFC 9246 2.1.15.2).
 */
#include "auth/policy.h"

#include "auth/address_range.h"
#include "auth/compact_form.h"
#include "auth/critical_claims.h"
#include "auth/jwe.h"
#include "auth/token_claims.h"
#include "auth/token_header.h"
#include "auth/uri_container.h"

struct request {
    const struct policy *policy;
    struct span uri;
    const struct request_facts *facts;
};

/* What a verdict that allows holds for. */
struct scope {
    struct verdict_span span;
    bool is_one_client; /* the claims name where the client is */
};

static struct verdict verdict_of(enum verification_code code, const char *reason)
{
    return (struct verdict){.code = code, .reason = reason};
}

static struct verdict ok(void)
{
    return verdict_of(VERIFICATION_OK, "verified");
}

static struct verdict check_types(const struct token_claims *claims, const struct request *request)
{
    (void)request;
    if (claims->issued_s.state == CLAIM_WRONG_TYPE)
        return verdict_of(VERIFICATION_SIGNATURE, "iat is no time");
    return ok();
}

static struct verdict check_version(const struct token_claims *claims,
                                    const struct request *request)
{
    (void)request;
    const struct claim_integer *version = &claims->version;
    if (version->state == CLAIM_ABSENT || (version->state == CLAIM_PRESENT && version->value == 1))
        return ok();
    return verdict_of(VERIFICATION_VERSION, "cdniv is not 1");
}

/* Private claims (RFC 7519 4.3) that cdnicrit may list. There are none; whoever adds one names it
 * here and gives it a rule in check_claims. */
static const char *const understood_claims[] = {NULL};

static struct verdict check_critical(const struct token_claims *claims,
                                     const struct request *request)
{
    (void)request;
    if (critical_claims_are_understood(claims, understood_claims))
        return ok();
    return verdict_of(VERIFICATION_CRITICAL, "cdnicrit lists claims not understood");
}

static struct verdict check_issuer(const struct token_claims *claims, const struct request *request)
{
    const struct policy *policy = request->policy;
    if (claims->issuer.state == CLAIM_WRONG_TYPE)
        return verdict_of(VERIFICATION_ISSUER, "iss is no string");
    if (policy->issuer_count == 0)
        return ok();
    if (claims->issuer.state == CLAIM_ABSENT)
        return verdict_of(VERIFICATION_ISSUER, "iss is missing");
    for (size_t i = 0; i < policy->issuer_count; i++) {
        if (span_is(claims->issuer.value, policy->issuers[i]))
            return ok();
    }
    return verdict_of(VERIFICATION_ISSUER, "iss is not accepted");
}

static struct verdict check_audience(const struct token_claims *claims,
                                     const struct request *request)
{
    const char *identity = request->policy->audience;
    if (claims->audience == CLAIM_ABSENT)
        return ok();
    if (claims->audience == CLAIM_WRONG_TYPE)
        return verdict_of(VERIFICATION_AUDIENCE, "aud is no string and no array of strings");
    if (identity == NULL)
        return verdict_of(VERIFICATION_AUDIENCE, "aud is there, but we have no --audience");
    if (!token_claims_are_for(claims, identity))
        return verdict_of(VERIFICATION_AUDIENCE, "aud does not name us");
    return ok();
}

/* No leeway (RFC 9246 2.1.4): the second that exp names is one too late. */
static struct verdict check_expiry(const struct token_claims *claims, const struct request *request)
{
    if (claims->expires_s.state == CLAIM_ABSENT)
        return verdict_of(VERIFICATION_EXPIRED, "exp is missing");
    if (claims->expires_s.state == CLAIM_WRONG_TYPE)
        return verdict_of(VERIFICATION_EXPIRED, "exp is no time");
    if (claims->expires_s.value <= request->facts->now_s)
        return verdict_of(VERIFICATION_EXPIRED, "expired");
    return ok();
}

static struct verdict check_not_before(const struct token_claims *claims,
                                       const struct request *request)
{
    if (claims->not_before_s.state == CLAIM_ABSENT)
        return ok();
    if (claims->not_before_s.state == CLAIM_WRONG_TYPE)
        return verdict_of(VERIFICATION_NOT_BEFORE, "nbf is no time");
    if (claims->not_before_s.value > request->facts->now_s)
        return verdict_of(VERIFICATION_NOT_BEFORE, "not valid yet");
    return ok();
}

/* A token that may be renewed is good until it expires; a renewal is offered, never owed. */
static struct verdict check_renewal(const struct token_claims *claims,
                                    const struct request *request)
{
    (void)request;
    const struct claim_integer *transport = &claims->transport;
    const struct claim_integer *depth = &claims->renewal_depth;
    if (transport->state != claims->renewal_s.state)
        return verdict_of(VERIFICATION_RENEWAL, "only one of cdnistt and cdniets");
    if (transport->state == CLAIM_WRONG_TYPE)
        return verdict_of(VERIFICATION_RENEWAL, "cdnistt or cdniets is no number");
    if (transport->state == CLAIM_PRESENT && (transport->value < 0 || transport->value > 2))
        return verdict_of(VERIFICATION_RENEWAL, "cdnistt is not registered");
    if (depth->state == CLAIM_WRONG_TYPE || (depth->state == CLAIM_PRESENT && depth->value < 0))
        return verdict_of(VERIFICATION_RENEWAL, "cdnistd is no depth");
    return ok();
}

/* RFC 9246 2.1.7 asks for refusal where nobody keeps what was seen. Keeping it would refuse the
 * second range of a film. */
static struct verdict check_replay(const struct token_claims *claims, const struct request *request)
{
    (void)request;
    if (claims->token_id.state == CLAIM_ABSENT)
        return ok();
    return verdict_of(VERIFICATION_REPLAY, "jti is not supported");
}

static bool decrypt(const struct claim_text *claim, const struct request *request,
                    struct byte_buffer *plaintext)
{
    return claim->state == CLAIM_PRESENT &&
           jwe_decrypt(claim->value, request->policy->keys, plaintext) == STATUS_OK;
}

/* Whom the token is about is nothing to us, but one that says so in the open is refused: RFC 9246
 * 2.1.2. */
static struct verdict check_subject(const struct token_claims *claims,
                                    const struct request *request)
{
    if (claims->subject.state == CLAIM_ABSENT)
        return ok();
    struct byte_buffer subject = {0};
    bool is_encrypted = decrypt(&claims->subject, request, &subject);
    byte_buffer_wipe(&subject);
    return is_encrypted ? ok() : verdict_of(VERIFICATION_SUBJECT, "sub is not encrypted to us");
}

static struct verdict compare_client(struct span allowed, struct span client)
{
    struct address_range range;
    struct address_range address;
    if (!address_range_parse(allowed, &range))
        return verdict_of(VERIFICATION_CLIENT_IP, "cdniip is no address or prefix");
    if (!address_range_parse(client, &address))
        return verdict_of(VERIFICATION_CLIENT_IP, "the client's address is not known");
    if (!address_range_contains(&range, &address))
        return verdict_of(VERIFICATION_CLIENT_IP, "the client is not where cdniip says");
    return ok();
}

static struct verdict check_client_ip(const struct token_claims *claims,
                                      const struct request *request)
{
    if (claims->client_ip.state == CLAIM_ABSENT)
        return ok();
    struct byte_buffer allowed = {0};
    struct verdict verdict = verdict_of(VERIFICATION_CLIENT_IP, "cdniip is not encrypted to us");
    if (decrypt(&claims->client_ip, request, &allowed))
        verdict = compare_client(byte_buffer_span(&allowed), request->facts->client);
    byte_buffer_wipe(&allowed);
    return verdict;
}

static struct verdict check_container(const struct token_claims *claims,
                                      const struct request *request)
{
    if (claims->uri_container.state != CLAIM_PRESENT)
        return verdict_of(VERIFICATION_URI, "cdniuc is missing");
    if (!uri_container_allows(claims->uri_container.value, request->uri))
        return verdict_of(VERIFICATION_URI, "cdniuc does not allow this URI");
    return ok();
}

static struct scope scope_of(const struct token_claims *claims)
{
    bool has_start = claims->not_before_s.state == CLAIM_PRESENT;
    return (struct scope){
        .span = {.from_s = has_start ? claims->not_before_s.value : 0,
                 .until_s = claims->expires_s.value},
        .is_one_client = claims->client_ip.state != CLAIM_ABSENT,
    };
}

static struct verdict check_claims(struct span payload, const struct request *request,
                                   struct scope *scope)
{
    static struct verdict (*const checks[])(const struct token_claims *, const struct request *) = {
        check_types,    check_version, check_critical,   check_issuer,
        check_audience, check_expiry,  check_not_before, check_renewal,
        check_replay,   check_subject, check_client_ip,  check_container,
    };
    struct token_claims claims;
    if (token_claims_parse(payload, &claims) != STATUS_OK)
        return verdict_of(VERIFICATION_SIGNATURE, "payload is no strict JSON object");
    struct verdict verdict = ok();
    for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]) && verdict_allows(verdict); i++)
        verdict = checks[i](&claims, request);
    *scope = scope_of(&claims);
    token_claims_dispose(&claims);
    return verdict;
}

/* The key that the header names, if it is one that the header's algorithm is for (RFC 8725 3.1). */
static struct verdict choose_key(struct span json, const struct key_set *keys,
                                 const struct key **key)
{
    struct token_header header;
    struct verdict verdict = ok();
    if (token_header_parse(json, &header) != STATUS_OK)
        return verdict_of(VERIFICATION_SIGNATURE, "header is not exactly alg, kid and typ");
    *key = key_set_find(keys, span_of_string(header.kid));
    if (*key == NULL)
        verdict = verdict_of(VERIFICATION_SIGNATURE, "unknown kid");
    else if (strcmp(header.algorithm, key_algorithm_name((*key)->algorithm)) != 0)
        verdict = verdict_of(VERIFICATION_SIGNATURE, "alg is not the key's");
    token_header_dispose(&header);
    return verdict;
}

static struct verdict check_signature(const struct compact_form *form, const struct key_set *keys)
{
    const struct key *key;
    struct verdict verdict = choose_key(byte_buffer_span(&form->header), keys, &key);
    if (!verdict_allows(verdict))
        return verdict;
    if (!key_verifies(key, form->signed_text, byte_buffer_span(&form->signature)))
        return verdict_of(VERIFICATION_SIGNATURE, "signature does not verify");
    return ok();
}

static struct verdict verify(struct span token, const struct request *request, struct scope *scope)
{
    struct compact_form form = {0};
    struct verdict verdict = ok();
    if (compact_form_parse(token, TOKEN_MAX_LEN, &form) != STATUS_OK)
        verdict = verdict_of(VERIFICATION_SIGNATURE, "no token in compact form");
    if (verdict_allows(verdict))
        verdict = check_signature(&form, request->policy->keys);
    if (verdict_allows(verdict))
        verdict = check_claims(byte_buffer_span(&form.payload), request, scope);
    compact_form_dispose(&form);
    return verdict;
}

/* A token over the limit is refused by its length; it must not cost a digest first. */
static bool is_memorable(const struct policy *policy, struct span token)
{
    return policy->memory != NULL && token.len <= TOKEN_MAX_LEN;
}

/* The memory is everyone's, so it is told nothing that holds for one client alone. */
static struct verdict verify_or_remember(struct span token, const struct request *request,
                                         struct verdict_span *span)
{
    struct verdict_memory *memory = request->policy->memory;
    bool is_memorable_token = is_memorable(request->policy, token);
    if (is_memorable_token &&
        verdict_memory_knows(memory, token, request->uri, request->facts->now_s, span))
        return ok();
    struct scope scope;
    struct verdict verdict = verify(token, request, &scope);
    if (!verdict_allows(verdict))
        return verdict;
    *span = scope.span;
    if (is_memorable_token && !scope.is_one_client)
        verdict_memory_add(memory, token, request->uri, scope.span);
    return verdict;
}

struct verdict policy_check(const struct policy *policy, struct span token, struct span uri,
                            const struct request_facts *facts, struct verdict_span *span)
{
    const struct request request = {.policy = policy, .uri = uri, .facts = facts};
    struct verdict_span nobodys;
    if (span == NULL)
        span = &nobodys;
    if (policy->is_public) {
        *span = (struct verdict_span){INT64_MIN, INT64_MAX};
        return verdict_of(VERIFICATION_NOT_PERFORMED, "public");
    }
    if (token.len == 0)
        return verdict_of(VERIFICATION_SIGNATURE, "no token");
    return verify_or_remember(token, &request, span);
}
