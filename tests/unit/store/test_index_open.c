#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "index_fixture.h"
#include "store/index_layout.h"

/* Where the fixture's tables lie. */
enum at {
    AT_TRACKS = INDEX_HEADER_LEN,
    AT_SEGMENTS = AT_TRACKS + 2 * INDEX_TRACK_LEN,
    AT_FILES = AT_SEGMENTS + 3 * INDEX_SEGMENT_LEN,
    AT_EXTENTS = AT_FILES + 3 * INDEX_FILE_LEN,
    AT_OBJECTS = AT_EXTENTS + 4 * INDEX_EXTENT_LEN,
    AT_STRINGS = AT_OBJECTS + 3 * INDEX_OBJECT_LEN,
};

static void fix_checksum(uint8_t *bytes, size_t len)
{
    struct digest sum = index_checksum(span_of(bytes, len));
    memcpy(bytes + INDEX_AT_CHECKSUM, sum.bytes, sizeof(sum.bytes));
}

/* Opens an exact-size copy, so that a sanitizer sees a read beyond it. */
static enum status open_copy(const void *bytes, size_t len, struct fault *fault)
{
    struct index index;
    uint8_t *copy = malloc(len > 0 ? len : 1);
    memcpy(copy, bytes, len);
    enum status status = index_open(span_of(copy, len), &index, fault);
    free(copy);
    return status;
}

static void assert_damaged(struct byte_buffer *bytes, const char *message)
{
    struct fault fault = {0};
    fix_checksum(bytes->base, bytes->len);
    enum status status = open_copy(bytes->base, bytes->len, &fault);
    assert_string_equal(fault.text, message);
    assert_int_equal(status, STATUS_DAMAGED);
    byte_buffer_dispose(bytes);
}

static void the_fixture_lies_where_these_tests_think(void **state)
{
    (void)state;
    struct byte_buffer bytes = {0};
    fixture_index(&bytes);
    assert_int_equal(open_copy(bytes.base, bytes.len, NULL), STATUS_OK);
    assert_memory_equal(bytes.base + AT_STRINGS, "bunnyh264undaacenga0.mp4audio/mp4", 33);
    byte_buffer_dispose(&bytes);
}

static void too_few_bytes_are_no_index(void **state)
{
    (void)state;
    struct byte_buffer bytes = {0};
    fixture_index(&bytes);
    for (size_t len = 0; len < bytes.len; len++)
        assert_int_equal(open_copy(bytes.base, len, NULL), STATUS_DAMAGED);
    byte_buffer_dispose(&bytes);
}

static void too_many_bytes_are_no_index(void **state)
{
    (void)state;
    struct byte_buffer bytes = {0};
    fixture_index(&bytes);
    byte_buffer_put_u8(&bytes, 0);
    assert_damaged(&bytes, "index: it says it has 886 bytes but has 887");
}

static void any_changed_byte_is_seen(void **state)
{
    (void)state;
    struct byte_buffer bytes = {0};
    fixture_index(&bytes);
    for (size_t i = 0; i < bytes.len; i++) {
        bytes.base[i] ^= 0x10;
        assert_int_not_equal(open_copy(bytes.base, bytes.len, NULL), STATUS_OK);
        bytes.base[i] ^= 0x10;
    }
    byte_buffer_dispose(&bytes);
}

static void the_checksum_is_looked_at(void **state)
{
    (void)state;
    struct byte_buffer bytes = {0};
    struct fault fault = {0};
    fixture_index(&bytes);
    bytes.base[AT_OBJECTS + 40] ^= 1; /* a bit of an object's name: nothing else would tell */
    assert_int_equal(open_copy(bytes.base, bytes.len, &fault), STATUS_DAMAGED);
    assert_string_equal(fault.text, "index: the checksum does not match the content");
    byte_buffer_dispose(&bytes);
}

static void another_version_is_unsupported(void **state)
{
    (void)state;
    struct byte_buffer bytes = {0};
    struct fault fault = {0};
    fixture_index(&bytes);
    bytes.base[INDEX_AT_VERSION] = 2;
    fix_checksum(bytes.base, bytes.len);
    assert_int_equal(open_copy(bytes.base, bytes.len, &fault), STATUS_UNSUPPORTED);
    assert_string_equal(fault.text,
                        "index: version 2 is not 1, the one this program reads; use the program "
                        "that wrote it or cut the title again");
    byte_buffer_dispose(&bytes);
}

struct patch {
    size_t at;
    unsigned width; /* bytes, little-endian */
    uint64_t value;
    const char *message;
};

