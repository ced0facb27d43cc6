#ifndef MOVIE_H
#define MOVIE_H

#include "base/fault.h"
#include "segmenter/interleave.h"
#include "segmenter/track_record.h"

/*
 * The two headers of one set of fragments. Both start from what libavformat wrote for a track
 * (`ftyp` and `moov` without samples): its sample description, colour, aspect, rotation and
 * language go over byte for byte; durations, edit lists and tables are ours.
 */

/* Appends the header of a fragmented file of one track: `ftyp`, `moov` with the whole duration in
 * `mehd`, an edit list if the track leads, and `sidx` with one reference per segment (ISO/IEC
 * 14496-12, 8.16.3; more than 65,535 segments share references). `header` is what libavformat
 * wrote. STATUS_LIMIT when a reference would be 2 GiB or longer. */
MUST_CHECK enum status movie_write_fragmented(struct span header, const struct track_record *track,
                                              struct byte_buffer *out, struct fault *fault);

/* Appends the header of a classic file of `track_count` tracks, up to and including the header of
 * the one `mdat` whose content is the fragments' payloads in the order of `interleaving`:
 * `ftyp`, `moov` with complete tables, `mdat`. `headers[i]` is what libavformat wrote for track i.
 */
MUST_CHECK enum status movie_write_classic(const struct span *headers,
                                           const struct track_record *tracks, unsigned track_count,
                                           const struct interleaving *interleaving,
                                           struct byte_buffer *out, struct fault *fault);

#endif
