#ifndef CHUNK_TABLE_H
#define CHUNK_TABLE_H

#include "segmenter/interleave.h"

/* Appends `stsc` and `stco` or `co64` (ISO/IEC 14496-12, 8.7.4, 8.7.5) for one track: a chunk is
 * the payload of a fragment. Payload offsets become file offsets by adding `payload_begin`;
 * `is_wide` chooses co64. */
void chunk_table_write(const struct track_record *tracks, unsigned track,
                       const struct interleaving *interleaving, uint64_t payload_begin,
                       bool is_wide, struct byte_buffer *out);

#endif
