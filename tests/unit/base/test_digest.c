#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/digest.h"
#include "base/hex.h"

static void assert_digest(struct digest digest, const char *expected)
{
    char hex[2 * DIGEST_LEN + 1];
    hex_encode(span_of(digest.bytes, DIGEST_LEN), hex);
    assert_string_equal(hex, expected);
}

/* FIPS 180-4's examples. */
static void sha256_of_known_texts(void **state)
{
    (void)state;
    assert_digest(digest_sha256(span_of("", 0)),
                  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_digest(digest_sha256(span_of_string("abc")),
                  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_digest(
        digest_sha256(span_of_string("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void pieces_hash_like_the_whole(void **state)
{
    (void)state;
    struct digest_state *hash = digest_new();
    digest_update(hash, span_of_string("a"));
    digest_update(hash, span_of("", 0));
    digest_update(hash, span_of_string("bc"));
    assert_digest(digest_finish(hash),
                  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void a_copy_goes_its_own_way(void **state)
{
    (void)state;
    struct digest_state *first = digest_new();
    digest_update(first, span_of_string("a"));
    struct digest_state *second = digest_copy(first);
    digest_update(first, span_of_string("zzz"));
    digest_free(first);
    digest_update(second, span_of_string("bc"));
    assert_digest(digest_finish(second),
                  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

/* RFC 4231 4.3 and 4.7: a short key, and one longer than a block. */
static void hmac_of_known_texts(void **state)
{
    (void)state;
    uint8_t long_key[131];
    memset(long_key, 0xaa, sizeof(long_key));
    assert_digest(
        digest_hmac_sha256(span_of_string("Jefe"), span_of_string("what do ya want for nothing?")),
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    assert_digest(digest_hmac_sha256(
                      span_of(long_key, sizeof(long_key)),
                      span_of_string("Test Using Larger Than Block-Size Key - Hash Key First")),
                  "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static void a_digest_is_its_bytes_and_no_others(void **state)
{
    (void)state;
    struct digest digest = digest_sha256(span_of_string("abc"));
    struct digest other = digest;
    assert_true(digest_is(&digest, span_of(other.bytes, DIGEST_LEN)));
    assert_false(digest_is(&digest, span_of(other.bytes, DIGEST_LEN - 1)));
    assert_false(digest_is(&digest, span_of(NULL, 0)));
    for (size_t i = 0; i < DIGEST_LEN; i++) {
        other.bytes[i] ^= 1;
        assert_false(digest_is(&digest, span_of(other.bytes, DIGEST_LEN)));
        other.bytes[i] ^= 1;
    }
}

static void random_bytes_differ_each_time(void **state)
{
    (void)state;
    uint8_t a[32] = {0};
    uint8_t b[32] = {0};
    digest_random(a, sizeof(a));
    digest_random(b, sizeof(b));
    assert_memory_not_equal(a, b, sizeof(a));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_of_known_texts),
        cmocka_unit_test(pieces_hash_like_the_whole),
        cmocka_unit_test(a_copy_goes_its_own_way),
        cmocka_unit_test(hmac_of_known_texts),
        cmocka_unit_test(a_digest_is_its_bytes_and_no_others),
        cmocka_unit_test(random_bytes_differ_each_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
