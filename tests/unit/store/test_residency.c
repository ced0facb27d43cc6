#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "store/residency.h"

#define PAGES 64

/* A file that exists only as long as it is open; on the disk, so that its pages can be evicted. */
static int make_file(size_t len)
{
    char path[] = "./residency-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    unlink(path);
    char *zeros = calloc(1, len);
    assert_non_null(zeros);
    assert_int_equal(write(fd, zeros, len), len);
    free(zeros);
    assert_int_equal(fsync(fd), 0);
    return fd;
}

static struct span map(int fd, size_t len)
{
    void *base = mmap(NULL, len, PROT_READ, MAP_SHARED, fd, 0);
    assert_ptr_not_equal(base, MAP_FAILED);
    return span_of(base, len);
}

static void unmap(struct span bytes)
{
    munmap((void *)(uintptr_t)bytes.base, bytes.len);
}

static void what_was_populated_is_resident(void **state)
{
    (void)state;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    int fd = make_file(PAGES * page);
    struct span bytes = map(fd, PAGES * page);
    assert_int_equal(residency_populate(bytes), STATUS_OK);
    assert_true(residency_check(bytes));
    assert_true(residency_check(span_slice(bytes, page - 1, 2)));
    assert_true(residency_check(span_slice(bytes, 0, 0)));
    unmap(bytes);
    close(fd);
}

static void an_evicted_page_is_not_resident_until_populated(void **state)
{
    (void)state;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    int fd = make_file(PAGES * page);
    struct span bytes = map(fd, PAGES * page);
    posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    if (residency_check(bytes)) {
        print_message("this file system does not evict\n");
    } else {
        struct span part = span_slice(bytes, 5 * page + 17, 3 * page);
        assert_int_equal(residency_populate(part), STATUS_OK);
        assert_true(residency_check(part));
    }
    unmap(bytes);
    close(fd);
}

/* Whatever the kernel's read-ahead is set to. */
static void only_the_two_mib_around_it_are_read(void **state)
{
    (void)state;
    size_t block = 2u << 20;
    int fd = make_file(3 * block);
    struct span bytes = map(fd, 3 * block);
    residency_prepare(bytes);
    posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    if (residency_check(span_slice(bytes, 0, 1)) || residency_check(span_slice(bytes, block, 1))) {
        print_message("this file system does not evict\n");
    } else {
        struct span part = span_slice(bytes, block + block / 2, 3);
        assert_int_equal(residency_populate(part), STATUS_OK);
        assert_true(residency_check(part));
        assert_false(residency_check(span_slice(bytes, block - 1, 1)));
        assert_false(residency_check(span_slice(bytes, 2 * block, 1)));
    }
    unmap(bytes);
    close(fd);
}

static void a_file_shorter_than_its_mapping_is_an_error_and_no_signal(void **state)
{
    (void)state;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    int fd = make_file(4 * page);
    struct span bytes = map(fd, 4 * page);
    assert_int_equal(ftruncate(fd, (off_t)page), 0);
    assert_int_equal(residency_populate(span_slice(bytes, 0, page)), STATUS_OK);
    assert_int_equal(residency_populate(bytes), STATUS_IO);
    unmap(bytes);
    close(fd);
}

static void memory_that_is_not_mapped_is_not_resident(void **state)
{
    (void)state;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    int fd = make_file(page);
    struct span bytes = map(fd, page);
    unmap(bytes);
    close(fd);
    assert_false(residency_check(bytes));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_populated_is_resident),
        cmocka_unit_test(an_evicted_page_is_not_resident_until_populated),
        cmocka_unit_test(only_the_two_mib_around_it_are_read),
        cmocka_unit_test(a_file_shorter_than_its_mapping_is_an_error_and_no_signal),
        cmocka_unit_test(memory_that_is_not_mapped_is_not_resident),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
