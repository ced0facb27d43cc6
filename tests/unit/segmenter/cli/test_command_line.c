#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "segmenter/cli/command.h"
#include "segmenter/cli/command_line.h"

#define MAX_WORDS 6

/* What the command of these tests takes. */
struct taken {
    bool json;
    const char *store;
    uint64_t grace_s;
};

/* What came of a command line. */
struct reading {
    struct taken taken;
    char *words[MAX_WORDS + 2];
    struct command_line line;
    bool goes_on;
    int exit_code;
    char out[200];
    char err[400];
};

static bool is_not_bad(const char *name, const char *text)
{
    if (strcmp(text, "bad") != 0)
        return true;
    command_misused(name, "that is bad");
    return false;
}

static void read_back(FILE *file, char *text, size_t size)
{
    rewind(file);
    text[fread(text, 1, size - 1, file)] = '\0';
    fclose(file);
}

static void read_line(struct reading *reading, int argc)
{
    struct taken *taken = &reading->taken;
    const struct command_option options[] = {
        {"json", .flag = &taken->json},
        {"store", .text = &taken->store},
        {"grace", .parse = command_parse_duration, .target = &taken->grace_s, .expected = "a time"},
        {NULL},
    };
    reading->line.name = "test";
    reading->line.help = "the help\n";
    reading->line.options = options;
    FILE *out = tmpfile();
    FILE *err = tmpfile();
    fflush(stdout);
    int kept_out = dup(STDOUT_FILENO);
    int kept_err = dup(STDERR_FILENO);
    dup2(fileno(out), STDOUT_FILENO);
    dup2(fileno(err), STDERR_FILENO);
    reading->goes_on = command_line_read(&reading->line, argc, reading->words, &reading->exit_code);
    fflush(stdout);
    dup2(kept_out, STDOUT_FILENO);
    dup2(kept_err, STDERR_FILENO);
    close(kept_out);
    close(kept_err);
    read_back(out, reading->out, sizeof(reading->out));
    read_back(err, reading->err, sizeof(reading->err));
    reading->line.options = NULL;
}

/* Reads up to MAX_WORDS words as the command line of a command that takes `min` to `max`
 * arguments. */
static void read_words(struct reading *reading, const char *const *words, size_t min, size_t max)
{
    int argc = 1;
    *reading = (struct reading){
        .words = {(char *)(uintptr_t) "test"},
        .line = {.wanted = "what to test", .min_count = min, .max_count = max, .check = is_not_bad},
        .exit_code = -1,
    };
    for (; argc <= MAX_WORDS && words[argc - 1] != NULL; argc++)
        reading->words[argc] = (char *)(uintptr_t)words[argc - 1];
    read_line(reading, argc);
}

#define WORDS(...) ((const char *const[MAX_WORDS]){__VA_ARGS__})

static void assert_goes_on(const struct reading *reading)
{
    assert_true(reading->goes_on);
    assert_int_equal(reading->exit_code, EXIT_OK);
    assert_string_equal(reading->out, "");
    assert_string_equal(reading->err, "");
}

static void nothing_leaves_everything_as_it_is(void **state)
{
    (void)state;
    struct reading reading;
    read_words(&reading, WORDS(NULL), 0, 0);
    assert_goes_on(&reading);
    assert_false(reading.taken.json);
    assert_null(reading.taken.store);
    assert_true(reading.taken.grace_s == 0);
    assert_int_equal(reading.line.argument_count, 0);
}

static void a_value_is_the_next_word_or_follows_an_equals_sign(void **state)
{
    (void)state;
    struct reading reading;
    read_words(&reading, WORDS("--store", "a=b", "--grace=15m", "--json"), 0, 0);
    assert_goes_on(&reading);
    assert_true(reading.taken.json);
    assert_string_equal(reading.taken.store, "a=b");
    assert_true(reading.taken.grace_s == 900);
    read_words(&reading, WORDS("--store=a=b"), 0, 0);
    assert_goes_on(&reading);
    assert_string_equal(reading.taken.store, "a=b");
    read_words(&reading, WORDS("--store", "--json"), 0, 0);
    assert_goes_on(&reading);
    assert_string_equal(reading.taken.store, "--json");
    assert_false(reading.taken.json);
}

