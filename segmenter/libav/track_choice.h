#ifndef TRACK_CHOICE_H
#define TRACK_CHOICE_H

#include <libavformat/avformat.h>

#include "base/byte_buffer.h"
#include "base/fault.h"

/* The streams of an input that become tracks: numbers in its `streams`, or -1 for none. */
struct track_choice {
    int video;
    int audio;
};

/* Picks the best video (most pixels, then bit rate) and the default audio among the streams that
 * MP4 can carry, audio from the video's own program if there are several, and says in `notes`
 * what it leaves out. `path` is for messages. Refused: an input without video and audio
 * (STATUS_INVALID), and one that has streams of a kind of which MP4 can carry none
 * (STATUS_UNSUPPORTED). */
MUST_CHECK enum status track_choice_make(const AVFormatContext *input, const char *path,
                                         struct track_choice *choice, struct byte_buffer *notes,
                                         struct fault *fault);

#endif
