#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "bytes_assert.h"
#include "made_fragment.h"
#include "segmenter/box.h"
#include "segmenter/fragment.h"

static const struct made_sample three[] = {
    {100, 40, 80, MADE_SYNC}, {7, 41, 200, MADE_NON_SYNC}, {1, 42, 0, MADE_NON_SYNC}};

#define THREE .samples = three, .sample_count = 3, .fill = 0xee

static enum status parse(struct span bytes, struct sample_table *table, struct fragment *fragment)
{
    struct span copy = exact_copy(bytes);
    enum status status = fragment_parse(copy, table, fragment, NULL);
    exact_free(copy);
    return status;
}

static enum status parse_made(const struct made_fragment *made, struct sample_table *table,
                              struct fragment *fragment)
{
    struct byte_buffer bytes = {0};
    make_fragment(made, &bytes);
    enum status status = parse(byte_buffer_span(&bytes), table, fragment);
    byte_buffer_dispose(&bytes);
    return status;
}

static void samples_say_everything_themselves(void **state)
{
    (void)state;
    struct sample_table table = {0};
    struct byte_buffer tables = {0};
    struct fragment fragment;
    struct made_fragment made = {MADE_EXPLICIT, THREE, .decode_time = UINT64_C(0x100000000)};
    assert_int_equal(parse_made(&made, &table, &fragment), STATUS_OK);
    assert_true(fragment.decode_time == UINT64_C(0x100000000));
    assert_int_equal(fragment.duration, 123);
    assert_true(fragment.first_composition == UINT64_C(0x100000000) + 80);
    assert_true(fragment.min_composition == UINT64_C(0x100000000) + 80);
    assert_int_equal(fragment.sample_count, 3);
    assert_int_equal(fragment.payload_len, 108);
    /* moof 8, mfhd 16, traf 8, tfhd 16, tfdt 20, trun 20 + 3 * 16, mdat 8 */
    assert_int_equal(fragment.payload_offset, 144);
    sample_table_write(&table, &tables);
    assert_wrote(&tables, "00000028 73747473 00000000 00000003"
                          "  00000001 00000028  00000001 00000029  00000001 0000002a"
                          "00000028 63747473 00000000 00000003"
                          "  00000001 00000050  00000001 000000c8  00000001 00000000"
                          "00000014 73747373 00000000 00000001 00000001"
                          "00000020 7374737a 00000000 00000000 00000003"
                          "  00000064 00000007 00000001");
    sample_table_dispose(&table);
}

