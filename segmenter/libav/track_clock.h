#ifndef TRACK_CLOCK_H
#define TRACK_CLOCK_H

#include <libavcodec/packet.h>
#include <libavformat/avformat.h>

#include "base/fault.h"
#include "segmenter/timeline.h"

/*
 * Brings the time stamps of one track's packets from the input's ticks to the output's, and into
 * order.
 */
struct track_clock {
    const AVStream *stream; /* of the input */
    const char *path;       /* of the input, borrowed, for messages */
    AVRational to;
    int64_t rescale_state; /* av_rescale_delta's */
    struct timeline timeline;
};

struct track_clock track_clock_init(const AVStream *stream, const char *path, AVRational to);

/* To output ticks. Containers that count in milliseconds or 90 kHz round an audio frame's start;
 * from the number of samples before it the exact place is known again. */
void track_clock_rescale(struct track_clock *clock, AVPacket *packet);

/* Mends missing and backward stamps; packets come in the order of decoding. STATUS_INVALID where
 * mending would only hide that the clock starts anew, and for times that no media has.
 * STATUS_LIMIT for a pause longer than MP4 can say of a sample. */
MUST_CHECK enum status track_clock_mend(struct track_clock *clock, AVPacket *packet,
                                        struct fault *fault);

#endif
