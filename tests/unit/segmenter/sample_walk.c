#include "sample_walk.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

uint64_t number_at(struct span bytes, size_t at, unsigned len)
{
    uint64_t value = 0;
    assert_true(at + len <= bytes.len);
    for (unsigned i = 0; i < len; i++)
        value = value << 8 | bytes.base[at + i];
    return value;
}

/* The content of number `skip` of the boxes of that type; base NULL when there is none. */
static struct span find(struct span boxes, const char *type, unsigned skip)
{
    size_t at = 0;
    while (at + 8 <= boxes.len) {
        uint64_t size = number_at(boxes, at, 4);
        size_t header = 8;
        if (size == 1) {
            size = number_at(boxes, at + 8, 8);
            header = 16;
        }
        if (memcmp(boxes.base + at + 4, type, 4) == 0 && skip-- == 0) {
            /* The file may go on in other objects. */
            size_t there = boxes.len - at < size ? boxes.len - at : (size_t)size;
            return span_of(boxes.base + at + header, there - header);
        }
        assert_true(size >= 8);
        if (size > boxes.len - at)
            break;
        at += (size_t)size;
    }
    return span_of(NULL, 0);
}

static struct span walk(struct span file, const char *path)
{
    while (file.base != NULL && *path != '\0') {
        unsigned skip = path[4] == ':' ? (unsigned)(path[5] - '0') : 0;
        file = find(file, path, skip);
        path += path[4] == ':' ? 6 : 4;
        path += *path == '/';
    }
    return file;
}

struct span box_at(struct span file, const char *path)
{
    struct span content = walk(file, path);
    if (content.base == NULL)
        fail_msg("there is no %s", path);
    return content;
}

bool has_box(struct span file, const char *path)
{
    return walk(file, path).base != NULL;
}

/* The value for sample `i` in a table of runs (count, value). */
static uint32_t in_runs(struct span table, size_t i)
{
    uint64_t runs = number_at(table, 4, 4);
    for (size_t run = 0; run < runs; run++) {
        uint64_t count = number_at(table, 8 + 8 * run, 4);
        if (i < count)
            return (uint32_t)number_at(table, 12 + 8 * run, 4);
        i -= (size_t)count;
    }
    fail_msg("a table of runs is too short");
    return 0;
}

static bool is_sync(struct span stbl, size_t i)
{
    if (!has_box(stbl, "stss"))
        return true;
    struct span stss = box_at(stbl, "stss");
    for (size_t k = 0; k < number_at(stss, 4, 4); k++) {
        if (number_at(stss, 8 + 4 * k, 4) == i + 1)
            return true;
    }
    return false;
}

static uint64_t samples_in_chunk(struct span stsc, size_t chunk)
{
    uint64_t count = 0;
    for (size_t k = 0; k < number_at(stsc, 4, 4); k++) {
        if (number_at(stsc, 8 + 12 * k, 4) <= chunk + 1)
            count = number_at(stsc, 12 + 12 * k, 4);
        assert_int_equal(number_at(stsc, 16 + 12 * k, 4), 1);
    }
    return count;
}

size_t sample_walk(struct span header, unsigned track, struct walked_sample *samples,
                   size_t capacity)
{
    char path[] = "moov/trak:0/mdia/minf/stbl";
    path[10] = (char)('0' + track);
    struct span stbl = box_at(header, path);
    struct span stsz = box_at(stbl, "stsz"), stsc = box_at(stbl, "stsc");
    bool is_wide = has_box(stbl, "co64");
    struct span offsets = box_at(stbl, is_wide ? "co64" : "stco");
    size_t chunks = (size_t)number_at(offsets, 4, 4), n = 0;
    uint64_t time = 0;
    for (size_t chunk = 0; chunk < chunks; chunk++) {
        uint64_t at =
            is_wide ? number_at(offsets, 8 + 8 * chunk, 8) : number_at(offsets, 8 + 4 * chunk, 4);
        uint64_t in_chunk = samples_in_chunk(stsc, chunk);
        for (uint64_t k = 0; k < in_chunk; k++, n++) {
            assert_true(n < capacity);
            samples[n] = (struct walked_sample){
                .offset = at,
                .size = (uint32_t)number_at(stsz, 12 + 4 * n, 4),
                .decode_time = time,
                .composition_offset = has_box(stbl, "ctts") ? in_runs(box_at(stbl, "ctts"), n) : 0,
                .is_sync = is_sync(stbl, n),
            };
            at += samples[n].size;
            time += in_runs(box_at(stbl, "stts"), n);
        }
    }
    assert_int_equal(n, number_at(stsz, 8, 4));
    return n;
}
