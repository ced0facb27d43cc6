#ifndef JUDGED_TARGET_H
#define JUDGED_TARGET_H

#include "auth/policy.h"
#include "server/route.h"
#include "server/token_cookies.h"

/*
 * What a request asks for and whether it may: its target, read, routed and judged. A player asks
 * for one target hundreds of times over one connection, and the same bytes have the same answer for
 * as long as the verdict holds; so one that allows can answer again (server/target_memory.h). It
 * holds for the policy that it was judged by. Immutable; counted references, all on one thread.
 */

/* As the client sent it, and from where: what decides the verdict, beside policy and time, and
 * nothing else. */
struct sent_target {
    struct span scheme;
    struct span authority;     /* Host or :authority */
    struct span target;        /* raw; token included */
    struct span authorization; /* the field's value; empty: none */
    struct token_cookies cookies;
    struct span client;        /* its numeric address; tokens may be for one alone */
};

/* More is judged like any other, and anew each time. A token takes about 300 bytes. */
#define JUDGED_TARGET_MAX_KEPT 2048

struct judged_target {
    size_t references;
    struct verdict verdict;
    bool has_route;
    struct route route;       /* borrows from `bytes` */
    bool can_answer_again;    /* what is below is set */
    struct verdict_span span; /* when the verdict holds */
    struct sent_target sent;  /* borrows from `bytes` */
    uint8_t bytes[];
};

/* Reads, routes and judges `sent` at `now_s` seconds since 1970; what is judged and what is routed
 * are the same bytes. Returns owned, one reference. */
struct judged_target *judged_target_new(const struct policy *policy, const struct sent_target *sent,
                                        int64_t now_s);

struct judged_target *judged_target_acquire(struct judged_target *target);

/* NULL is allowed. */
void judged_target_release(struct judged_target *target);

/* Whether judging `sent` at `now_s` would come to the same: every byte is the same, and the verdict
 * still holds. The time that it takes says nothing of where bytes differ, for tokens are among
 * them. */
bool judged_target_answers(const struct judged_target *target, const struct sent_target *sent,
                           int64_t now_s);

#endif
