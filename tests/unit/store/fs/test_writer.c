#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folder.h"
#include "store/fs/fs_file.h"
#include "store/fs/fs_writer.h"

#define MIB ((size_t)1 << 20)

struct site {
    struct folder *folder;
    int dir;
    struct fs_writer *writer;
};

static struct site site_new(void)
{
    struct site site = {.folder = folder_new()};
    site.dir = open(site.folder->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(site.dir >= 0);
    assert_int_equal(fs_writer_new(site.dir, &site.writer), 0);
    return site;
}

static void site_free(struct site *site)
{
    fs_writer_free(site->writer);
    close(site->dir);
    folder_free(site->folder);
}

/* Bytes that differ from place to place, the same for the same seed; the caller frees them. */
static struct span made_bytes(size_t len, uint32_t seed)
{
    uint8_t *bytes = malloc(len);
    assert_non_null(bytes);
    for (size_t i = 0; i < len; i++) {
        seed = seed * 1664525 + 1013904223;
        bytes[i] = (uint8_t)(seed >> 24);
    }
    return span_of(bytes, len);
}

static void free_bytes(struct span bytes)
{
    free((void *)(uintptr_t)bytes.base);
}

static void assert_file_is(const struct site *site, const char *name, struct span expected)
{
    struct stat stat;
    int fd;
    assert_int_equal(fs_file_open(site->dir, name, &fd, &stat), 0);
    assert_int_equal(stat.st_mode & 07777, 0600);
    assert_int_equal(stat.st_size, expected.len);
    assert_true(fs_file_equals(fd, expected));
    close(fd);
}

/* The lengths lie around what a file system's blocks, the pieces, and the choice of direct writing
 * might turn on; the last has more pieces than the writer keeps. */
static void files_of_any_length_come_out_as_they_went_in(void **state)
{
    static const size_t lens[] = {
        1,           4095,        4096,    4097,        MIB / 4 - 1,     MIB / 4,
        MIB / 4 + 1, 4 * MIB - 1, 4 * MIB, 4 * MIB + 1, 9 * MIB + 12345, 41 * MIB + 1};
    struct site site = site_new();
    (void)state;
    for (uint32_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
        char name[2] = {(char)('a' + i), '\0'};
        struct span bytes = made_bytes(lens[i], i);
        assert_int_equal(fs_writer_put(site.writer, name, bytes), 0);
        free_bytes(bytes); /* a copy was taken */
    }
    assert_int_equal(fs_writer_finish(site.writer), 0);
    for (uint32_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
        char name[2] = {(char)('a' + i), '\0'};
        struct span bytes = made_bytes(lens[i], i);
        assert_file_is(&site, name, bytes);
        free_bytes(bytes);
    }
    site_free(&site);
}

/* Around what is taken whole and what is copied in pieces, more of them than the ring holds. */
static void buffers_come_out_too_and_back_empty(void **state)
{
    static const size_t lens[] = {1, 4095, MIB, 5 * MIB + 1, 5 * MIB, 12 * MIB, 13 * MIB + 5, MIB};
    struct site site = site_new();
    struct byte_buffer buffer = {0};
    (void)state;
    for (uint32_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
        char name[2] = {(char)('a' + i), '\0'};
        struct span bytes = made_bytes(lens[i], i);
        byte_buffer_put(&buffer, bytes);
        assert_int_equal(fs_writer_put_buffer(site.writer, name, &buffer), 0);
        assert_int_equal(buffer.len, 0);
        free_bytes(bytes);
    }
    assert_int_equal(fs_writer_finish(site.writer), 0);
    for (uint32_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
        char name[2] = {(char)('a' + i), '\0'};
        struct span bytes = made_bytes(lens[i], i);
        assert_file_is(&site, name, bytes);
        free_bytes(bytes);
    }
    byte_buffer_dispose(&buffer);
    site_free(&site);
}

static void finishing_is_no_end(void **state)
{
    struct site site = site_new();
    (void)state;
    assert_int_equal(fs_writer_finish(site.writer), 0);
    assert_int_equal(fs_writer_put(site.writer, "one", span_of_string("1")), 0);
    assert_int_equal(fs_writer_finish(site.writer), 0);
    assert_int_equal(fs_writer_put(site.writer, "two", span_of_string("22")), 0);
    assert_int_equal(fs_writer_finish(site.writer), 0);
    assert_file_is(&site, "one", span_of_string("1"));
    assert_file_is(&site, "two", span_of_string("22"));
    site_free(&site);
}

static void a_failure_is_told_and_ends_the_writing(void **state)
{
    struct site site = site_new();
    (void)state;
    assert_int_equal(fs_file_create(site.dir, "taken", span_of_string("old")), 0);
    assert_int_equal(fs_writer_put(site.writer, "taken", span_of_string("new")), 0);
    assert_int_equal(fs_writer_finish(site.writer), EEXIST);
    assert_int_equal(fs_writer_put(site.writer, "next", span_of_string("next")), EEXIST);
    assert_int_equal(fs_writer_finish(site.writer), EEXIST);
    assert_file_is(&site, "taken", span_of_string("old"));
    assert_int_equal(faccessat(site.dir, "next", F_OK, 0), -1);
    site_free(&site);
}

/* The file is larger than all pieces, so `put` itself would wait for ever if it missed it. */
static void a_failure_ends_the_waiting_for_room(void **state)
{
    struct site site = site_new();
    struct rlimit before;
    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    const struct rlimit lower = {3 * MIB + 100, before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &lower);
    struct span bytes = made_bytes(64 * MIB, 1);
    assert_int_equal(fs_writer_put(site.writer, "large", bytes), EFBIG);
    assert_int_equal(fs_writer_finish(site.writer), EFBIG);
    setrlimit(RLIMIT_FSIZE, &before);
    free_bytes(bytes);
    site_free(&site);
}

static void what_is_not_written_yet_can_be_given_up(void **state)
{
    (void)state;
    struct span bytes = made_bytes(12 * MIB, 1);
    for (unsigned i = 0; i < 20; i++) {
        struct site site = site_new();
        if (i > 0)
            assert_int_equal(fs_writer_put(site.writer, "file", bytes), 0);
        site_free(&site);
    }
    fs_writer_free(NULL);
    free_bytes(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_of_any_length_come_out_as_they_went_in),
        cmocka_unit_test(buffers_come_out_too_and_back_empty),
        cmocka_unit_test(finishing_is_no_end),
        cmocka_unit_test(a_failure_is_told_and_ends_the_writing),
        cmocka_unit_test(a_failure_ends_the_waiting_for_room),
        cmocka_unit_test(what_is_not_written_yet_can_be_given_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
