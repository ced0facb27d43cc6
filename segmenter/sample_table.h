#ifndef SAMPLE_TABLE_H
#define SAMPLE_TABLE_H

#include "base/byte_buffer.h"

/*
 * The samples of one track, gathered as they pass and kept compactly (a few bytes each: a 4-hour
 * film has 1.5 million), then written as the tables of a classic MP4 (ISO/IEC 14496-12, 8.6.1,
 * 8.7). Starts out empty ({0}).
 */
struct sample_run {
    uint32_t count;
    uint32_t value;
};

struct sample_runs {
    struct sample_run *items;
    size_t count;
    size_t capacity;
};

struct sample_table {
    uint32_t count;
    uint64_t duration;            /* the sum, ticks */
    uint64_t min_composition;     /* smallest decode time + offset; decode times start at 0 */
    uint64_t max_composition;     /* largest decode time + offset + duration */
    struct sample_runs durations; /* ticks */
    struct sample_runs offsets;   /* presentation minus decode time, ticks */
    struct byte_buffer sizes;     /* 32-bit big-endian, as `stsz` wants them */
    struct byte_buffer sync;      /* numbers of the sync samples, from 1, as `stss` wants them */
    uint32_t sync_count;
};

struct sample {
    uint32_t size; /* bytes */
    uint32_t duration;
    uint32_t offset;
    bool is_sync;
};

void sample_table_add(struct sample_table *table, const struct sample *sample);
void sample_table_dispose(struct sample_table *table);

/* Appends `stts`, `ctts` (only when an offset is not 0), `stss` (only when a sample is no sync
 * sample) and `stsz`. */
void sample_table_write(const struct sample_table *table, struct byte_buffer *out);

#endif
