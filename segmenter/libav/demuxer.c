#include "segmenter/libav/demuxer.h"

#include <libavcodec/bsf.h>
#include <libavutil/avstring.h>
#include <libavutil/common.h>
#include <libavutil/opt.h>

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "segmenter/declared_end.h"
#include "segmenter/libav/libav_fault.h"
#include "segmenter/libav/track_choice.h"

/* The containers that Segue reads; others could open further files or the network by themselves. */
#define CONTAINERS "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mpegts,mp3,aac,ac3,eac3,flac,ogg"

#define URL_PREFIX "file:" /* so that a colon in a name is no protocol */

/* How much of a plain audio file may be missing: its header counts priming and padding, too. */
#define AUDIO_FILE_TOLERANCE_S 0.25

struct source_track {
    AVStream *stream;
    AVBSFContext *filter;  /* NULL when packets pass as they are */
    uint64_t packets_read; /* before the filter */
    uint64_t left_out;     /* in front of the first key frame */
    int64_t end;           /* of the last packet, in the stream's ticks */
    bool has_good_packet;
    bool has_key;
};

struct demuxer {
    AVFormatContext *input;
    const char *path; /* borrowed from `input` */
    AVPacket *packet;
    struct source_track tracks[MEDIA_MAX_TRACKS];
    unsigned track_count;
    uint64_t size;     /* of the file in bytes; 0 when unknown */
    unsigned draining; /* the filter that is being emptied at the end */
    bool at_end;
};

static bool is_format(const struct demuxer *demuxer, const char *name)
{
    return strstr(demuxer->input->iformat->name, name) != NULL;
}

static size_t read_at(void *context, uint64_t offset, uint8_t *bytes, size_t len)
{
    AVIOContext *io = context;
    if (offset > INT64_MAX || avio_seek(io, (int64_t)offset, SEEK_SET) < 0)
        return 0;
    int got = avio_read(io, bytes, (int)len);
    return got > 0 ? (size_t)got : 0;
}

/* What a container declares about its own length and libavformat does not hold it to. */
static uint64_t declared_end(struct demuxer *demuxer)
{
    AVIOContext *io = demuxer->input->pb;
    int64_t packet_len = 0;
    if (is_format(demuxer, "matroska"))
        return declared_end_of_ebml(read_at, io, demuxer->size);
    if (is_format(demuxer, "mov"))
        return declared_end_of_boxes(read_at, io, demuxer->size);
    if (is_format(demuxer, "mpegts") &&
        av_opt_get_int(demuxer->input->priv_data, "ts_packetsize", 0, &packet_len) >= 0 &&
        packet_len > 0)
        return declared_end_of_packets(read_at, io, demuxer->size, (uint64_t)packet_len);
    return demuxer->size;
}

/* Whether what cannot be opened is an MP4 file that was cut off in front of its `moov`, as a
 * download that broke off is. */
static bool is_cut_off(const char *url, uint64_t *size, uint64_t *end)
{
    AVIOContext *io = NULL;
    uint8_t head[8] = {0};
    if (avio_open(&io, url, AVIO_FLAG_READ) < 0)
        return false;
    *size = avio_size(io) > 0 ? (uint64_t)avio_size(io) : 0;
    bool is_mp4 =
        read_at(io, 0, head, sizeof(head)) == sizeof(head) && memcmp(head + 4, "ftyp", 4) == 0;
    *end = is_mp4 ? declared_end_of_boxes(read_at, io, *size) : 0;
    avio_closep(&io);
    return *end > *size;
}

static enum status truncated(const char *path, uint64_t size, uint64_t end, struct fault *fault)
{
    return fault_raise(fault, STATUS_INVALID,
                       "%s: truncated: it ends at byte %" PRIu64 " and its structure goes on to "
                       "byte %" PRIu64 "; fetch or record it again",
                       path, size, end);
}

