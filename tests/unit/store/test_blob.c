#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>

#include "store/blob.h"

static void count_disposal(struct blob *blob)
{
    uint8_t *count = (uint8_t *)(uintptr_t)blob->bytes.base;
    *count = (uint8_t)(*count + 1);
}

static void disposed_of_by_the_last_release_alone(void **state)
{
    (void)state;
    uint8_t disposals = 0;
    struct blob blob = {span_of(&disposals, 1), -1, 1, count_disposal};
    assert_ptr_equal(blob_acquire(&blob), &blob);
    blob_release(&blob);
    assert_int_equal(disposals, 0);
    blob_release(&blob);
    assert_int_equal(disposals, 1);
}

static void releasing_null_is_allowed(void **state)
{
    (void)state;
    blob_release(NULL);
}

static void *acquire_and_release(void *blob)
{
    for (unsigned i = 0; i < 10000; i++)
        blob_release(blob_acquire(blob));
    return NULL;
}

static void references_cross_threads(void **state)
{
    (void)state;
    uint8_t disposals = 0;
    struct blob blob = {span_of(&disposals, 1), -1, 1, count_disposal};
    pthread_t threads[4];
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, acquire_and_release, &blob), 0);
    for (size_t i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(blob.references, 1);
    blob_release(&blob);
    assert_int_equal(disposals, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(disposed_of_by_the_last_release_alone),
        cmocka_unit_test(releasing_null_is_allowed),
        cmocka_unit_test(references_cross_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
