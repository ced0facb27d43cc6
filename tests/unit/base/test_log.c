#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"

static size_t read_all(int fd, char *text, size_t max)
{
    size_t used = 0;
    ssize_t count;
    while ((count = read(fd, text + used, max - used)) > 0)
        used += (size_t)count;
    return used;
}

static void lines_come_out_whole_and_in_order(void **state)
{
    (void)state;
    int ends[2];
    char text[256];
    assert_int_equal(pipe(ends), 0);
    struct log *log = log_new(ends[1], 4096);
    log_line(log, span_of_string("first"));
    log_printf(log, "second %d", 2);
    log_line(log, span_of_string(""));
    log_free(log);
    close(ends[1]);
    size_t len = read_all(ends[0], text, sizeof(text));
    assert_true(span_is(span_of(text, len), "first\nsecond 2\n\n"));
    close(ends[0]);
}

/* A pipe with O_DIRECT keeps what was written by different calls apart. */
static void lines_in_quick_succession_share_a_write(void **state)
{
    (void)state;
    enum { LINES = 100 };
    int ends[2];
    char text[4096];
    size_t writes = 0;
    size_t len = 0;
    ssize_t count;
    assert_int_equal(pipe2(ends, O_DIRECT), 0);
    struct log *log = log_new(ends[1], 1 << 20);
    for (int i = 0; i < LINES; i++)
        log_printf(log, "%02d", i);
    log_free(log);
    close(ends[1]);
    while ((count = read(ends[0], text + len, sizeof(text) - len)) > 0) {
        len += (size_t)count;
        writes++;
    }
    assert_int_equal(len, LINES * 3);
    assert_memory_equal(text + len - 6, "98\n99\n", 6);
    assert_in_range(writes, 1, LINES / 2);
    close(ends[0]);
}

/* Nobody reads while lines are added: whatever the pipe and the buffer do not hold is dropped, and
 * nobody waits for it. */
static void a_reader_that_sleeps_stops_nobody(void **state)
{
    (void)state;
    enum { LINES = 40000, LINE_LEN = 15, CAPACITY = 1000, PIPE_MAX = 1 << 20 };
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    struct log *log = log_new(ends[1], CAPACITY);
    for (int i = 0; i < LINES; i++)
        log_printf(log, "line %09d", i);
    if (fork() == 0) {
        /* drains the pipe so that the log can end */
        static char sink[PIPE_MAX + LINES * (LINE_LEN + 1)];
        close(ends[1]);
        size_t len = read_all(ends[0], sink, sizeof(sink));
        bool is_told = memmem(sink, len, " lines dropped\n", LINE_LEN) != NULL;
        _exit(is_told && memcmp(sink, "line 000000000\n", LINE_LEN) == 0 ? 0 : 1);
    }
    log_free(log);
    close(ends[0]);
    close(ends[1]);
    int status;
    assert_true(wait(&status) > 0);
    assert_int_equal(status, 0);
}

static void a_long_line_is_cut(void **state)
{
    (void)state;
    int ends[2];
    char text[4096];
    char *word = malloc(3001);
    assert_non_null(word);
    memset(word, 'x', 3000);
    word[3000] = '\0';
    assert_int_equal(pipe(ends), 0);
    struct log *log = log_new(ends[1], 4096);
    log_printf(log, "%s", word);
    log_free(log);
    close(ends[1]);
    size_t len = read_all(ends[0], text, sizeof(text));
    assert_int_equal(len, 1024);
    assert_int_equal(text[1022], 'x');
    assert_int_equal(text[1023], '\n');
    close(ends[0]);
    free(word);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_come_out_whole_and_in_order),
        cmocka_unit_test(lines_in_quick_succession_share_a_write),
        cmocka_unit_test(a_reader_that_sleeps_stops_nobody),
        cmocka_unit_test(a_long_line_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
