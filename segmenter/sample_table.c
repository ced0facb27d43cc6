#include "segmenter/sample_table.h"

#include <stdlib.h>

#include "segmenter/box.h"

static void add_to_runs(struct sample_runs *runs, uint32_t value)
{
    if (runs->count > 0 && runs->items[runs->count - 1].value == value) {
        runs->items[runs->count - 1].count++;
        return;
    }
    if (runs->count == runs->capacity) {
        size_t capacity = runs->capacity + runs->capacity / 2 + 64;
        struct sample_run *items = realloc(runs->items, capacity * sizeof(*items));
        if (items == NULL)
            abort();
        runs->items = items;
        runs->capacity = capacity;
    }
    runs->items[runs->count++] = (struct sample_run){1, value};
}

void sample_table_add(struct sample_table *table, const struct sample *sample)
{
    uint64_t composition = table->duration + sample->offset;
    if (table->count == 0 || composition < table->min_composition)
        table->min_composition = composition;
    if (table->count == 0 || composition + sample->duration > table->max_composition)
        table->max_composition = composition + sample->duration;

    table->count++;
    table->duration += sample->duration;
    add_to_runs(&table->durations, sample->duration);
    add_to_runs(&table->offsets, sample->offset);
    byte_buffer_put_be32(&table->sizes, sample->size);
    if (sample->is_sync) {
        byte_buffer_put_be32(&table->sync, table->count);
        table->sync_count++;
    }
}

void sample_table_dispose(struct sample_table *table)
{
    free(table->durations.items);
    free(table->offsets.items);
    byte_buffer_dispose(&table->sizes);
    byte_buffer_dispose(&table->sync);
    *table = (struct sample_table){0};
}

static void write_runs(struct byte_buffer *out, uint32_t type, const struct sample_runs *runs)
{
    size_t box = box_begin_full(out, type, 0, 0);
    byte_buffer_put_be32(out, (uint32_t)runs->count);
    for (size_t i = 0; i < runs->count; i++) {
        byte_buffer_put_be32(out, runs->items[i].count);
        byte_buffer_put_be32(out, runs->items[i].value);
    }
    box_end(out, box);
}

static bool has_offsets(const struct sample_table *table)
{
    return table->offsets.count > 1 ||
           (table->offsets.count == 1 && table->offsets.items[0].value != 0);
}

static void write_sync(const struct sample_table *table, struct byte_buffer *out)
{
    size_t box = box_begin_full(out, BOX_TYPE('s', 't', 's', 's'), 0, 0);
    byte_buffer_put_be32(out, table->sync_count);
    byte_buffer_put(out, byte_buffer_span(&table->sync));
    box_end(out, box);
}

static void write_sizes(const struct sample_table *table, struct byte_buffer *out)
{
    size_t box = box_begin_full(out, BOX_TYPE('s', 't', 's', 'z'), 0, 0);
    byte_buffer_put_be32(out, 0); /* no common size */
    byte_buffer_put_be32(out, table->count);
    byte_buffer_put(out, byte_buffer_span(&table->sizes));
    box_end(out, box);
}

void sample_table_write(const struct sample_table *table, struct byte_buffer *out)
{
    write_runs(out, BOX_TYPE('s', 't', 't', 's'), &table->durations);
    if (has_offsets(table))
        write_runs(out, BOX_TYPE('c', 't', 't', 's'), &table->offsets);
    if (table->sync_count < table->count)
        write_sync(table, out);
    write_sizes(table, out);
}
