#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "forge.h"
#include "judge.h"
#include "server/target_memory.h"

#define PAYLOAD "{\"exp\":2000,\"cdniuc\":\"regex:http://h/v1/.*\"}"

static const struct key_set no_keys;
static const struct policy open_policy = {.is_public = true, .keys = &no_keys};

static struct sent_target sent_of(const char *target)
{
    return (struct sent_target){
        .scheme = span_of_string("http"),
        .authority = span_of_string("h"),
        .target = span_of_string(target),
    };
}

/* The same object when it was remembered; nobody else holds it. */
static const struct judged_target *judge_target(struct target_memory *memory, const char *target)
{
    struct sent_target sent = sent_of(target);
    struct judged_target *judged = target_memory_judge(memory, &open_policy, &sent, 0);
    judged_target_release(judged);
    return judged;
}

static bool remembers(const struct target_memory *memory, const char *target)
{
    struct sent_target sent = sent_of(target);
    for (size_t i = 0; i < TARGET_MEMORY_ENTRIES; i++) {
        if (memory->recent[i] != NULL && judged_target_answers(memory->recent[i], &sent, 0))
            return true;
    }
    return false;
}

static void the_same_target_is_judged_once(void **state)
{
    (void)state;
    struct target_memory memory = {.recent = {NULL}};
    const struct judged_target *first = judge_target(&memory, "/v1/t/a");
    assert_ptr_equal(judge_target(&memory, "/v1/t/a"), first);
    assert_int_equal(first->references, 1);
    target_memory_dispose(&memory);
}

static void the_one_unused_for_longest_makes_room(void **state)
{
    (void)state;
    struct target_memory memory = {.recent = {NULL}};
    judge_target(&memory, "/v1/t/a");
    judge_target(&memory, "/v1/t/b");
    judge_target(&memory, "/v1/t/c");
    const struct judged_target *a = judge_target(&memory, "/v1/t/a");
    judge_target(&memory, "/v1/t/d");
    assert_true(remembers(&memory, "/v1/t/a"));
    assert_false(remembers(&memory, "/v1/t/b"));
    assert_true(remembers(&memory, "/v1/t/c"));
    assert_true(remembers(&memory, "/v1/t/d"));
    assert_ptr_equal(judge_target(&memory, "/v1/t/a"), a);
    target_memory_dispose(&memory);
}

/* Requests on one connection overlap: what one of them uses is pushed out by others. */
static void a_reference_outlives_the_memory(void **state)
{
    (void)state;
    struct target_memory memory = {.recent = {NULL}};
    struct sent_target sent = sent_of("/v1/t/a");
    struct judged_target *held = target_memory_judge(&memory, &open_policy, &sent, 0);
    const char *const others[] = {"/v1/t/b", "/v1/t/c", "/v1/t/d"};
    for (size_t i = 0; i < TARGET_MEMORY_ENTRIES; i++)
        judge_target(&memory, others[i]);
    assert_false(remembers(&memory, "/v1/t/a"));
    assert_int_equal(held->references, 1);
    target_memory_dispose(&memory);
    assert_true(span_is(held->route.file, "a"));
    judged_target_release(held);
}

static void a_refusal_is_not_remembered(void **state)
{
    struct policy policy = {.keys = *state};
    struct target_memory memory = {.recent = {NULL}};
    struct sent_target sent = sent_of("/v1/t/a?URISigningPackage=x.y.z");
    struct judged_target *target = target_memory_judge(&memory, &policy, &sent, 0);
    assert_int_equal(target->verdict.code, VERIFICATION_SIGNATURE);
    judged_target_release(target);
    for (size_t i = 0; i < TARGET_MEMORY_ENTRIES; i++)
        assert_null(memory.recent[i]);
}

static void what_was_allowed_is_refused_when_it_expires(void **state)
{
    struct policy policy = {.keys = *state};
    struct target_memory memory = {.recent = {NULL}};
    struct byte_buffer target = {0};
    struct byte_buffer token = {0};
    judge_put_es256(FORGE_EC_HEADER, span_of_string(PAYLOAD), &token);
    byte_buffer_printf(&target, "/v1/t/a?URISigningPackage=%.*s",
                       SPAN_PRINT(byte_buffer_span(&token)));
    struct sent_target sent = sent_of("");
    sent.target = byte_buffer_span(&target);
    static const struct {
        int64_t now_s;
        enum verification_code code;
    } rows[] = {{1999, VERIFICATION_OK}, {2000, VERIFICATION_EXPIRED}, {1999, VERIFICATION_OK}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct judged_target *judged = target_memory_judge(&memory, &policy, &sent, rows[i].now_s);
        assert_int_equal(judged->verdict.code, rows[i].code);
        judged_target_release(judged);
    }
    target_memory_dispose(&memory);
    byte_buffer_dispose(&target);
    byte_buffer_dispose(&token);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_target_is_judged_once),
        cmocka_unit_test(the_one_unused_for_longest_makes_room),
        cmocka_unit_test(a_reference_outlives_the_memory),
        cmocka_unit_test(a_refusal_is_not_remembered),
        cmocka_unit_test(what_was_allowed_is_refused_when_it_expires),
    };
    return cmocka_run_group_tests(tests, judge_load_keys, judge_free_keys);
}