static void defaults_stand_in_for_what_samples_leave_out(void **state)
{
    (void)state;
    const struct made_sample defaults = {5, 1024, 0, MADE_NON_SYNC};
    static const struct {
        uint32_t tfhd_flags, trun_flags, first_flags;
        const char *tables;
    } cases[] = {
        /* all three alike, no sync sample */
        {0x38, 0x000, 0,
         "00000018 73747473 00000000 00000001 00000003 00000400"
         "00000010 73747373 00000000 00000000"
         "00000020 7374737a 00000000 00000000 00000003 00000005 00000005 00000005"},
        /* but for the first one's flags */
        {0x38, 0x004, MADE_SYNC,
         "00000018 73747473 00000000 00000001 00000003 00000400"
         "00000014 73747373 00000000 00000001 00000001"
         "00000020 7374737a 00000000 00000000 00000003 00000005 00000005 00000005"},
        /* a sample description index in front of the defaults */
        {0x3a, 0x004, MADE_SYNC,
         "00000018 73747473 00000000 00000001 00000003 00000400"
         "00000014 73747373 00000000 00000001 00000001"
         "00000020 7374737a 00000000 00000000 00000003 00000005 00000005 00000005"},
        /* no flags anywhere: all are sync samples */
        {0x18, 0x000, 0,
         "00000018 73747473 00000000 00000001 00000003 00000400"
         "00000020 7374737a 00000000 00000000 00000003 00000005 00000005 00000005"},
        /* what a sample says itself counts more than a default */
        {0x38, 0x700, 0,
         "00000028 73747473 00000000 00000003"
         "  00000001 00000028  00000001 00000029  00000001 0000002a"
         "00000014 73747373 00000000 00000001 00000001"
         "00000020 7374737a 00000000 00000000 00000003 00000064 00000007 00000001"},
        /* and more than the first one's flags */
        {0x38, 0x704, MADE_NON_SYNC,
         "00000028 73747473 00000000 00000003"
         "  00000001 00000028  00000001 00000029  00000001 0000002a"
         "00000014 73747373 00000000 00000001 00000001"
         "00000020 7374737a 00000000 00000000 00000003 00000064 00000007 00000001"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct sample_table table = {0};
        struct byte_buffer tables = {0};
        struct fragment fragment;
        struct made_fragment made = {.tfhd_flags = cases[i].tfhd_flags,
                                     .trun_flags = cases[i].trun_flags,
                                     .first_flags = cases[i].first_flags,
                                     .defaults = defaults,
                                     .decode_time = 99,
                                     THREE};
        assert_int_equal(parse_made(&made, &table, &fragment), STATUS_OK);
        assert_int_equal(fragment.decode_time, 99);
        sample_table_write(&table, &tables);
        assert_wrote(&tables, cases[i].tables);
        sample_table_dispose(&table);
    }
}

static void the_sample_shown_first_need_not_be_the_first(void **state)
{
    (void)state;
    static const struct made_sample samples[] = {
        {1, 10, 40, MADE_SYNC}, {1, 10, 20, MADE_NON_SYNC}, {1, 10, 20, MADE_NON_SYNC}};
    struct sample_table table = {0};
    struct fragment fragment;
    struct made_fragment made = {MADE_EXPLICIT, .decode_time = 1000, .samples = samples,
                                 .sample_count = 3};
    assert_int_equal(parse_made(&made, &table, &fragment), STATUS_OK);
    assert_int_equal(fragment.first_composition, 1040);
    assert_int_equal(fragment.min_composition, 1030);
    sample_table_dispose(&table);
}

static void fragments_add_to_one_table(void **state)
{
    (void)state;
    struct sample_table table = {0};
    struct fragment fragment;
    struct made_fragment made = {MADE_EXPLICIT, THREE};
    assert_int_equal(parse_made(&made, &table, &fragment), STATUS_OK);
    made.decode_time = 123;
    assert_int_equal(parse_made(&made, &table, &fragment), STATUS_OK);
    assert_int_equal(fragment.sample_count, 3);
    assert_int_equal(fragment.duration, 123);
    assert_int_equal(table.count, 6);
    assert_int_equal(table.duration, 246);
    sample_table_dispose(&table);
}

static void what_the_muxer_never_writes_is_refused(void **state)
{
    (void)state;
    static const struct made_sample empty[] = {{0, 40, 0, MADE_SYNC}};
    static const struct made_sample late[] = {{1, 40, 0x80000000, MADE_SYNC}};
    static const struct made_sample endless[] = {{1, 0x80000000, 0, MADE_SYNC}};
    static const struct made_sample limits[] = {{1, INT32_MAX, INT32_MAX, MADE_SYNC}};
    const struct {
        struct made_fragment made;
        enum status status;
    } cases[] = {
        {{MADE_EXPLICIT, .samples = limits, .sample_count = 1}, STATUS_OK},
        {{MADE_EXPLICIT, .samples = limits, .sample_count = 1, .decode_time = INT64_MAX / 2},
         STATUS_OK},
        {{MADE_EXPLICIT, .samples = limits, .sample_count = 1, .decode_time = INT64_MAX / 2 + 1},
         STATUS_INVALID},
        {{MADE_EXPLICIT, .samples = limits, .sample_count = 1, .decode_time = UINT64_MAX},
         STATUS_INVALID},
        {{MADE_EXPLICIT, .samples = empty, .sample_count = 1}, STATUS_INVALID},
        {{MADE_EXPLICIT, .samples = late, .sample_count = 1}, STATUS_INVALID},
        {{MADE_EXPLICIT, .samples = endless, .sample_count = 1}, STATUS_INVALID},
        {{MADE_EXPLICIT, .samples = limits, .sample_count = 0}, STATUS_INVALID},
        {{MADE_EXPLICIT, .samples = limits, .sample_count = 1, .tfhd_flags = 0x01}, STATUS_INVALID},
        /* no size anywhere */
        {{.samples = limits, .sample_count = 1, .tfhd_flags = 0x28}, STATUS_INVALID},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct sample_table table = {0};
        struct fragment fragment;
        if (parse_made(&cases[i].made, &table, &fragment) != cases[i].status)
            fail_msg("case %zu", i);
        sample_table_dispose(&table);
    }
}

/* A sample has at least a byte, so a count beyond the payload ends at once and not after 2^32
 * rounds. */
static void a_count_beyond_the_payload_is_refused(void **state)
{
    (void)state;
    struct byte_buffer bytes = {0};
    struct sample_table table = {0};
    struct fragment fragment;
    struct made_fragment made = {
        .tfhd_flags = 0x38, .defaults = {1, 1, 0, 0}, .samples = three, .sample_count = 3};
    make_fragment(&made, &bytes);
    /* trun: the last 20 bytes of the moof; the count is at 12 */
    size_t count_at = bytes.len - 3 - 8 - 20 + 12;
    byte_buffer_set_be32(&bytes, count_at, UINT32_MAX);
    assert_int_equal(parse(byte_buffer_span(&bytes), &table, &fragment), STATUS_INVALID);
    assert_true(table.count <= 3);
    byte_buffer_dispose(&bytes);
    sample_table_dispose(&table);
}

static void payload_and_samples_must_agree(void **state)
{
    (void)state;
    for (int more = -1; more <= 1; more++) {
        struct byte_buffer bytes = {0};
        struct sample_table table = {0};
        struct fragment fragment;
        make_fragment(&(struct made_fragment){MADE_EXPLICIT, THREE}, &bytes);
        uint32_t mdat_len = (uint32_t)(108 + 8 + more);
        byte_buffer_set_be32(&bytes, 136, mdat_len);
        byte_buffer_put_u8(&bytes, 0xee);
        struct span part = span_slice(byte_buffer_span(&bytes), 0, 136 + mdat_len);
        assert_int_equal(parse(part, &table, &fragment), more == 0 ? STATUS_OK : STATUS_INVALID);
        byte_buffer_dispose(&bytes);
        sample_table_dispose(&table);
    }
}

static void a_large_mdat_header_must_be_in_the_data_offset(void **state)
{
    (void)state;
    static const uint32_t offsets[] = {8, 15, 16, 17};
    for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
        struct byte_buffer small = {0}, large = {0};
        struct sample_table table = {0};
        struct fragment fragment;
        make_fragment(&(struct made_fragment){MADE_EXPLICIT, THREE}, &small);
        byte_buffer_put(&large, span_of(small.base, 136));
        byte_buffer_set_be32(&large, 84, 136 + offsets[i]);
        byte_buffer_put_be32(&large, 1);
        byte_buffer_put(&large, span_of_string("mdat"));
        byte_buffer_put_be64(&large, 108 + 16);
        byte_buffer_put(&large, span_of(small.base + 144, 108));
        enum status status = parse(byte_buffer_span(&large), &table, &fragment);
        assert_int_equal(status, offsets[i] == 16 ? STATUS_OK : STATUS_INVALID);
        if (status == STATUS_OK)
            assert_int_equal(fragment.payload_offset, 152);
        byte_buffer_dispose(&small);
        byte_buffer_dispose(&large);
        sample_table_dispose(&table);
    }
}

