#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "auth/policy.h"
#include "segmenter/cli/signing.h"

#define NOW 1000
#define CONTAINER "regex:http://h/a"

/* Two keys that sign, and after them one that only verifies. */
static const char keys[] = "{\"keys\":["
                           "{\"kty\":\"oct\",\"alg\":\"HS256\",\"kid\":\"old\","
                           "\"k\":\"hFHF4CeBuRsvbDL_Pq6JUNO4HM2Qd2n4nc5WYuH7CrE\"},"
                           "{\"kty\":\"oct\",\"alg\":\"HS256\",\"kid\":\"new\","
                           "\"k\":\"aFHF4CeBuRsvbDL_Pq6JUNO4HM2Qd2n4nc5WYuH7CrE\"},"
                           "{\"kty\":\"EC\",\"crv\":\"P-256\",\"alg\":\"ES256\",\"kid\":\"public\","
                           "\"x\":\"be807S4O7dzB6I4hTiCUvmxCI6FuxWba1xYBlLSSsZ8\","
                           "\"y\":\"rOGC4vI69g-WF9AGEVI37sNNwbjIzBxSjLvIL7f3RBA\"}]}";

static int write_keys(void **state)
{
    char *path = strdup("/tmp/segue-signing-XXXXXX");
    int fd = path != NULL ? mkstemp(path) : -1; /* mode 0600 */
    *state = path;
    if (fd < 0 || write(fd, keys, strlen(keys)) != (ssize_t)strlen(keys))
        return -1;
    return close(fd);
}

static int remove_keys(void **state)
{
    int result = unlink(*state);
    free(*state);
    return result;
}

static enum status sign(const char *path, const char *kid, int64_t not_before_s,
                        struct signed_token *token, struct fault *fault)
{
    struct signing_options options = {
        .keys_path = path, .kid = kid, .ttl_s = 60, .not_before_s = not_before_s};
    *token = (struct signed_token){0};
    *fault = (struct fault){0};
    return signing_make_token(&options, CONTAINER, NOW, token, fault);
}

static void newest_key_that_can_sign_does(void **state)
{
    struct signed_token token;
    struct fault fault;
    assert_int_equal(sign(*state, NULL, 0, &token, &fault), STATUS_OK);
    assert_string_equal(token.kid, "new");
    assert_string_equal(token.algorithm, "HS256");
    signed_token_dispose(&token);
}

static void named_key_signs_or_says_why_not(void **state)
{
    struct signed_token token;
    struct fault fault;
    assert_int_equal(sign(*state, "old", 0, &token, &fault), STATUS_OK);
    assert_string_equal(token.kid, "old");
    signed_token_dispose(&token);
    assert_int_equal(sign(*state, "public", 0, &token, &fault), STATUS_REFUSED);
    assert_non_null(strstr(fault.text, "public"));
    signed_token_dispose(&token);
    assert_int_equal(sign(*state, "none", 0, &token, &fault), STATUS_NOT_FOUND);
    assert_non_null(strstr(fault.text, "segue key ls"));
    signed_token_dispose(&token);
}

static enum verification_code code_at(const struct policy *policy, struct span token, int64_t now_s)
{
    const struct request_facts facts = {.now_s = now_s};
    return policy_check(policy, token, span_of_string("http://h/a"), &facts, NULL).code;
}

static void token_is_good_for_its_time_from_now_or_from_its_start(void **state)
{
    static const struct {
        int64_t not_before_s, first_s, last_s;
    } rows[] = {
        {0, 0, NOW + 59},
        {NOW + 100, NOW + 100, NOW + 159},
        {NOW - 100, NOW - 100, NOW + 59},
    };
    struct fault fault = {0};
    struct key_set set;
    assert_int_equal(key_file_load(*state, &set, &fault), STATUS_OK);
    struct policy policy = {.keys = &set};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct signed_token token;
        assert_int_equal(sign(*state, NULL, rows[i].not_before_s, &token, &fault), STATUS_OK);
        struct span text = byte_buffer_span(&token.text);
        assert_int_equal(code_at(&policy, text, rows[i].first_s), VERIFICATION_OK);
        assert_int_equal(code_at(&policy, text, rows[i].last_s), VERIFICATION_OK);
        assert_int_equal(code_at(&policy, text, rows[i].last_s + 1), VERIFICATION_EXPIRED);
        if (rows[i].first_s > 0)
            assert_int_equal(code_at(&policy, text, rows[i].first_s - 1), VERIFICATION_NOT_BEFORE);
        signed_token_dispose(&token);
    }
    key_set_dispose(&set);
}

static void address_is_not_signed_in_the_open(void **state)
{
    struct signing_options options = {.keys_path = *state, .ttl_s = 60, .client_ip = "192.0.2.1"};
    struct signed_token token = {0};
    struct fault fault = {0};
    assert_int_equal(signing_make_token(&options, CONTAINER, NOW, &token, &fault),
                     STATUS_NOT_FOUND);
    assert_non_null(strstr(fault.text, "segue key new --alg A128GCM"));
    assert_int_equal(token.text.len, 0);
    signed_token_dispose(&token);
}

static void missing_key_file_is_told_with_the_command_that_makes_it(void **state)
{
    (void)state;
    struct signed_token token;
    struct fault fault;
    assert_int_equal(sign("/tmp/segue-no-such-file", NULL, 0, &token, &fault), STATUS_NOT_FOUND);
    assert_non_null(strstr(fault.text, "segue key new"));
    signed_token_dispose(&token);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(newest_key_that_can_sign_does),
        cmocka_unit_test(named_key_signs_or_says_why_not),
        cmocka_unit_test(token_is_good_for_its_time_from_now_or_from_its_start),
        cmocka_unit_test(address_is_not_signed_in_the_open),
        cmocka_unit_test(missing_key_file_is_told_with_the_command_that_makes_it),
    };
    return cmocka_run_group_tests(tests, write_keys, remove_keys);
}
