#include "auth/token_claims.h"

#include "auth/jansson/strict_json.h"

static struct claim_text read_text(const json_t *root, const char *name)
{
    const json_t *value = json_object_get(root, name);
    if (value == NULL)
        return (struct claim_text){.state = CLAIM_ABSENT};
    if (!json_is_string(value))
        return (struct claim_text){.state = CLAIM_WRONG_TYPE};
    return (struct claim_text){.state = CLAIM_PRESENT, .value = strict_json_text(value)};
}

static struct claim_integer read_integer(const json_t *root, const char *name)
{
    const json_t *value = json_object_get(root, name);
    if (value == NULL)
        return (struct claim_integer){.state = CLAIM_ABSENT};
    if (!json_is_integer(value))
        return (struct claim_integer){.state = CLAIM_WRONG_TYPE};
    return (struct claim_integer){.state = CLAIM_PRESENT, .value = json_integer_value(value)};
}

/* A NumericDate (RFC 7519 2), of which we read only 0 to 2^53. */
static struct claim_integer read_time(const json_t *root, const char *name)
{
    struct claim_integer time = read_integer(root, name);
    if (time.state == CLAIM_PRESENT && (time.value < 0 || time.value > CLAIM_TIME_MAX))
        time.state = CLAIM_WRONG_TYPE;
    return time;
}

static enum claim_state read_audience(const json_t *root)
{
    const json_t *value = json_object_get(root, "aud");
    if (value == NULL)
        return CLAIM_ABSENT;
    if (json_is_string(value))
        return CLAIM_PRESENT;
    if (!json_is_array(value))
        return CLAIM_WRONG_TYPE;
    for (size_t i = 0; i < json_array_size(value); i++) {
        if (!json_is_string(json_array_get(value, i)))
            return CLAIM_WRONG_TYPE;
    }
    return CLAIM_PRESENT;
}

enum status token_claims_parse(struct span json, struct token_claims *claims)
{
    *claims = (struct token_claims){0};
    json_t *root = strict_json_object(json);
    if (root == NULL)
        return STATUS_INVALID;
    *claims = (struct token_claims){
        .issuer = read_text(root, "iss"),
        .subject = read_text(root, "sub"),
        .audience = read_audience(root),
        .expires_s = read_time(root, "exp"),
        .not_before_s = read_time(root, "nbf"),
        .issued_s = read_time(root, "iat"),
        .token_id = read_text(root, "jti"),
        .version = read_integer(root, "cdniv"),
        .critical = read_text(root, "cdnicrit"),
        .client_ip = read_text(root, "cdniip"),
        .uri_container = read_text(root, "cdniuc"),
        .renewal_s = read_time(root, "cdniets"),
        .transport = read_integer(root, "cdnistt"),
        .renewal_depth = read_integer(root, "cdnistd"),
        .document = root,
    };
    return STATUS_OK;
}

bool token_claims_are_for(const struct token_claims *claims, const char *identity)
{
    const json_t *value = json_object_get(claims->document, "aud");
    if (json_is_string(value))
        return span_is(strict_json_text(value), identity);
    for (size_t i = 0; i < json_array_size(value); i++) {
        if (span_is(strict_json_text(json_array_get(value, i)), identity))
            return true;
    }
    return false;
}

bool token_claims_have(const struct token_claims *claims, const char *name)
{
    return json_object_get(claims->document, name) != NULL;
}

void token_claims_dispose(struct token_claims *claims)
{
    json_decref(claims->document);
    *claims = (struct token_claims){0};
}
