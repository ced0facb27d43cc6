#ifndef FRAGMENTER_H
#define FRAGMENTER_H

#include <libavformat/avformat.h>

#include "base/byte_buffer.h"
#include "base/fault.h"

/*
 * libavformat's MP4 muxer for one track, writing CMAF fragments into memory. A fragment is closed
 * when its owner says so, never by the muxer.
 *
 * The muxer's header holds no edit list, and its media time is the time of the packets it is given.
 */
struct fragmenter;

/* `stream` gives codec parameters, side data, aspect ratio and language; it is not kept. Returns it
 * owned. `path` is for messages. */
MUST_CHECK enum status fragmenter_new(const AVStream *stream, const char *path,
                                      struct fragmenter **fragmenter, struct fault *fault);
void fragmenter_free(struct fragmenter *fragmenter);

/* The ticks that packets must be given in. */
AVRational fragmenter_time_base(const struct fragmenter *fragmenter);

/* Adds a packet to the open fragment. dts rise strictly; the packet's content is taken either way.
 */
MUST_CHECK enum status fragmenter_write(struct fragmenter *fragmenter, AVPacket *packet,
                                        struct fault *fault);

/* Closes the open fragment and appends its `moof` and `mdat`. */
MUST_CHECK enum status fragmenter_flush(struct fragmenter *fragmenter, struct byte_buffer *bytes,
                                        struct fault *fault);

/* `ftyp` and `moov`: empty before the first flush; borrowed. */
struct span fragmenter_header(const struct fragmenter *fragmenter);

#endif