static void arguments_stand_anywhere(void **state)
{
    (void)state;
    struct reading reading;
    read_words(&reading, WORDS("one", "--json", "-", "--store", "s", "three"), 1,
               COMMAND_ANY_COUNT);
    assert_goes_on(&reading);
    assert_int_equal(reading.line.argument_count, 3);
    assert_string_equal(reading.line.arguments[0], "one");
    assert_string_equal(reading.line.arguments[1], "-");
    assert_string_equal(reading.line.arguments[2], "three");
}

static void after_two_dashes_all_are_arguments(void **state)
{
    (void)state;
    struct reading reading;
    read_words(&reading, WORDS("--json", "--", "--store", "--", "-h"), 0, COMMAND_ANY_COUNT);
    assert_goes_on(&reading);
    assert_true(reading.taken.json);
    assert_null(reading.taken.store);
    assert_int_equal(reading.line.argument_count, 3);
    assert_string_equal(reading.line.arguments[0], "--store");
    assert_string_equal(reading.line.arguments[1], "--");
    assert_string_equal(reading.line.arguments[2], "-h");
}

static void help_is_printed_and_ends_it(void **state)
{
    (void)state;
    static const char *const words[] = {"--help", "-h"};
    for (size_t i = 0; i < 2; i++) {
        struct reading reading;
        read_words(&reading, WORDS("bad", words[i], "--what"), 0, 0);
        assert_false(reading.goes_on);
        assert_int_equal(reading.exit_code, EXIT_OK);
        assert_string_equal(reading.out, "the help\n");
        assert_string_equal(reading.err, "");
    }
}

static void misuse_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *words[MAX_WORDS];
        size_t min;
        size_t max;
        const char *message;
    } rows[] = {
        {{"--what"}, 0, 0, "there is no option --what"},
        {{"--what=x"}, 0, 0, "there is no option --what"},
        {{"--js"}, 0, 0, "there is no option --js"},
        {{"--jsons"}, 0, 0, "there is no option --jsons"},
        {{"--=x"}, 0, 0, "there is no option --"},
        {{"-x"}, 0, 0, "there is no option -x"},
        {{"-json"}, 0, 0, "there is no option -json"},
        {{"--store"}, 0, 0, "--store needs a value"},
        {{"--store="}, 0, 0, "--store needs a value"},
        {{"--store", ""}, 0, 0, "--store needs a value"},
        {{"--json=yes"}, 0, 0, "--json takes no value"},
        {{"--json", "--json"}, 0, 0, "--json is given twice"},
        {{"--store=a", "--store", "a"}, 0, 0, "--store is given twice"},
        {{"--grace=soon"}, 0, 0, "--grace takes a time, not 'soon'"},
        {{NULL}, 1, 1, "name what to test"},
        {{"a", "b"}, 1, 1, "it takes one argument, but got 'b' too"},
        {{"a"}, 0, 0, "it takes no argument, but got 'a'"},
        {{"a", ""}, 0, COMMAND_ANY_COUNT, "an argument is empty: name what to test"},
        {{"a", "bad"}, 1, COMMAND_ANY_COUNT, "that is bad"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char expected[200];
        struct reading reading;
        read_words(&reading, rows[i].words, rows[i].min, rows[i].max);
        snprintf(expected, sizeof(expected), "segue test: %s\nTry 'segue test --help'.\n",
                 rows[i].message);
        assert_string_equal(reading.err, expected);
        assert_string_equal(reading.out, "");
        assert_false(reading.goes_on);
        assert_int_equal(reading.exit_code, EXIT_USAGE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_leaves_everything_as_it_is),
        cmocka_unit_test(a_value_is_the_next_word_or_follows_an_equals_sign),
        cmocka_unit_test(arguments_stand_anywhere),
        cmocka_unit_test(after_two_dashes_all_are_arguments),
        cmocka_unit_test(help_is_printed_and_ends_it),
        cmocka_unit_test(misuse_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
