#ifndef MADE_FRAGMENT_H
#define MADE_FRAGMENT_H

#include "base/byte_buffer.h"

/*
 * A fragment put together by hand, one `moof` with one `mdat`, in any of the forms that a muxer may
 * choose. Flags are those of the standard (ISO/IEC 14496-12, 8.8.7 and 8.8.8).
 */
#define MADE_SYNC 0x02000000u
#define MADE_NON_SYNC 0x01010000u

struct made_sample {
    uint32_t size;
    uint32_t duration;
    uint32_t offset;
    uint32_t flags;
};

struct made_fragment {
    uint64_t decode_time;
    uint8_t tfdt_version;
    uint32_t tfhd_flags; /* 0x08 duration, 0x10 size, 0x20 flags; 0x020000 goes without saying */
    uint32_t trun_flags; /* 0x004 first flags; 0x100 duration, 0x200 size, 0x400 flags, 0x800
                            offset; 0x001 data offset goes without saying */
    struct made_sample defaults;
    uint32_t first_flags;
    const struct made_sample *samples;
    uint32_t sample_count;
    uint8_t fill; /* every payload byte */
};

/* Everything said per sample, `tfdt` with 64 bits. */
#define MADE_EXPLICIT .tfdt_version = 1, .trun_flags = 0xf00

void make_fragment(const struct made_fragment *fragment, struct byte_buffer *out);

#endif