static enum status open_failed(const char *url, int code, struct fault *fault)
{
    const char *path = url + strlen(URL_PREFIX);
    uint64_t size, end;
    if (code != AVERROR_INVALIDDATA && code != AVERROR_EOF && code != AVERROR(EINVAL))
        return libav_raise(fault, code, "%s: cannot be opened", path);
    if (is_cut_off(url, &size, &end))
        return truncated(path, size, end, fault);
    return fault_raise(
        fault, STATUS_INVALID,
        "%s: no media that Segue reads (MP4, MOV, MKV, WebM, MPEG-TS, or a plain MP3, "
        "AAC, AC-3, FLAC or Ogg file), or damaged where it begins; 'ffprobe FILE' may "
        "say more, and 'ffmpeg -i FILE -c copy OUT.mkv' changes the container",
        path);
}

/* Pipes and devices have no end that could be checked, and opening one may block for ever. */
static enum status check_kind(const char *path, struct fault *fault)
{
    struct stat stat_of_path;
    if (stat(path, &stat_of_path) != 0)
        return fault_raise_errno(fault, errno, "%s: cannot be opened", path);
    if (S_ISREG(stat_of_path.st_mode))
        return STATUS_OK;
    return fault_raise(fault, STATUS_UNSUPPORTED,
                       "%s: not a regular file; save what it holds to one, and cut that", path);
}

static enum status open_input(struct demuxer *demuxer, const char *path, struct fault *fault)
{
    AVDictionary *options = NULL;
    enum status status = check_kind(path, fault);
    if (status != STATUS_OK)
        return status;
    char *url = av_asprintf(URL_PREFIX "%s", path);
    if (url == NULL)
        abort();
    av_dict_set(&options, "format_whitelist", CONTAINERS, 0);
    av_dict_set(&options, "protocol_whitelist", "file", 0);
    int code = avformat_open_input(&demuxer->input, url, NULL, &options);
    av_dict_free(&options);
    if (code >= 0) {
        demuxer->path = demuxer->input->url + strlen(URL_PREFIX);
        code = avformat_find_stream_info(demuxer->input, NULL);
    }
    if (code < 0)
        status = open_failed(url, code, fault);
    av_free(url);
    return status;
}

static enum status check_length(struct demuxer *demuxer, struct fault *fault)
{
    AVIOContext *io = demuxer->input->pb;
    int64_t size = avio_size(io), here = avio_tell(io);
    if (size < 0)
        return STATUS_OK;
    demuxer->size = (uint64_t)size;
    uint64_t end = declared_end(demuxer);
    avio_seek(io, here, SEEK_SET);
    if (end <= demuxer->size)
        return STATUS_OK;
    return truncated(demuxer->path, demuxer->size, end, fault);
}

/* Looks at the first bytes: libavformat tells ADTS from raw AAC by the missing extradata only. */
static const char *filter_name(const AVCodecParameters *parameters)
{
    if (parameters->codec_id == AV_CODEC_ID_AAC && parameters->extradata_size == 0)
        return "aac_adtstoasc";
    if (parameters->codec_id == AV_CODEC_ID_VP9)
        return "vp9_superframe";
    return NULL;
}

static int open_filter(struct source_track *track)
{
    const char *name = filter_name(track->stream->codecpar);
    if (name == NULL)
        return 0;
    const AVBitStreamFilter *filter = av_bsf_get_by_name(name);
    int code = filter == NULL ? AVERROR_BSF_NOT_FOUND : av_bsf_alloc(filter, &track->filter);
    if (code < 0)
        return code;
    track->filter->time_base_in = track->stream->time_base;
    code = avcodec_parameters_copy(track->filter->par_in, track->stream->codecpar);
    return code < 0 ? code : av_bsf_init(track->filter);
}

