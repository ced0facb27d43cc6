#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fs/folder.h"
#include "publication.h"
#include "store/verify.h"

struct site {
    struct folder *folder;
    struct store *store;
    struct verify_report report;
    char text[2000]; /* what the visitor was told, a line each */
};

static int open_site(void **state)
{
    struct site *site = calloc(1, sizeof(*site));
    site->folder = folder_new();
    site->store = folder_open(site->folder);
    publish(site->store, "t", TEXTS("first", "second", "third"));
    *state = site;
    return 0;
}

static int close_site(void **state)
{
    struct site *site = *state;
    site->store->ops->close(site->store);
    folder_free(site->folder);
    free(site);
    return 0;
}

static void note(void *context, const char *text)
{
    struct site *site = context;
    size_t used = strlen(site->text);
    snprintf(site->text + used, sizeof(site->text) - used, "%s\n", text);
}

static enum status verify(struct site *site, const char *title)
{
    return verify_title(site->store, span_of_string(title), note, site, &site->report, NULL);
}

static void a_whole_title_is_read_and_counted(void **state)
{
    struct site *site = *state;
    assert_int_equal(verify(site, "t"), STATUS_OK);
    assert_string_equal(site->text, "");
    assert_int_equal(site->report.titles, 1);
    assert_int_equal(site->report.objects, 3);
    assert_int_equal(site->report.bytes, 16);
    assert_int_equal(site->report.damaged, 0);
}

static void reports_add_up(void **state)
{
    struct site *site = *state;
    assert_int_equal(verify(site, "t"), STATUS_OK);
    assert_int_equal(verify(site, "t"), STATUS_OK);
    assert_int_equal(site->report.titles, 2);
    assert_int_equal(site->report.objects, 6);
}

static void a_missing_object_is_told_with_what_lacks_it(void **state)
{
    struct site *site = *state;
    unlink(folder_at(site->folder, folder_object(site->folder, site->store, "second")));
    assert_int_equal(verify(site, "t"), STATUS_OK);
    assert_string_equal(site->text,
                        "title t: object 1 of 6 bytes is missing; it is in f.bin from byte 5\n");
    assert_int_equal(site->report.damaged, 1);
}

static void every_damaged_object_is_told(void **state)
{
    struct site *site = *state;
    folder_write(site->folder, folder_object(site->folder, site->store, "first"), "First");
    folder_write(site->folder, folder_object(site->folder, site->store, "third"), "3");
    assert_int_equal(verify(site, "t"), STATUS_OK);
    assert_string_equal(site->text,
                        "title t: object 0 of 5 bytes does not have the content that was stored; "
                        "it is in f.bin from byte 0\n"
                        "title t: object 2 of 5 bytes is there with another size; it is in f.bin "
                        "from byte 11\n");
    assert_int_equal(site->report.damaged, 2);
    assert_int_equal(site->report.objects, 3);
}

static void a_damaged_index_is_damage(void **state)
{
    struct site *site = *state;
    folder_write(site->folder, folder_index(site->folder, "t"), "SEGUE");
    assert_int_equal(verify(site, "t"), STATUS_OK);
    assert_string_equal(site->text, "title t: index: 5 bytes are too few for a header\n");
    assert_int_equal(site->report.titles, 1);
    assert_int_equal(site->report.damaged, 1);
}

static void no_such_title_is_not_found(void **state)
{
    struct site *site = *state;
    assert_int_equal(verify(site, "none"), STATUS_NOT_FOUND);
    assert_int_equal(site->report.titles, 0);
}

static void what_lies_among_the_titles_and_is_none_is_told(void **state)
{
    struct site *site = *state;
    assert_int_equal(verify_strays(site->store, note, site, &site->report, NULL), STATUS_OK);
    assert_string_equal(site->text, "");
    folder_write(site->folder, "titles/README", "x");
    folder_write(site->folder, "titles/e3/u", "x");
    assert_int_equal(verify_strays(site->store, note, site, &site->report, NULL), STATUS_OK);
    assert_non_null(strstr(site->text, ": titles/README is no directory of titles: if "));
    assert_non_null(strstr(site->text, ": titles/e3/u is no title that belongs there: if "));
    assert_int_equal(site->report.damaged, 2);
    assert_int_equal(site->report.titles, 0);
}

int main(void)
{
#define ON_SITE(test) cmocka_unit_test_setup_teardown(test, open_site, close_site)
    const struct CMUnitTest tests[] = {
        ON_SITE(a_whole_title_is_read_and_counted),
        ON_SITE(reports_add_up),
        ON_SITE(a_missing_object_is_told_with_what_lacks_it),
        ON_SITE(every_damaged_object_is_told),
        ON_SITE(a_damaged_index_is_damage),
        ON_SITE(no_such_title_is_not_found),
        ON_SITE(what_lies_among_the_titles_and_is_none_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
