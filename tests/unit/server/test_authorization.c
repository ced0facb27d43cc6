#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server/authorization.h"

static void reads_bearer_credentials(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        const char *token;
    } cases[] = {
        {"Bearer a.b.c", "a.b.c"},
        {"bearer a.b.c", "a.b.c"},
        {"BEARER  a.b.c ", "a.b.c"},
        {"Bearer a, Bearer b", "a, Bearer b"}, /* no token has a space: refused later */
        {"Bearer", ""},
        {"Bearer ", ""},
        {"Bearer\ta.b.c", ""},
        {"Bearera.b.c", ""},
        {"Basic a.b.c", ""},
        {" Bearer a.b.c", ""},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (!span_is(authorization_bearer(span_of_string(cases[i].value)), cases[i].token))
            fail_msg("'%s'", cases[i].value);
    }
}

static struct verdict judge(bool is_public, const char *target, const char *field)
{
    const struct key_set no_keys = {0};
    const struct policy policy = {.is_public = is_public, .keys = &no_keys};
    struct signed_uri uri = {0};
    assert_int_equal(signed_uri_parse(span_of_string("http"), span_of_string("localhost"),
                                      span_of_string(target), &uri),
                     STATUS_OK);
    const struct request_facts facts = {.now_s = 1000};
    struct verdict verdict =
        authorization_judge(&policy, &uri, span_of_string(field), &facts, NULL);
    signed_uri_dispose(&uri);
    return verdict;
}

static void a_public_policy_asks_for_nothing(void **state)
{
    (void)state;
    struct verdict verdict = judge(true, "/v1/bunny/video.mp4", "");
    assert_int_equal(verdict.code, VERIFICATION_NOT_PERFORMED);
    assert_true(verdict_allows(verdict));
}

static void without_a_token_nobody_passes(void **state)
{
    (void)state;
    assert_int_equal(judge(false, "/v1/bunny/video.mp4", "").code, VERIFICATION_SIGNATURE);
    assert_int_equal(judge(false, "/v1/bunny/video.mp4", "Bearer x.y.z").code,
                     VERIFICATION_SIGNATURE);
    assert_int_equal(judge(false, "/v1/bunny/video.mp4?URISigningPackage=x.y.z", "").code,
                     VERIFICATION_SIGNATURE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_bearer_credentials),
        cmocka_unit_test(a_public_policy_asks_for_nothing),
        cmocka_unit_test(without_a_token_nobody_passes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