static enum status add_track(struct demuxer *demuxer, int stream, struct fault *fault)
{
    if (stream < 0)
        return STATUS_OK;
    struct source_track *track = &demuxer->tracks[demuxer->track_count++];
    track->stream = demuxer->input->streams[stream];
    int code = open_filter(track);
    return code < 0
               ? libav_raise(fault, code, "%s: track %d cannot be read", demuxer->path, stream + 1)
               : STATUS_OK;
}

static enum status choose(struct demuxer *demuxer, struct byte_buffer *notes, struct fault *fault)
{
    struct track_choice choice;
    enum status status = track_choice_make(demuxer->input, demuxer->path, &choice, notes, fault);
    if (status == STATUS_OK)
        status = add_track(demuxer, choice.video, fault);
    if (status == STATUS_OK)
        status = add_track(demuxer, choice.audio, fault);
    for (unsigned i = 0; status == STATUS_OK && i < demuxer->input->nb_streams; i++) {
        bool is_chosen = (int)i == choice.video || (int)i == choice.audio;
        demuxer->input->streams[i]->discard = is_chosen ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
    }
    return status;
}

enum status demuxer_open(const char *path, struct demuxer **demuxer, struct byte_buffer *notes,
                         struct fault *fault)
{
    struct demuxer *new_one = calloc(1, sizeof(*new_one));
    if (new_one == NULL || (new_one->packet = av_packet_alloc()) == NULL)
        abort();
    enum status status = open_input(new_one, path, fault);
    if (status == STATUS_OK)
        status = check_length(new_one, fault);
    if (status == STATUS_OK)
        status = choose(new_one, notes, fault);
    if (status != STATUS_OK) {
        demuxer_close(new_one);
        return status;
    }
    *demuxer = new_one;
    return STATUS_OK;
}

void demuxer_close(struct demuxer *demuxer)
{
    if (demuxer == NULL)
        return;
    for (unsigned i = 0; i < demuxer->track_count; i++)
        av_bsf_free(&demuxer->tracks[i].filter);
    av_packet_free(&demuxer->packet);
    avformat_close_input(&demuxer->input);
    free(demuxer);
}

unsigned demuxer_track_count(const struct demuxer *demuxer)
{
    return demuxer->track_count;
}

const AVStream *demuxer_stream(const struct demuxer *demuxer, unsigned track)
{
    return demuxer->tracks[track].stream;
}

static double packet_seconds(const AVStream *stream, const AVPacket *packet)
{
    int64_t ticks = packet->dts != AV_NOPTS_VALUE ? packet->dts : packet->pts;
    return ticks == AV_NOPTS_VALUE ? 0 : (double)ticks * av_q2d(stream->time_base);
}

static enum status check_parameters(const struct demuxer *demuxer, const struct source_track *track,
                                    const AVPacket *packet, struct fault *fault)
{
    size_t len;
    if (av_packet_get_side_data(packet, AV_PKT_DATA_ENCRYPTION_INFO, NULL) != NULL)
        return fault_raise(fault, STATUS_UNSUPPORTED,
                           "%s: track %d is encrypted; decrypt it before cutting", demuxer->path,
                           track->stream->index + 1);
    const uint8_t *extradata = av_packet_get_side_data(packet, AV_PKT_DATA_NEW_EXTRADATA, &len);
    const AVCodecParameters *parameters = track->stream->codecpar;
    if (extradata == NULL || track->packets_read == 1 ||
        (len == (size_t)parameters->extradata_size &&
         memcmp(extradata, parameters->extradata, len) == 0))
        return STATUS_OK;
    return fault_raise(fault, STATUS_UNSUPPORTED,
                       "%s: track %d changes its codec parameters at %.3f s, byte %" PRId64
                       "; re-encode it to one set of parameters first",
                       demuxer->path, track->stream->index + 1,
                       packet_seconds(track->stream, packet), packet->pos);
}

static bool is_damaged(const AVPacket *packet)
{
    return (packet->flags & AV_PKT_FLAG_CORRUPT) != 0 || packet->size == 0;
}

