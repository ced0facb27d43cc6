#ifndef HEADER_CHECK_H
#define HEADER_CHECK_H

#include <libavcodec/codec_id.h>

#include "base/span.h"

/* Reads `header`, the `ftyp` and `moov` of one track, with libavformat's own demuxer. Returns 0
 * when it finds one track of `codec` in it, else libav's error: the muxer writes some headers, for
 * want of something that it needed to know, that nobody can open. */
int header_check(struct span header, enum AVCodecID codec);

#endif
