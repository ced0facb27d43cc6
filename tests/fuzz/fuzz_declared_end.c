/*
 * Where an input file says that it ends, on arbitrary bytes, as MP4, Matroska and MPEG-TS. The
 * first two bytes say how much longer the file is than what is there to be read.
 */
#include <stdlib.h>
#include <string.h>

#include "base/span.h"
#include "segmenter/declared_end.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct file {
    struct span bytes;
    uint64_t reads;
};

static size_t read_at(void *context, uint64_t offset, uint8_t *bytes, size_t len)
{
    struct file *file = context;
    file->reads++;
    if (offset >= file->bytes.len)
        return 0;
    size_t there = file->bytes.len - (size_t)offset;
    size_t got = len < there ? len : there;
    memcpy(bytes, file->bytes.base + offset, got);
    return got;
}

static void require(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    struct file file = {.bytes = span_of(data + 2, size - 2)};
    uint64_t file_size = file.bytes.len + ((uint64_t)data[0] << 8 | data[1]);
    require(declared_end_of_boxes(read_at, &file, file_size) >= file_size);
    require(file.reads <= size); /* each step goes on by a byte at least */
    file.reads = 0;
    (void)declared_end_of_ebml(read_at, &file, file_size);
    require(file.reads <= size);
    file.reads = 0;
    require(declared_end_of_packets(read_at, &file, file_size, 188) < file_size + 188);
    require(file.reads <= 188 * 5);
    return 0;
}