static enum status damaged(const struct demuxer *demuxer, const struct source_track *track,
                           const AVPacket *packet, struct fault *fault)
{
    return fault_raise(fault, STATUS_INVALID,
                       "%s: track %d is damaged or cut off at %.3f s, byte %" PRId64
                       "; fetch or record it again",
                       demuxer->path, track->stream->index + 1,
                       packet_seconds(track->stream, packet), packet->pos);
}

/* MP4 lists its samples in the header: all of them must have come. */
static enum status check_samples(const struct demuxer *demuxer, const struct source_track *track,
                                 struct fault *fault)
{
    int expected = avformat_index_get_entries_count(track->stream);
    if (track->packets_read >= (uint64_t)expected)
        return STATUS_OK;
    return fault_raise(fault, STATUS_INVALID,
                       "%s: truncated: track %d has %" PRIu64 " of its %d samples; fetch or record "
                       "it again",
                       demuxer->path, track->stream->index + 1, track->packets_read, expected);
}

/* A plain audio file may say how long it is (Xing header, STREAMINFO). */
static enum status check_duration(const struct demuxer *demuxer, const struct source_track *track,
                                  struct fault *fault)
{
    const AVStream *stream = track->stream;
    if (demuxer->input->duration_estimation_method != AVFMT_DURATION_FROM_STREAM ||
        stream->start_time == AV_NOPTS_VALUE || stream->duration <= 0)
        return STATUS_OK;
    double missing_s = (double)(stream->duration - track->end) * av_q2d(stream->time_base);
    if (missing_s < AUDIO_FILE_TOLERANCE_S)
        return STATUS_OK;
    return fault_raise(fault, STATUS_INVALID,
                       "%s: truncated: it ends %.1f s before its header says; fetch or record it "
                       "again",
                       demuxer->path, missing_s);
}

static enum status check_complete(const struct demuxer *demuxer, struct fault *fault)
{
    bool has_samples = is_format(demuxer, "mov");
    bool is_audio_file = is_format(demuxer, "mp3") || is_format(demuxer, "flac");
    enum status status = STATUS_OK;
    for (unsigned i = 0; status == STATUS_OK && i < demuxer->track_count; i++) {
        if (has_samples)
            status = check_samples(demuxer, &demuxer->tracks[i], fault);
        else if (is_audio_file)
            status = check_duration(demuxer, &demuxer->tracks[i], fault);
    }
    return status;
}

static struct source_track *track_of(struct demuxer *demuxer, const AVPacket *packet)
{
    for (unsigned i = 0; i < demuxer->track_count; i++) {
        if (demuxer->tracks[i].stream->index == packet->stream_index)
            return &demuxer->tracks[i];
    }
    return NULL;
}

static enum status read_failed(const struct demuxer *demuxer, int code, struct fault *fault)
{
    return libav_raise(fault, code, "%s: damaged at byte %" PRId64, demuxer->path,
                       avio_tell(demuxer->input->pb));
}

/* The next packet of a chosen stream as the container has it; STATUS_NOT_FOUND at the end. */
static enum status read_raw(struct demuxer *demuxer, struct source_track **track,
                            struct fault *fault)
{
    AVPacket *packet = demuxer->packet;
    for (;;) {
        int code = av_read_frame(demuxer->input, packet);
        if (code == AVERROR_EOF) {
            enum status status = check_complete(demuxer, fault);
            return status == STATUS_OK ? STATUS_NOT_FOUND : status;
        }
        if (code < 0)
            return read_failed(demuxer, code, fault);
        *track = track_of(demuxer, packet);
        if (*track != NULL) {
            (*track)->packets_read++;
            if (packet->pts != AV_NOPTS_VALUE)
                (*track)->end = av_sat_add64(packet->pts, packet->duration);
            if (!is_damaged(packet)) {
                (*track)->has_good_packet = true;
                return check_parameters(demuxer, *track, packet, fault);
            }
            /* A recording may begin in the middle of a packet: what comes first may be broken. */
            if ((*track)->has_good_packet || !is_format(demuxer, "mpegts"))
                return damaged(demuxer, *track, packet, fault);
        }
        av_packet_unref(packet);
    }
}

