/*
 * A fragment as the segmenter reads it back from the muxer, on arbitrary bytes. What is accepted
 * must hold together: the samples fill the payload, and the payload ends with the fragment.
 */
#include <stdlib.h>

#include "segmenter/fragment.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static uint64_t sizes(const struct sample_table *table)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < table->sizes.len; i += 4) {
        const uint8_t *size = table->sizes.base + i;
        sum += (uint32_t)size[0] << 24 | (uint32_t)size[1] << 16 | (uint32_t)size[2] << 8 | size[3];
    }
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sample_table table = {0};
    struct fragment fragment;
    if (fragment_parse(span_of(data, size), &table, &fragment, NULL) == STATUS_OK) {
        require(fragment.sample_count > 0 && fragment.sample_count == table.count);
        require(fragment.payload_offset + fragment.payload_len == size);
        require(sizes(&table) == fragment.payload_len);
        require(table.duration == fragment.duration);
        require(fragment.min_composition <= fragment.first_composition);
        require(fragment.min_composition >= fragment.decode_time);
        require(table.sync_count <= table.count);
    }
    sample_table_dispose(&table);
    return 0;
}
