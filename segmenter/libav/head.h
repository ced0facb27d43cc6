#ifndef HEAD_H
#define HEAD_H

#include "segmenter/libav/demuxer.h"
#include "segmenter/libav/track_clock.h"

/*
 * The head of an input: its first packets, read before anything is written, in output ticks. They
 * tell where each track begins; then they are taken from here before the demuxer is asked again.
 */
struct head_packet {
    AVPacket *packet;
    unsigned track;
};

struct head_track {
    unsigned count;  /* of its packets in the head */
    int64_t min_dts; /* all three unspecified while count is 0 */
    int64_t min_pts;
    int64_t shown_from; /* min_pts and what the codec says of encoder delay */
};

struct head {
    struct head_packet *packets;
    size_t count;
    size_t next; /* the first that was not taken */
    uint64_t bytes;
    struct head_track tracks[MEDIA_MAX_TRACKS];
};

/* Reads until every track has shown itself, or the head is as long as it may get. `clocks` has one
 * entry per track. */
MUST_CHECK enum status head_read(struct head *head, struct demuxer *demuxer,
                                 struct track_clock *clocks, struct fault *fault);
void head_dispose(struct head *head);

/* Moves the next packet out; false when all are taken. */
bool head_take(struct head *head, AVPacket *packet, unsigned *track);

#endif
