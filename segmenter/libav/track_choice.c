#include "segmenter/libav/track_choice.h"

#include <libavcodec/avcodec.h>

static bool is_carried(const AVStream *stream)
{
    switch (stream->codecpar->codec_id) {
    case AV_CODEC_ID_H264:
    case AV_CODEC_ID_HEVC:
    case AV_CODEC_ID_AV1:
    case AV_CODEC_ID_VP9:
        return stream->codecpar->width > 0 && stream->codecpar->height > 0;
    case AV_CODEC_ID_AAC:
    case AV_CODEC_ID_MP3:
    case AV_CODEC_ID_OPUS:
    case AV_CODEC_ID_AC3:
    case AV_CODEC_ID_EAC3:
    case AV_CODEC_ID_FLAC:
        return stream->codecpar->sample_rate > 0;
    default:
        return false;
    }
}

static bool is_encrypted(const AVStream *stream)
{
    uint32_t tag = stream->codecpar->codec_tag;
    return tag == MKTAG('e', 'n', 'c', 'v') || tag == MKTAG('e', 'n', 'c', 'a') ||
           av_stream_get_side_data(stream, AV_PKT_DATA_ENCRYPTION_INIT_INFO, NULL) != NULL;
}

static bool is_picture(const AVStream *stream)
{
    return (stream->disposition & AV_DISPOSITION_ATTACHED_PIC) != 0;
}

static bool is_candidate(const AVStream *stream, enum AVMediaType type)
{
    return stream->codecpar->codec_type == type && !is_picture(stream) && is_carried(stream) &&
           !is_encrypted(stream);
}

static int64_t pixels(const AVStream *stream)
{
    return (int64_t)stream->codecpar->width * stream->codecpar->height;
}

static bool is_better_video(const AVStream *a, const AVStream *b)
{
    if (pixels(a) != pixels(b))
        return pixels(a) > pixels(b);
    return a->codecpar->bit_rate > b->codecpar->bit_rate;
}

static int choose_video(const AVFormatContext *input)
{
    int best = -1;
    for (unsigned i = 0; i < input->nb_streams; i++) {
        if (is_candidate(input->streams[i], AVMEDIA_TYPE_VIDEO) &&
            (best < 0 || is_better_video(input->streams[i], input->streams[best])))
            best = (int)i;
    }
    return best;
}

/* Whether both streams belong to one program of a transport stream; true outside of those. */
static bool share_program(const AVFormatContext *input, int a, int b)
{
    if (input->nb_programs < 2 || a < 0)
        return true;
    for (unsigned p = 0; p < input->nb_programs; p++) {
        const AVProgram *program = input->programs[p];
        bool has_a = false, has_b = false;
        for (unsigned i = 0; i < program->nb_stream_indexes; i++) {
            has_a |= program->stream_index[i] == (unsigned)a;
            has_b |= program->stream_index[i] == (unsigned)b;
        }
        if (has_a && has_b)
            return true;
    }
    return false;
}

static int choose_audio(const AVFormatContext *input, int video)
{
    int first = -1;
    for (unsigned i = 0; i < input->nb_streams; i++) {
        const AVStream *stream = input->streams[i];
        if (!is_candidate(stream, AVMEDIA_TYPE_AUDIO) || !share_program(input, video, (int)i))
            continue;
        if (stream->disposition & AV_DISPOSITION_DEFAULT)
            return (int)i;
        if (first < 0)
            first = (int)i;
    }
    return first;
}

static const char *kind_name(const AVStream *stream)
{
    const char *name = av_get_media_type_string(stream->codecpar->codec_type);
    return name != NULL ? name : "unknown";
}

static const char *why_not(const AVStream *stream)
{
    if (is_encrypted(stream))
        return "it is encrypted";
    if (stream->codecpar->codec_id == AV_CODEC_ID_NONE)
        return "its codec is unknown";
    if (is_carried(stream))
        return "not chosen";
    return "its codec or parameters are not among those that Segue carries in MP4";
}

static void note_left_out(const AVFormatContext *input, const struct track_choice *choice,
                          struct byte_buffer *notes)
{
    for (unsigned i = 0; i < input->nb_streams; i++) {
        const AVStream *stream = input->streams[i];
        if ((int)i == choice->video || (int)i == choice->audio)
            continue;
        byte_buffer_printf(notes, "track %u (%s, %s) is left out\n", i + 1,
                           is_picture(stream) ? "picture" : kind_name(stream),
                           avcodec_get_name(stream->codecpar->codec_id));
    }
}

/* The first stream of `type` that is no picture, or NULL. */
static const AVStream *first_of(const AVFormatContext *input, enum AVMediaType type)
{
    for (unsigned i = 0; i < input->nb_streams; i++) {
        if (input->streams[i]->codecpar->codec_type == type && !is_picture(input->streams[i]))
            return input->streams[i];
    }
    return NULL;
}

/* Refuses an input that has tracks of a kind of which none was chosen: half a film is no film. */
static enum status require(const AVFormatContext *input, const char *path, enum AVMediaType type,
                           int chosen, struct fault *fault)
{
    const AVStream *stream = first_of(input, type);
    if (chosen >= 0 || stream == NULL)
        return STATUS_OK;
    bool is_video = type == AVMEDIA_TYPE_VIDEO;
    if (is_encrypted(stream))
        return fault_raise(fault, STATUS_UNSUPPORTED,
                           "%s: track %d (%s) is encrypted; decrypt it before cutting", path,
                           stream->index + 1, kind_name(stream));
    return fault_raise(fault, STATUS_UNSUPPORTED,
                       "%s: track %d (%s, %s) cannot be cut: %s; re-encode it first, for example: "
                       "ffmpeg -i INPUT %s OUTPUT.mp4",
                       path, stream->index + 1, kind_name(stream),
                       avcodec_get_name(stream->codecpar->codec_id), why_not(stream),
                       is_video ? "-c:v libx264 -c:a copy" : "-c:v copy -c:a aac");
}

enum status track_choice_make(const AVFormatContext *input, const char *path,
                              struct track_choice *choice, struct byte_buffer *notes,
                              struct fault *fault)
{
    choice->video = choose_video(input);
    choice->audio = choose_audio(input, choice->video);
    enum status status = require(input, path, AVMEDIA_TYPE_VIDEO, choice->video, fault);
    if (status == STATUS_OK)
        status = require(input, path, AVMEDIA_TYPE_AUDIO, choice->audio, fault);
    if (status != STATUS_OK)
        return status;
    if (choice->video < 0 && choice->audio < 0)
        return fault_raise(fault, STATUS_INVALID,
                           "%s: no video and no audio track in it; is it a media file?", path);
    note_left_out(input, choice, notes);
    return STATUS_OK;
}