static const struct patch patches[] = {
    {0, 1, 'X', "index: it does not begin with SEGUEIDX"},
    {INDEX_AT_HEADER_SIZE, 4, 176, "index: the header size is not 168"},
    {INDEX_AT_TOTAL_SIZE, 8, UINT64_MAX,
     "index: it says it has 18446744073709551615 bytes but has 886"},
    /* Tables: offset, count, record size. */
    {INDEX_AT_TABLES, 8, 176, "index: the table of tracks does not lie where it must"},
    {INDEX_AT_TABLES + 8, 4, UINT32_MAX, "index: the table of tracks does not lie where it must"},
    {INDEX_AT_TABLES + 12, 4, 48, "index: the table of tracks does not lie where it must"},
    {INDEX_AT_TABLES + 8, 4, 1, "index: the table of segments does not lie where it must"},
    {INDEX_AT_TABLES + 16, 8, AT_TRACKS, "index: the table of segments does not lie where it must"},
    {INDEX_AT_TABLES + 72, 4, 4, "index: the strings do not reach from the tables to the end"},
    {INDEX_AT_STRINGS + 8, 8, 1, "index: the strings do not reach from the tables to the end"},
    {INDEX_AT_STRINGS, 8, 0, "index: the strings do not reach from the tables to the end"},
    /* Title and time. */
    {INDEX_AT_TITLE, 4, 1, "index: the title is no valid name"},
    {INDEX_AT_TITLE + 4, 4, 0, "index: the title is no valid name"},
    {INDEX_AT_TITLE + 4, 4, UINT32_MAX, "index: the title is no valid name"},
    {AT_STRINGS, 1, '/', "index: the title is no valid name"},
    {INDEX_AT_PUBLISHED, 8, UINT64_MAX, "index bunny: the time of publication is out of range"},
    {INDEX_AT_PUBLISHED, 8, UINT64_C(253402300800),
     "index bunny: the time of publication is out of range"},
    /* Objects. */
    {AT_OBJECTS, 8, 0, "index bunny: object 0 is empty"},
    {AT_OBJECTS + INDEX_OBJECT_LEN + 60, 4, 1,
     "index bunny: object 1: reserved bytes are not zero"},
    /* Tracks. */
    {AT_TRACKS, 4, 3, "index bunny: track 0 is neither video nor audio"},
    {AT_TRACKS + 4, 4, 0, "index bunny: track 0 has no timescale"},
    {AT_TRACKS + 8, 4, 6, "index bunny: track 0: codec or language is no printable text"},
    {AT_TRACKS + 12, 4, 0, "index bunny: track 0: codec or language is no printable text"},
    {AT_TRACKS + 20, 4, UINT32_MAX, "index bunny: track 0: codec or language is no printable text"},
    {AT_STRINGS + 5, 1, 0x1b, "index bunny: track 0: codec or language is no printable text"},
    {AT_STRINGS + 9, 1, 0x80, "index bunny: track 0: codec or language is no printable text"},
    {AT_TRACKS + 40, 4, 1, "index bunny: track 0 has dimensions of the other kind"},
    {AT_TRACKS + INDEX_TRACK_LEN + 36, 4, 1,
     "index bunny: track 1 has dimensions of the other kind"},
    {AT_TRACKS + 48, 4, 1,
     "index bunny: track 0: its segments do not follow the track's before it"},
    {AT_TRACKS + 52, 4, 4,
     "index bunny: track 0: its segments do not follow the track's before it"},
    {AT_TRACKS + 52, 4, UINT32_MAX,
     "index bunny: track 0: its segments do not follow the track's before it"},
    {AT_TRACKS + 52, 4, 1,
     "index bunny: track 1: its segments do not follow the track's before it"},
    {AT_TRACKS + INDEX_TRACK_LEN + 52, 4, 0, "index bunny: 1 segments belong to no track"},
    /* Segments. */
    {AT_SEGMENTS + INDEX_SEGMENT_LEN, 8, 1023,
     "index bunny: segment 1 of track 0 starts before the one before it"},
    {AT_SEGMENTS + 8, 8, UINT64_MAX - 1023,
     "index bunny: segment 0 of track 0 ends beyond all time"},
    {AT_SEGMENTS + 16, 4, 3, "index bunny: segment 0 names object 3 of 3"},
    {AT_SEGMENTS + 20, 4, 1, "index bunny: segment 0: reserved bytes are not zero"},
    /* Files: name, content type, length, ETag, extents. */
    {AT_STRINGS + 18, 1, '.', "index bunny: file 0: its name is no valid name"},
    {AT_FILES + 4, 4, 200, "index bunny: file 0: its name is no valid name"},
    {AT_STRINGS + 18, 1, 'z',
     "index bunny: file 1: empty.txt does not sort after the file before it"},
    {AT_STRINGS + 24, 1, '\n', "index bunny: file a0.mp4: its content type is no printable text"},
    {AT_STRINGS + 24, 1, ' ', "index bunny: file a0.mp4: its content type is no printable text"},
    {AT_FILES + 8, 4, 0, "index bunny: file a0.mp4: its content type is no printable text"},
    {AT_FILES + 16, 8, 2999, "index bunny: file a0.mp4 has 2999 bytes but its extents have 3000"},
    {AT_FILES + 40, 4, 1,
     "index bunny: file a0.mp4: its extents do not follow those of the file before it"},
    {AT_FILES + 44, 4, UINT32_MAX,
     "index bunny: file a0.mp4: its extents do not follow those of the file before it"},
    {AT_FILES + 2 * INDEX_FILE_LEN + 40, 4, 0,
     "index bunny: file video.mp4: its extents do not follow those of the file before it"},
    {AT_FILES + 44, 4, 2, "index bunny: extent 1 starts at 0 but the one before it ends at 3000"},
    /* Extents: file offset, object offset, length, object. */
    {AT_EXTENTS, 8, 1, "index bunny: extent 0 starts at 1 but the one before it ends at 0"},
    {AT_EXTENTS + 2 * INDEX_EXTENT_LEN, 8, 899,
     "index bunny: extent 2 starts at 899 but the one before it ends at 900"},
    {AT_EXTENTS + 16, 8, 0, "index bunny: extent 0 has an impossible length"},
    {AT_EXTENTS + 16, 8, 3001,
     "index bunny: extent 0 takes 3001 bytes at 0 but object 2 has 3000 bytes"},
    {AT_EXTENTS + 8, 8, UINT64_MAX,
     "index bunny: extent 0 takes 3000 bytes at 18446744073709551615 but object 2 has 3000 bytes"},
    {AT_EXTENTS + 3 * INDEX_EXTENT_LEN + 16, 8, UINT64_MAX,
     "index bunny: extent 3 has an impossible length"},
    {AT_EXTENTS + 24, 4, 3, "index bunny: extent 0 names object 3 of 3"},
    {AT_EXTENTS + 28, 4, 1, "index bunny: extent 0: reserved bytes are not zero"},
};