static void bytes_behind_the_last_sample_of_a_run_are_refused(void **state)
{
    (void)state;
    /* A flag less than the muxer meant: the run would be read askew. */
    struct byte_buffer bytes = {0};
    struct sample_table table = {0};
    struct fragment fragment;
    make_fragment(&(struct made_fragment){MADE_EXPLICIT, THREE}, &bytes);
    byte_buffer_set_be32(&bytes, 76, 0x201); /* sizes only, which the durations might be */
    byte_buffer_set_be32(&bytes, 88, 100);
    byte_buffer_set_be32(&bytes, 92, 7);
    byte_buffer_set_be32(&bytes, 96, 1);
    assert_int_equal(parse(byte_buffer_span(&bytes), &table, &fragment), STATUS_INVALID);
    byte_buffer_dispose(&bytes);
    sample_table_dispose(&table);
}

static void anything_but_a_moof_and_an_mdat_is_refused(void **state)
{
    (void)state;
    struct byte_buffer good = {0};
    make_fragment(&(struct made_fragment){MADE_EXPLICIT, THREE}, &good);
    struct span moof = span_of(good.base, 136), mdat = span_of(good.base + 136, good.len - 136);
    struct span extra = span_of("\0\0\0\x08skip", 8);
    const struct span orders[][3] = {
        {mdat, moof, {NULL, 0}}, {moof, {NULL, 0}, {NULL, 0}}, {moof, mdat, extra},
        {extra, moof, mdat},     {moof, extra, mdat},          {moof, moof, mdat},
        {moof, mdat, mdat},      {{NULL, 0}, {NULL, 0}, mdat},
    };
    for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
        struct byte_buffer bytes = {0};
        struct sample_table table = {0};
        struct fragment fragment;
        for (int k = 0; k < 3; k++)
            byte_buffer_put(&bytes, orders[i][k]);
        assert_int_equal(parse(byte_buffer_span(&bytes), &table, &fragment), STATUS_INVALID);
        byte_buffer_dispose(&bytes);
        sample_table_dispose(&table);
    }
    byte_buffer_dispose(&good);
}

