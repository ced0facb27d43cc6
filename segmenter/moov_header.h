#ifndef MOOV_HEADER_H
#define MOOV_HEADER_H

#include "base/byte_buffer.h"
#include "base/status.h"

/*
 * The three header boxes of a movie that hold durations (ISO/IEC 14496-12: 8.2.2 mvhd, 8.3.2 tkhd,
 * 8.4.2 mdhd), written anew from an existing box's content with other times. All else in them, such
 * as rotation or language, goes over. False when `content` is too short for such a box.
 */
MUST_CHECK bool moov_write_mvhd(struct span content, uint32_t timescale, uint64_t duration,
                                uint32_t next_track_id, struct byte_buffer *out);
MUST_CHECK bool moov_write_tkhd(struct span content, uint32_t track_id, uint64_t duration,
                                struct byte_buffer *out);
MUST_CHECK bool moov_write_mdhd(struct span content, uint64_t duration, struct byte_buffer *out);

/* The timescale in an mvhd's or mdhd's content; 0 when it is too short. */
uint32_t moov_timescale(struct span content);

#endif
