#include "segmenter/libav/fragmenter.h"

#include <libavutil/opt.h>

#include <assert.h>
#include <stdlib.h>

#include "segmenter/libav/header_check.h"
#include "segmenter/libav/libav_fault.h"

#define IO_BUFFER_LEN (64 * 1024)

/* MP4 has 32 bits for the ticks of a segment and 31 for those of a frame, which at a nanosecond
 * each are 4 s and 2 s. Only clocks as fine as that are rounded, to a microsecond. */
#define MAX_TIMESCALE 100000000
#define FINE_TIMESCALE 1000000

struct fragmenter {
    AVFormatContext *muxer;
    const char *path; /* of the input, borrowed, for messages */
    int input_track;  /* its number there, from 1 */
    struct byte_buffer header;
    struct byte_buffer *sink; /* where the muxer writes to; NULL between flushes */
    bool header_taken;
};

static int on_write(void *opaque, uint8_t *bytes, int len)
{
    struct fragmenter *fragmenter = opaque;
    if (fragmenter->sink == NULL)
        return AVERROR_BUG; /* it closed a fragment by itself */
    byte_buffer_put(fragmenter->sink, span_of(bytes, (size_t)len));
    return len;
}

static enum status failed(const struct fragmenter *fragmenter, int code, struct fault *fault)
{
    return libav_raise(fault, code, "%s: track %d cannot be written as MP4 (re-encode it first)",
                       fragmenter->path, fragmenter->input_track);
}

static void *require_memory(void *memory)
{
    if (memory == NULL)
        abort();
    return memory;
}

static int copy_side_data(const AVStream *from, AVStream *to)
{
    for (int i = 0; i < from->nb_side_data; i++) {
        const AVPacketSideData *side = &from->side_data[i];
        uint8_t *copy = av_stream_new_side_data(to, side->type, side->size);
        if (copy == NULL)
            return AVERROR(ENOMEM);
        memcpy(copy, side->data, side->size);
    }
    return 0;
}

/* Everything of the input stream that must survive: codec, colour, aspect, rotation, language. */
static int copy_stream(const AVStream *from, AVStream *to)
{
    int code = avcodec_parameters_copy(to->codecpar, from->codecpar);
    if (code < 0)
        return code;
    to->codecpar->codec_tag = 0;
    if (from->codecpar->codec_id == AV_CODEC_ID_HEVC)
        to->codecpar->codec_tag = MKTAG('h', 'v', 'c', '1'); /* what Apple's players ask for */
    to->time_base = from->time_base;
    to->avg_frame_rate = from->avg_frame_rate;
    if (from->time_base.den > MAX_TIMESCALE)
        to->time_base = av_make_q(1, FINE_TIMESCALE);
    if (from->codecpar->codec_type == AVMEDIA_TYPE_AUDIO)
        to->time_base = av_make_q(1, from->codecpar->sample_rate);
    to->sample_aspect_ratio = from->sample_aspect_ratio.num != 0
                                  ? from->sample_aspect_ratio
                                  : from->codecpar->sample_aspect_ratio;
    to->disposition = AV_DISPOSITION_DEFAULT;
    const AVDictionaryEntry *language = av_dict_get(from->metadata, "language", NULL, 0);
    if (language != NULL)
        av_dict_set(&to->metadata, "language", language->value, 0);
    return copy_side_data(from, to);
}

/*
 * Composition offsets stay positive, and the edit list that this needs is written by movie.c:
 * libavformat reads negative ones with a shift of the whole track.
 * delay_moov: the header waits for the first packets, which hold what ADTS AAC and AC-3 in MPEG-TS
 * do not say before. frag_discont: the first fragment's decode time is the one of its packet and
 * not 0. skip_trailer: the muxer keeps no list of fragments, which would grow with the input.
 */