static void every_rule_is_checked_behind_a_good_checksum(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(patches) / sizeof(patches[0]); i++) {
        struct byte_buffer bytes = {0};
        fixture_index(&bytes);
        for (unsigned byte = 0; byte < patches[i].width; byte++)
            bytes.base[patches[i].at + byte] = (uint8_t)(patches[i].value >> 8 * byte);
        assert_damaged(&bytes, patches[i].message);
    }
}

static void two_objects_of_one_name_are_refused(void **state)
{
    (void)state;
    struct byte_buffer bytes = {0};
    fixture_index(&bytes);
    memset(bytes.base + AT_OBJECTS + 40, 2, OBJECT_NAME_LEN);
    struct fault fault = {0};
    fix_checksum(bytes.base, bytes.len);
    assert_int_equal(open_copy(bytes.base, bytes.len, &fault), STATUS_DAMAGED);
    assert_non_null(strstr(fault.text, "are the same"));
    byte_buffer_dispose(&bytes);
}

static void an_extent_that_no_file_has_is_refused(void **state)
{
    (void)state;
    struct byte_buffer bytes = {0};
    fixture_index(&bytes);
    /* video.mp4 gives up its last extent. */
    uint8_t *file = bytes.base + AT_FILES + 2 * INDEX_FILE_LEN;
    file[44] = 2;
    file[16] = 1400 & 255;
    file[17] = 1400 >> 8;
    assert_damaged(&bytes, "index bunny: 1 extents belong to no file");
}

static void a_string_that_nothing_names_is_refused(void **state)
{
    (void)state;
    struct byte_buffer bytes = {0};
    fixture_index(&bytes);
    bytes.base[AT_FILES + 2 * INDEX_FILE_LEN + 12] -= 1; /* "video/mp" */
    assert_damaged(&bytes, "index bunny: there are strings that nothing names");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_fixture_lies_where_these_tests_think),
        cmocka_unit_test(too_few_bytes_are_no_index),
        cmocka_unit_test(too_many_bytes_are_no_index),
        cmocka_unit_test(any_changed_byte_is_seen),
        cmocka_unit_test(the_checksum_is_looked_at),
        cmocka_unit_test(another_version_is_unsupported),
        cmocka_unit_test(every_rule_is_checked_behind_a_good_checksum),
        cmocka_unit_test(two_objects_of_one_name_are_refused),
        cmocka_unit_test(an_extent_that_no_file_has_is_refused),
        cmocka_unit_test(a_string_that_nothing_names_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
