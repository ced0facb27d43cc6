#include "server/judged_target.h"

#include <stdlib.h>

#include "server/authorization.h"
#include "server/request_target.h"

struct judgement {
    struct signed_uri uri;
    struct verdict verdict;
    struct verdict_span span;
    bool has_route;
    struct route route; /* borrows from uri */
};

static void judge(const struct policy *policy, const struct sent_target *sent, int64_t now_s,
                  struct judgement *judgement)
{
    struct span authority = sent->authority;
    struct span target = sent->target;
    struct credentials credentials = {.field = sent->authorization, .cookies = sent->cookies};
    request_target_normalise(&authority, &target);
    if (signed_uri_parse(sent->scheme, authority, target, authorization_token_name(policy),
                         &judgement->uri) != STATUS_OK) {
        judgement->verdict = (struct verdict){VERIFICATION_MALFORMED_URI, "malformed URI"};
        return;
    }
    const struct request_facts facts = {.now_s = now_s, .client = sent->client};
    judgement->verdict =
        authorization_judge(policy, &judgement->uri, &credentials, &facts, &judgement->span);
    judgement->has_route = route_parse(signed_uri_path(&judgement->uri), &judgement->route);
    if (!judgement->has_route)
        judgement->route = (struct route){.title = {NULL, 0}};
}

static size_t sent_len(const struct sent_target *sent)
{
    size_t len = sent->scheme.len + sent->authority.len + sent->target.len +
                 sent->authorization.len + sent->client.len;
    for (size_t i = 0; i < sent->cookies.count; i++)
        len += sent->cookies.values[i].len;
    return len;
}

/* Only what allows: it ends when its time does, but a refusal may turn into leave. */
static bool can_answer_again(const struct judgement *judgement, const struct sent_target *sent)
{
    return verdict_allows(judgement->verdict) && sent_len(sent) <= JUDGED_TARGET_MAX_KEPT;
}

static struct span copy(uint8_t **end, struct span bytes)
{
    struct span kept = span_of(*end, bytes.len);
    if (bytes.len > 0)
        memcpy(*end, bytes.base, bytes.len);
    *end += bytes.len;
    return kept;
}

static struct judged_target *keep(const struct judgement *judgement, const struct sent_target *sent)
{
    bool is_again = can_answer_again(judgement, sent);
    size_t route_len = judgement->route.title.len + judgement->route.file.len;
    struct judged_target *target =
        malloc(sizeof(*target) + route_len + (is_again ? sent_len(sent) : 0));
    if (target == NULL)
        abort();
    *target = (struct judged_target){.references = 1,
                                     .verdict = judgement->verdict,
                                     .has_route = judgement->has_route,
                                     .can_answer_again = is_again};
    uint8_t *end = target->bytes;
    target->route.title = copy(&end, judgement->route.title);
    target->route.file = copy(&end, judgement->route.file);
    if (is_again) {
        target->span = judgement->span;
        target->sent.scheme = copy(&end, sent->scheme);
        target->sent.authority = copy(&end, sent->authority);
        target->sent.target = copy(&end, sent->target);
        target->sent.authorization = copy(&end, sent->authorization);
        target->sent.cookies.count = sent->cookies.count;
        for (size_t i = 0; i < sent->cookies.count; i++)
            target->sent.cookies.values[i] = copy(&end, sent->cookies.values[i]);
        target->sent.client = copy(&end, sent->client);
    }
    return target;
}

struct judged_target *judged_target_new(const struct policy *policy, const struct sent_target *sent,
                                        int64_t now_s)
{
    struct judgement judgement = {.has_route = false};
    judge(policy, sent, now_s, &judgement);
    struct judged_target *target = keep(&judgement, sent);
    signed_uri_dispose(&judgement.uri);
    return target;
}

struct judged_target *judged_target_acquire(struct judged_target *target)
{
    target->references++;
    return target;
}

void judged_target_release(struct judged_target *target)
{
    if (target != NULL && --target->references == 0)
        free(target);
}

/* Without a branch on what the bytes are. */
static bool equal_in_constant_time(struct span a, struct span b)
{
    uint64_t difference = 0;
    uint64_t words[2];
    size_t i = 0;
    if (a.len != b.len)
        return false;
    for (; a.len - i >= sizeof(words[0]); i += sizeof(words[0])) {
        memcpy(&words[0], a.base + i, sizeof(words[0]));
        memcpy(&words[1], b.base + i, sizeof(words[1]));
        difference |= words[0] ^ words[1];
    }
    for (; i < a.len; i++)
        difference |= a.base[i] ^ b.base[i];
    return difference == 0;
}

static bool are_equal_in_constant_time(const struct token_cookies *a, const struct token_cookies *b)
{
    if (a->count != b->count)
        return false;
    bool are_equal = true;
    for (size_t i = 0; i < a->count; i++)
        are_equal = equal_in_constant_time(a->values[i], b->values[i]) && are_equal;
    return are_equal;
}

bool judged_target_answers(const struct judged_target *target, const struct sent_target *sent,
                           int64_t now_s)
{
    const struct sent_target *known = &target->sent;
    return target->can_answer_again && target->span.from_s <= now_s &&
           now_s < target->span.until_s && span_equal(known->scheme, sent->scheme) &&
           span_equal(known->authority, sent->authority) &&
           span_equal(known->client, sent->client) &&
           equal_in_constant_time(known->target, sent->target) &&
           equal_in_constant_time(known->authorization, sent->authorization) &&
           are_equal_in_constant_time(&known->cookies, &sent->cookies);
}