static int write_header(struct fragmenter *fragmenter)
{
    AVDictionary *options = NULL;
    av_dict_set(&options, "movflags",
                "frag_custom+empty_moov+delay_moov+default_base_moof+frag_discont+skip_sidx+"
                "skip_trailer",
                0);
    av_dict_set(&options, "use_editlist", "0", 0);
    av_dict_set(&options, "write_tmcd", "0", 0);
    av_dict_set(&options, "strict", "experimental", 0); /* FLAC, HDR boxes */
    int code = avformat_write_header(fragmenter->muxer, &options);
    av_dict_free(&options);
    return code;
}

static int open_muxer(struct fragmenter *fragmenter, const AVStream *stream)
{
    int code = avformat_alloc_output_context2(&fragmenter->muxer, NULL, "mp4", NULL);
    if (code < 0)
        return code;
    AVFormatContext *muxer = fragmenter->muxer;
    uint8_t *buffer = require_memory(av_malloc(IO_BUFFER_LEN));
    muxer->pb = require_memory(
        avio_alloc_context(buffer, IO_BUFFER_LEN, 1, fragmenter, NULL, on_write, NULL));
    muxer->flags |= AVFMT_FLAG_CUSTOM_IO | AVFMT_FLAG_BITEXACT;
    muxer->avoid_negative_ts = AVFMT_AVOID_NEG_TS_DISABLED;
    code = copy_stream(stream, require_memory(avformat_new_stream(muxer, NULL)));
    return code < 0 ? code : write_header(fragmenter);
}

enum status fragmenter_new(const AVStream *stream, const char *path, struct fragmenter **fragmenter,
                           struct fault *fault)
{
    struct fragmenter *new_one = require_memory(calloc(1, sizeof(*new_one)));
    new_one->path = path;
    new_one->input_track = stream->index + 1;
    int code = open_muxer(new_one, stream);
    if (code < 0) {
        enum status status = failed(new_one, code, fault);
        fragmenter_free(new_one);
        return status;
    }
    *fragmenter = new_one;
    return STATUS_OK;
}

void fragmenter_free(struct fragmenter *fragmenter)
{
    if (fragmenter == NULL)
        return;
    if (fragmenter->muxer != NULL && fragmenter->muxer->pb != NULL) {
        av_freep(&fragmenter->muxer->pb->buffer);
        avio_context_free(&fragmenter->muxer->pb);
    }
    avformat_free_context(fragmenter->muxer);
    byte_buffer_dispose(&fragmenter->header);
    free(fragmenter);
}

AVRational fragmenter_time_base(const struct fragmenter *fragmenter)
{
    return fragmenter->muxer->streams[0]->time_base;
}

enum status fragmenter_write(struct fragmenter *fragmenter, AVPacket *packet, struct fault *fault)
{
    packet->stream_index = 0;
    packet->pos = -1;
    int code = av_write_frame(fragmenter->muxer, packet);
    av_packet_unref(packet);
    return code < 0 ? failed(fragmenter, code, fault) : STATUS_OK;
}

static int flush_muxer(struct fragmenter *fragmenter, struct byte_buffer *sink)
{
    fragmenter->sink = sink;
    int code = av_write_frame(fragmenter->muxer, NULL);
    avio_flush(fragmenter->muxer->pb);
    fragmenter->sink = NULL;
    return code < 0 ? code : fragmenter->muxer->pb->error;
}

/* The first flush writes only the delayed header. The muxer does not say when it could not, or not
 * well, for example for want of a good codec configuration: so it is read back. */
static int take_header(struct fragmenter *fragmenter)
{
    int code = flush_muxer(fragmenter, &fragmenter->header);
    fragmenter->header_taken = true;
    if (code >= 0)
        code = header_check(fragmenter_header(fragmenter),
                            fragmenter->muxer->streams[0]->codecpar->codec_id);
    return code;
}

enum status fragmenter_flush(struct fragmenter *fragmenter, struct byte_buffer *bytes,
                             struct fault *fault)
{
    int code = fragmenter->header_taken ? 0 : take_header(fragmenter);
    if (code >= 0)
        code = flush_muxer(fragmenter, bytes);
    return code < 0 ? failed(fragmenter, code, fault) : STATUS_OK;
}

struct span fragmenter_header(const struct fragmenter *fragmenter)
{
    return byte_buffer_span(&fragmenter->header);
}
