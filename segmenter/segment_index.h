#ifndef SEGMENT_INDEX_H
#define SEGMENT_INDEX_H

#include "base/fault.h"
#include "segmenter/track_record.h"

/* Appends the `sidx` (ISO/IEC 14496-12, 8.16.3) that stands right in front of the track's segments:
 * a reference per segment, or per group of segments when there are more than 65,535 of them.
 * STATUS_LIMIT when a reference would have 2 GiB or more, or 2^32 ticks. */
MUST_CHECK enum status segment_index_write(const struct track_record *track,
                                           struct byte_buffer *out, struct fault *fault);

#endif
