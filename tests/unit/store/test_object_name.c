#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hex.h"
#include "store/object_name.h"

/* HMAC-SHA256 with 32 bytes of 0x0b over SHA-256("abc"), its first 20 bytes; computed apart with
 * `openssl dgst -sha256 -mac HMAC`. */
static void the_name_is_the_start_of_an_hmac_of_the_digest(void **state)
{
    (void)state;
    struct naming_key key;
    char hex[OBJECT_NAME_HEX_LEN + 1];
    memset(key.bytes, 0x0b, sizeof(key.bytes));
    struct digest digest = digest_sha256(span_of_string("abc"));
    struct object_name name = object_name_of(&key, &digest);
    hex_encode(span_of(name.bytes, sizeof(name.bytes)), hex);
    assert_string_equal(hex, "1e18c60af672a9a88fc69f853427d3283774b9f9");
}

static void another_key_gives_another_name(void **state)
{
    (void)state;
    struct naming_key a = {{0}};
    struct naming_key b = {{0}};
    b.bytes[31] = 1;
    struct digest digest = digest_sha256(span_of_string("abc"));
    struct object_name x = object_name_of(&a, &digest);
    struct object_name y = object_name_of(&b, &digest);
    assert_memory_not_equal(x.bytes, y.bytes, OBJECT_NAME_LEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_name_is_the_start_of_an_hmac_of_the_digest),
        cmocka_unit_test(another_key_gives_another_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