/* Takes what a filter has ready: STATUS_OK with the packet, STATUS_BUSY when it wants more. */
static enum status take_filtered(struct demuxer *demuxer, unsigned i, AVPacket *packet,
                                 struct fault *fault)
{
    struct source_track *track = &demuxer->tracks[i];
    int code = av_bsf_receive_packet(track->filter, packet);
    if (code == AVERROR(EAGAIN) || code == AVERROR_EOF)
        return STATUS_BUSY;
    return code < 0 ? read_failed(demuxer, code, fault) : STATUS_OK;
}

/* After the end of the input: empties the filters one after the other. */
static enum status drain(struct demuxer *demuxer, AVPacket *packet, unsigned *number,
                         struct fault *fault)
{
    while (demuxer->draining < demuxer->track_count) {
        *number = demuxer->draining;
        if (demuxer->tracks[*number].filter != NULL) {
            enum status status = take_filtered(demuxer, *number, packet, fault);
            if (status != STATUS_BUSY)
                return status;
        }
        demuxer->draining++;
    }
    return STATUS_NOT_FOUND;
}

static enum status end_input(struct demuxer *demuxer, struct fault *fault)
{
    demuxer->at_end = true;
    for (unsigned i = 0; i < demuxer->track_count; i++) {
        AVBSFContext *filter = demuxer->tracks[i].filter;
        int code = filter != NULL ? av_bsf_send_packet(filter, NULL) : 0;
        if (code < 0)
            return read_failed(demuxer, code, fault);
    }
    return STATUS_OK;
}

static enum status read_filtered(struct demuxer *demuxer, AVPacket *packet, unsigned *number,
                                 struct fault *fault)
{
    while (!demuxer->at_end) {
        struct source_track *track = NULL;
        enum status status = read_raw(demuxer, &track, fault);
        if (status == STATUS_NOT_FOUND)
            status = end_input(demuxer, fault);
        if (status != STATUS_OK)
            return status;
        if (demuxer->at_end)
            break;
        *number = (unsigned)(track - demuxer->tracks);
        if (track->filter == NULL) {
            av_packet_move_ref(packet, demuxer->packet);
            return STATUS_OK;
        }
        /* Both filters give at most one packet for one, so there is no second one to ask for. */
        int code = av_bsf_send_packet(track->filter, demuxer->packet);
        if (code < 0)
            return read_failed(demuxer, code, fault);
        status = take_filtered(demuxer, *number, packet, fault);
        if (status != STATUS_BUSY)
            return status;
    }
    return drain(demuxer, packet, number, fault);
}

enum status demuxer_read(struct demuxer *demuxer, AVPacket *packet, unsigned *number,
                         struct fault *fault)
{
    enum status status;
    while ((status = read_filtered(demuxer, packet, number, fault)) == STATUS_OK) {
        struct source_track *track = &demuxer->tracks[*number];
        bool is_video = track->stream->codecpar->codec_type == AVMEDIA_TYPE_VIDEO;
        track->has_key = track->has_key || !is_video || (packet->flags & AV_PKT_FLAG_KEY) != 0;
        if (track->has_key)
            break;
        track->left_out++;
        av_packet_unref(packet);
    }
    return status;
}

uint64_t demuxer_left_out(const struct demuxer *demuxer, unsigned track)
{
    return demuxer->tracks[track].left_out;
}

bool demuxer_has_own_zero(const struct demuxer *demuxer)
{
    return is_format(demuxer, "mov");
}

struct media_progress demuxer_progress(const struct demuxer *demuxer)
{
    int64_t done = avio_tell(demuxer->input->pb);
    return (struct media_progress){done > 0 ? (uint64_t)done : 0, demuxer->size};
}
