#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bytes_assert.h"
#include "segmenter/edit_list.h"

#define NARROW_1 "00000024 65647473 0000001c 656c7374 00000000 00000001"
#define NARROW_2 "00000030 65647473 00000028 656c7374 00000000 00000002"
#define WIDE_1 "0000002c 65647473 00000024 656c7374 01000000 00000001"
#define WIDE_2 "00000040 65647473 00000038 656c7374 01000000 00000002"

static void an_edit_takes_as_few_bits_as_it_can(void **state)
{
    (void)state;
    static const struct {
        struct edit_list list;
        const char *hex;
    } cases[] = {
        {{0, 5000, 1024}, NARROW_1 "00001388 00000400 00010000"},
        {{0, 0, 0}, NARROW_1 "00000000 00000000 00010000"},
        {{700, 5000, 0}, NARROW_2 "000002bc ffffffff 00010000  00001388 00000000 00010000"},
        {{700, 5000, 1024}, NARROW_2 "000002bc ffffffff 00010000  00001388 00000400 00010000"},
        {{0, UINT32_MAX, INT32_MAX}, NARROW_1 "ffffffff 7fffffff 00010000"},
        {{UINT32_MAX, 1, 0}, NARROW_2 "ffffffff ffffffff 00010000  00000001 00000000 00010000"},
        {{0, UINT64_C(1) << 32, 7}, WIDE_1 "0000000100000000 0000000000000007 00010000"},
        /* media_time is signed */
        {{0, 9, UINT64_C(1) << 31}, WIDE_1 "0000000000000009 0000000080000000 00010000"},
        {{UINT64_C(1) << 32, 9, 8},
         WIDE_2 "0000000100000000 ffffffffffffffff 00010000"
                "0000000000000009 0000000000000008 00010000"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct byte_buffer out = {0};
        edit_list_write(&cases[i].list, &out);
        assert_wrote(&out, cases[i].hex);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_edit_takes_as_few_bits_as_it_can),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
