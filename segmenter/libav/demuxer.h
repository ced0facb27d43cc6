#ifndef DEMUXER_H
#define DEMUXER_H

#include <libavformat/avformat.h>

#include "base/byte_buffer.h"
#include "base/fault.h"
#include "segmenter/media.h"

/*
 * An opened input, its chosen streams, and their packets in the form that MP4 wants: ADTS headers
 * turned into AudioSpecificConfig, VP9 frames joined to superframes. Watches for damage: a packet
 * that is cut short or marked corrupt, a file shorter than it says.
 */
struct demuxer;

/* Opens `path`, which must be a local file. `notes` receives lines on what is left out. */
MUST_CHECK enum status demuxer_open(const char *path, struct demuxer **demuxer,
                                    struct byte_buffer *notes, struct fault *fault);
void demuxer_close(struct demuxer *demuxer);

/* The streams that become tracks, video first. */
unsigned demuxer_track_count(const struct demuxer *demuxer);
const AVStream *demuxer_stream(const struct demuxer *demuxer, unsigned track);

/* The next packet of any chosen stream, in the stream's time base. STATUS_NOT_FOUND at the end. */
MUST_CHECK enum status demuxer_read(struct demuxer *demuxer, AVPacket *packet, unsigned *track,
                                    struct fault *fault);

/* How many packets of `track` were left out because no key frame came before them: nobody could
 * decode them. */
uint64_t demuxer_left_out(const struct demuxer *demuxer, unsigned track);

/* Whether the container counts from a presentation zero of its own (MP4, MOV), so that a late start
 * is meant; the clock of a transport stream or a recording starts anywhere. */
bool demuxer_has_own_zero(const struct demuxer *demuxer);

struct media_progress demuxer_progress(const struct demuxer *demuxer);

#endif
