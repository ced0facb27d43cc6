#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "base/fault.h"

static void first_writer_wins(void **state)
{
    (void)state;
    struct fault fault = {0};
    assert_int_equal(fault_raise(&fault, STATUS_INVALID, "object %d is bad", 3), STATUS_INVALID);
    assert_int_equal(fault_raise(&fault, STATUS_IO, "later"), STATUS_IO);
    assert_string_equal(fault.text, "object 3 is bad");
}

static void nobody_has_to_listen(void **state)
{
    (void)state;
    assert_int_equal(fault_raise(NULL, STATUS_DAMAGED, "unheard"), STATUS_DAMAGED);
    assert_int_equal(fault_raise_errno(NULL, ENOSPC, "unheard"), STATUS_NO_SPACE);
}

static void errno_text_and_status_are_added(void **state)
{
    (void)state;
    struct fault fault = {0};
    assert_int_equal(fault_raise_errno(&fault, ENOENT, "cannot open %s", "a"), STATUS_NOT_FOUND);
    assert_string_equal(fault.text, "cannot open a: No such file or directory");
}

static void long_text_is_cut_and_ended(void **state)
{
    (void)state;
    struct fault fault = {0};
    char text[2000];
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    assert_int_equal(fault_raise_errno(&fault, EIO, "%s", text), STATUS_IO);
    assert_int_equal(strlen(fault.text), sizeof(fault.text) - 1);
}

static void errno_means_a_status(void **state)
{
    (void)state;
    static const struct {
        int error;
        enum status status;
    } rows[] = {{0, STATUS_OK},
                {ENOENT, STATUS_NOT_FOUND},
                {ENOTDIR, STATUS_NOT_FOUND},
                {ENOSPC, STATUS_NO_SPACE},
                {EDQUOT, STATUS_NO_SPACE},
                {EACCES, STATUS_REFUSED},
                {EPERM, STATUS_REFUSED},
                {EROFS, STATUS_REFUSED},
                {EAGAIN, STATUS_BUSY},
                {EIO, STATUS_IO},
                {EINVAL, STATUS_IO}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(status_from_errno(rows[i].error), rows[i].status);
}

static void every_status_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (int a = STATUS_OK; a <= STATUS_IO; a++)
        for (int b = a + 1; b <= STATUS_IO + 1; b++)
            assert_string_not_equal(status_name((enum status)a), status_name((enum status)b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_writer_wins),
        cmocka_unit_test(nobody_has_to_listen),
        cmocka_unit_test(errno_text_and_status_are_added),
        cmocka_unit_test(long_text_is_cut_and_ended),
        cmocka_unit_test(errno_means_a_status),
        cmocka_unit_test(every_status_has_a_name_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