static void each_inner_box_is_needed(void **state)
{
    (void)state;
    static const char *const types[] = {"traf", "tfhd", "tfdt", "trun"};
    for (size_t i = 0; i < 4; i++) {
        struct byte_buffer bytes = {0};
        struct sample_table table = {0};
        struct fragment fragment;
        struct fault fault = {0};
        make_fragment(&(struct made_fragment){MADE_EXPLICIT, THREE}, &bytes);
        for (size_t at = 0; at + 4 <= bytes.len; at++) {
            if (memcmp(bytes.base + at, types[i], 4) == 0)
                memcpy(bytes.base + at, "free", 4);
        }
        assert_int_equal(fragment_parse(byte_buffer_span(&bytes), &table, &fragment, &fault),
                         STATUS_INVALID);
        assert_string_equal(fault.text, "fragment: its traf is not as the muxer writes it");
        byte_buffer_dispose(&bytes);
        sample_table_dispose(&table);
    }
}

/* Whatever is accepted must hold together: what the tables say fills the payload exactly. */
static void assert_consistent(struct span bytes, const struct sample_table *table,
                              const struct fragment *fragment)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < table->count; i++) {
        const uint8_t *size = table->sizes.base + 4 * (size_t)i;
        sum += (uint32_t)size[0] << 24 | (uint32_t)size[1] << 16 | (uint32_t)size[2] << 8 | size[3];
    }
    assert_true(fragment->sample_count > 0);
    assert_int_equal(fragment->sample_count, table->count);
    assert_true(sum == fragment->payload_len);
    assert_true(fragment->payload_offset + fragment->payload_len == bytes.len);
    assert_true(table->duration == fragment->duration);
    assert_true(fragment->min_composition >= fragment->decode_time);
    assert_true(fragment->min_composition <= fragment->first_composition);
}

static const struct made_fragment forms[] = {
    {MADE_EXPLICIT, THREE, .decode_time = 5},
    {THREE, .tfhd_flags = 0x3a, .trun_flags = 0x004, .defaults = {5, 1024, 0, MADE_NON_SYNC}},
    {THREE, .tfhd_flags = 0x38, .trun_flags = 0x201, .defaults = {5, 1024, 0, MADE_SYNC}},
};
#define FORMS (sizeof(forms) / sizeof(forms[0]))

static void every_truncation_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < FORMS; i++) {
        struct byte_buffer bytes = {0};
        make_fragment(&forms[i], &bytes);
        for (size_t len = 0; len < bytes.len; len++) {
            struct sample_table table = {0};
            struct fragment fragment;
            if (parse(span_of(bytes.base, len), &table, &fragment) != STATUS_INVALID)
                fail_msg("form %zu cut to %zu bytes", i, len);
            sample_table_dispose(&table);
        }
        byte_buffer_dispose(&bytes);
    }
}

static void every_bit_flip_is_refused_or_consistent(void **state)
{
    (void)state;
    for (size_t i = 0; i < FORMS; i++) {
        struct byte_buffer bytes = {0};
        make_fragment(&forms[i], &bytes);
        for (size_t bit = 0; bit < 8 * bytes.len; bit++) {
            struct sample_table table = {0};
            struct fragment fragment;
            uint8_t mask = (uint8_t)(1 << bit % 8);
            bytes.base[bit / 8] ^= mask;
            enum status status = parse(byte_buffer_span(&bytes), &table, &fragment);
            if (status == STATUS_OK)
                assert_consistent(byte_buffer_span(&bytes), &table, &fragment);
            else
                assert_int_equal(status, STATUS_INVALID);
            bytes.base[bit / 8] ^= mask;
            sample_table_dispose(&table);
        }
        byte_buffer_dispose(&bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_say_everything_themselves),
        cmocka_unit_test(defaults_stand_in_for_what_samples_leave_out),
        cmocka_unit_test(the_sample_shown_first_need_not_be_the_first),
        cmocka_unit_test(fragments_add_to_one_table),
        cmocka_unit_test(what_the_muxer_never_writes_is_refused),
        cmocka_unit_test(a_count_beyond_the_payload_is_refused),
        cmocka_unit_test(payload_and_samples_must_agree),
        cmocka_unit_test(a_large_mdat_header_must_be_in_the_data_offset),
        cmocka_unit_test(bytes_behind_the_last_sample_of_a_run_are_refused),
        cmocka_unit_test(anything_but_a_moof_and_an_mdat_is_refused),
        cmocka_unit_test(each_inner_box_is_needed),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(every_bit_flip_is_refused_or_consistent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
