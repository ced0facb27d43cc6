#ifndef MEDIA_H
#define MEDIA_H

#include "base/byte_buffer.h"
#include "base/fault.h"
#include "store/index.h"

/*
 * Media as the segmenter sees it: a few chosen tracks whose packets come one after the other and
 * can be gathered into CMAF fragments. segmenter/libav implements it on libavformat; nothing else
 * in the segmenter knows of libav.
 *
 * Times are ticks of the packet's track. Presentation time 0 is where the title begins; a track may
 * begin before it (encoder delay, frames in front of an edit: they are decoded but not shown) or
 * after it.
 */
#define MEDIA_MAX_TRACKS 2 /* the best video and the default audio */

struct media_track {
    enum track_kind kind;
    char codec[32];   /* FFmpeg's name */
    char language[4]; /* ISO 639-2/T; "und" when unknown */
    uint32_t timescale;
    uint32_t width; /* video */
    uint32_t height;
    uint32_t sample_rate; /* audio */
    uint32_t channels;
    uint64_t lead_ticks; /* media time of presentation time 0: what lies before is not shown */
    int64_t shown_until; /* presentation time when showing ends at the latest; INT64_MAX: with the
                            media. Final once every packet was read */
};

struct media_packet {
    unsigned track; /* number in `tracks` */
    int64_t dts;    /* rising strictly within a track */
    int64_t pts;
    uint64_t duration; /* to the next packet's dts; of the last packet, its own */
    bool is_key;
};

/* How far reading has come; both in bytes, total 0 when unknown. */
struct media_progress {
    uint64_t done;
    uint64_t total;
};

struct media;

struct media_ops {
    /* The next packet of any track, held inside until `append`. STATUS_NOT_FOUND at the end of
     * intact media; STATUS_INVALID when the input is damaged or ends early. */
    enum status (*next)(struct media *media, struct media_packet *packet, struct fault *fault);

    /* Adds the packet last returned by `next` to its track's open fragment. */
    enum status (*append)(struct media *media, struct fault *fault);

    /* Closes the open fragment of `track`, which must hold a packet, and appends its bytes: one
     * `moof` and one `mdat` (ISO/IEC 23000-19 7.3.2). */
    enum status (*end_fragment)(struct media *media, unsigned track, struct byte_buffer *bytes,
                                struct fault *fault);

    /* The `ftyp` and `moov` that go with the fragments of `track`; there once the first fragment
     * was closed. Borrowed until `close`. */
    struct span (*header)(struct media *media, unsigned track);

    struct media_progress (*progress)(struct media *media);

    void (*close)(struct media *media);
};

struct media {
    const struct media_ops *ops;
    struct media_track tracks[MEDIA_MAX_TRACKS]; /* video first */
    unsigned track_count;
    struct byte_buffer notes; /* lines for the report: what was left out, and why */
};

#endif
