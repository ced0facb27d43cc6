#ifndef LIBAV_MEDIA_H
#define LIBAV_MEDIA_H

#include "segmenter/media.h"

/* Opens the file at `path` with libavformat, chooses its tracks and finds where each begins.
 * Returns it owned, to be given to ops->close. Refused with the file, the track and a remedy in
 * `fault`: what is no media (STATUS_INVALID), what MP4 cannot carry (STATUS_UNSUPPORTED), what is
 * not there (STATUS_NOT_FOUND). */
MUST_CHECK enum status libav_media_open(const char *path, struct media **media,
                                        struct fault *fault);

#endif
