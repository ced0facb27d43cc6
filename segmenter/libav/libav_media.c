/*
 * Composes the demuxer and one fragmenter per track into the media port.
 *
 * A packet's way: demuxer -> ticks of the track's output -> timeline (missing or backward stamps)
 * -> shifted so that presentation time 0 is where the title begins -> held until the next packet
 * of its track says how long it lasts -> returned by `next` -> fragmenter.
 *
 * Where each track begins is found first, from the head of the input, which is kept in a queue.
 */
#include "segmenter/libav/libav_media.h"

#include <libavutil/intreadwrite.h>
#include <libavutil/log.h>

#include <inttypes.h>
#include <stdlib.h>

#include "segmenter/libav/demuxer.h"
#include "segmenter/libav/fragmenter.h"
#include "segmenter/libav/libav_fault.h"
#include "segmenter/timeline.h"

/* The head ends when every track has shown this many packets from its first key frame on: more
 * than any codec reorders. */
#define HEAD_PACKETS 32
/* ... or when it holds this much, where one track begins much later than another. */
#define HEAD_MAX_PACKETS 8192
#define HEAD_MAX_BYTES (48u << 20)

/* A first presentation time further from zero than this is a recorder's clock: neither a delay nor
 * priming that somebody meant. */
#define MAX_DELAY_US (10 * INT64_C(1000000))

struct queued_packet {
    AVPacket *packet;
    unsigned track;
};

struct output_track {
    struct fragmenter *fragmenter;
    struct timeline timeline;
    int64_t rescale_state; /* av_rescale_delta's */
    int64_t origin;        /* presentation time 0 in this track's ticks of the input's clock */
    AVPacket *waiting;     /* its duration is not known yet; NULL when there is none */
    uint64_t left_out;     /* packets in front of the first key frame */
    unsigned head_count;
    int64_t head_min_pts;
    bool has_key;
    bool has_mended_note;
};

struct libav_media {
    struct media media; /* the port */
    struct demuxer *demuxer;
    struct output_track tracks[MEDIA_MAX_TRACKS];
    struct queued_packet *head;
    size_t head_len;
    size_t head_next;
    uint64_t head_bytes;
    AVPacket *held; /* returned by `next`, waiting for `append` */
    unsigned held_track;
    char *path;
};

static struct libav_media *impl(struct media *media)
{
    return (struct libav_media *)media;
}

static AVPacket *new_packet(void)
{
    AVPacket *packet = av_packet_alloc();
    if (packet == NULL)
        abort();
    return packet;
}

/* --- time ------------------------------------------------------------------------------------ */

static int64_t to_stamp(int64_t ticks)
{
    return ticks == AV_NOPTS_VALUE ? TIMELINE_NONE : ticks;
}

/*
 * Containers that count in milliseconds or 90 kHz round an audio frame's start; from its number of
 * samples the exact place is known again (av_rescale_delta keeps to it within the rounding).
 */
static void rescale(struct libav_media *self, unsigned number, AVPacket *packet)
{
    struct output_track *track = &self->tracks[number];
    const AVStream *stream = demuxer_stream(self->demuxer, number);
    AVRational from = stream->time_base, to = fragmenter_time_base(track->fragmenter);
    int frame_len = 0;
    if (stream->codecpar->codec_type == AVMEDIA_TYPE_AUDIO)
        frame_len = av_get_audio_frame_duration2(stream->codecpar, packet->size);
    if (frame_len > 0 && packet->dts != AV_NOPTS_VALUE && av_cmp_q(from, to) != 0) {
        AVRational samples = av_make_q(1, stream->codecpar->sample_rate);
        packet->dts =
            av_rescale_delta(from, packet->dts, samples, frame_len, &track->rescale_state, to);
        packet->pts = packet->dts;
        packet->duration = av_rescale_q(frame_len, samples, to);
    } else {
        av_packet_rescale_ts(packet, from, to);
    }
}

static void mend(struct libav_media *self, unsigned number, AVPacket *packet)
{
    struct output_track *track = &self->tracks[number];
    struct timeline_stamp stamp = {to_stamp(packet->dts), to_stamp(packet->pts), packet->duration};
    timeline_mend(&track->timeline, &stamp);
    packet->dts = stamp.dts;
    packet->pts = stamp.pts;
    if (track->timeline.was_mended && !track->has_mended_note) {
        track->has_mended_note = true;
        byte_buffer_printf(&self->media.notes,
                           "track %d has missing or backward time stamps; they were mended\n",
                           demuxer_stream(self->demuxer, number)->index + 1);
    }
}

/* --- the head -------------------------------------------------------------------------------- */

static void note_in_head(struct output_track *track, const AVPacket *packet)
{
    if (track->head_count == 0 || packet->pts < track->head_min_pts)
        track->head_min_pts = packet->pts;
    track->head_count++;
}

/* The next packet from the demuxer, in output ticks; packets that no key frame precedes are left
 * out, since nobody could decode them. */
static enum status read_packet(struct libav_media *self, AVPacket *packet, unsigned *number,
                               struct fault *fault)
{
    for (;;) {
        enum status status = demuxer_read(self->demuxer, packet, number, fault);
        if (status != STATUS_OK)
            return status;
        struct output_track *track = &self->tracks[*number];
        if (packet->flags & AV_PKT_FLAG_KEY)
            track->has_key = true;
        if (track->has_key || self->media.tracks[*number].kind == TRACK_AUDIO) {
            rescale(self, *number, packet);
            mend(self, *number, packet);
            return STATUS_OK;
        }
        track->left_out++;
        av_packet_unref(packet);
    }
}

static bool head_is_long_enough(const struct libav_media *self)
{
    bool all_shown = true;
    for (unsigned i = 0; i < self->media.track_count; i++)
        all_shown = all_shown && self->tracks[i].head_count >= HEAD_PACKETS;
    return all_shown || self->head_len >= HEAD_MAX_PACKETS || self->head_bytes >= HEAD_MAX_BYTES;
}

static enum status read_head(struct libav_media *self, struct fault *fault)
{
    self->head = calloc(HEAD_MAX_PACKETS, sizeof(*self->head));
    if (self->head == NULL)
        abort();
    while (!head_is_long_enough(self)) {
        struct queued_packet *entry = &self->head[self->head_len];
        entry->packet = new_packet();
        self->head_len++;
        enum status status = read_packet(self, entry->packet, &entry->track, fault);
        if (status != STATUS_OK) {
            av_packet_free(&entry->packet);
            self->head_len--;
            return status == STATUS_NOT_FOUND ? STATUS_OK : status;
        }
        self->head_bytes += (uint64_t)entry->packet->size;
        note_in_head(&self->tracks[entry->track], entry->packet);
    }
    return STATUS_OK;
}

static int64_t to_us(const struct libav_media *self, unsigned track, int64_t ticks)
{
    return av_rescale_q_rnd(ticks, fragmenter_time_base(self->tracks[track].fragmenter),
                            AV_TIME_BASE_Q, AV_ROUND_DOWN);
}

/* The track that begins first, or -1 when no track has a packet. */
static int earliest_track(const struct libav_media *self)
{
    int earliest = -1;
    for (unsigned i = 0; i < self->media.track_count; i++) {
        if (self->tracks[i].head_count == 0)
            continue;
        if (earliest < 0 ||
            to_us(self, i, self->tracks[i].head_min_pts) <
                to_us(self, (unsigned)earliest, self->tracks[earliest].head_min_pts))
            earliest = (int)i;
    }
    return earliest;
}

/* Whether the title begins at the input's own zero. Before it lies what is decoded and not shown; a
 * start after it is meant where the container counts from a zero of its own. */
static bool begins_at_zero(const struct libav_media *self, int64_t first_us)
{
    if (first_us < -MAX_DELAY_US || first_us > MAX_DELAY_US)
        return false;
    return first_us <= 0 || demuxer_has_own_zero(self->demuxer);
}

/* Sets each track's origin and lead. */
static void place_tracks(struct libav_media *self)
{
    int earliest = earliest_track(self);
    int64_t begin = self->tracks[earliest].head_min_pts;
    AVRational begin_base = fragmenter_time_base(self->tracks[earliest].fragmenter);
    if (begins_at_zero(self, to_us(self, (unsigned)earliest, begin)))
        begin = 0;
    for (unsigned i = 0; i < self->media.track_count; i++) {
        struct output_track *track = &self->tracks[i];
        track->origin = av_rescale_q(begin, begin_base, fragmenter_time_base(track->fragmenter));
        if (track->head_count > 0 && track->head_min_pts < track->origin)
            self->media.tracks[i].lead_ticks = (uint64_t)(track->origin - track->head_min_pts);
    }
}

static enum status find_beginning(struct libav_media *self, struct fault *fault)
{
    enum status status = read_head(self, fault);
    if (status != STATUS_OK)
        return status;
    for (unsigned i = 0; i < self->media.track_count; i++) {
        const struct output_track *track = &self->tracks[i];
        int number = demuxer_stream(self->demuxer, i)->index + 1;
        if (track->head_count == 0 && track->left_out > 0)
            return fault_raise(fault, STATUS_INVALID,
                               "%s: track %d has no key frame; there is nothing to play",
                               self->path, number);
        if (track->left_out > 0)
            byte_buffer_printf(&self->media.notes,
                               "track %d: %" PRIu64
                               " frames in front of the first key frame are left out\n",
                               number, track->left_out);
    }
    if (earliest_track(self) < 0)
        return fault_raise(fault, STATUS_INVALID, "%s: no packet in it", self->path);
    place_tracks(self);
    return STATUS_OK;
}

/* --- the port -------------------------------------------------------------------------------- */

static enum status next_in_order(struct libav_media *self, AVPacket *packet, unsigned *number,
                                 struct fault *fault)
{
    if (self->head_next == self->head_len)
        return read_packet(self, packet, number, fault);
    struct queued_packet *entry = &self->head[self->head_next++];
    av_packet_move_ref(packet, entry->packet);
    av_packet_free(&entry->packet);
    *number = entry->track;
    return STATUS_OK;
}

/* Encoder padding at the end, as the demuxer says it of the last packet: in samples. */
static void note_padding(struct libav_media *self, unsigned number, const AVPacket *packet)
{
    size_t len;
    const uint8_t *skip = av_packet_get_side_data(packet, AV_PKT_DATA_SKIP_SAMPLES, &len);
    bool is_known = skip != NULL && len >= 10; /* u32 at the start, u32 at the end, two reasons */
    self->media.tracks[number].padding_ticks = is_known ? (uint32_t)AV_RL32(skip + 4) : 0;
}

/* Hands out the packet that waited, now that its duration is known. */
static void release(struct libav_media *self, unsigned number, int64_t duration,
                    struct media_packet *packet)
{
    struct output_track *track = &self->tracks[number];
    AVPacket *waiting = track->waiting;
    track->waiting = NULL;
    waiting->duration = duration;
    note_padding(self, number, waiting);
    packet->track = number;
    packet->dts = waiting->dts - track->origin;
    packet->pts = waiting->pts - track->origin;
    packet->duration = (uint64_t)duration;
    packet->is_key = (waiting->flags & AV_PKT_FLAG_KEY) != 0;
    int64_t shift = (int64_t)self->media.tracks[number].lead_ticks - track->origin;
    waiting->dts += shift;
    waiting->pts += shift;
    self->held = waiting;
    self->held_track = number;
}

static bool release_last(struct libav_media *self, struct media_packet *packet)
{
    for (unsigned i = 0; i < self->media.track_count; i++) {
        struct output_track *track = &self->tracks[i];
        if (track->waiting == NULL)
            continue;
        int64_t duration = track->waiting->duration;
        if (duration <= 0)
            duration = track->timeline.last_step > 0 ? track->timeline.last_step : 1;
        release(self, i, duration, packet);
        return true;
    }
    return false;
}

static enum status next(struct media *media, struct media_packet *packet, struct fault *fault)
{
    struct libav_media *self = impl(media);
    for (;;) {
        AVPacket *newest = new_packet();
        unsigned number;
        enum status status = next_in_order(self, newest, &number, fault);
        if (status != STATUS_OK) {
            av_packet_free(&newest);
            if (status == STATUS_NOT_FOUND && release_last(self, packet))
                return STATUS_OK;
            return status;
        }
        struct output_track *track = &self->tracks[number];
        if (track->waiting == NULL) {
            track->waiting = newest;
            continue;
        }
        release(self, number, newest->dts - track->waiting->dts, packet);
        track->waiting = newest;
        return STATUS_OK;
    }
}

static enum status append(struct media *media, struct fault *fault)
{
    struct libav_media *self = impl(media);
    enum status status =
        fragmenter_write(self->tracks[self->held_track].fragmenter, self->held, fault);
    av_packet_free(&self->held);
    return status;
}

static enum status end_fragment(struct media *media, unsigned track, struct byte_buffer *bytes,
                                struct fault *fault)
{
    return fragmenter_flush(impl(media)->tracks[track].fragmenter, bytes, fault);
}

static struct span header(struct media *media, unsigned track)
{
    return fragmenter_header(impl(media)->tracks[track].fragmenter);
}

static struct media_progress progress(struct media *media)
{
    return demuxer_progress(impl(media)->demuxer);
}

static void close_media(struct media *media)
{
    struct libav_media *self = impl(media);
    for (unsigned i = 0; i < MEDIA_MAX_TRACKS; i++) {
        av_packet_free(&self->tracks[i].waiting);
        fragmenter_free(self->tracks[i].fragmenter);
    }
    for (size_t i = self->head_next; i < self->head_len; i++)
        av_packet_free(&self->head[i].packet);
    free(self->head);
    av_packet_free(&self->held);
    demuxer_close(self->demuxer);
    byte_buffer_dispose(&self->media.notes);
    free(self->path);
    free(self);
}

static const struct media_ops libav_ops = {
    .next = next,
    .append = append,
    .end_fragment = end_fragment,
    .header = header,
    .progress = progress,
    .close = close_media,
};

/* --- opening --------------------------------------------------------------------------------- */

static void describe_language(const AVStream *stream, char language[4])
{
    const AVDictionaryEntry *entry = av_dict_get(stream->metadata, "language", NULL, 0);
    bool is_code = entry != NULL && strlen(entry->value) == 3;
    for (int i = 0; is_code && i < 3; i++)
        is_code = entry->value[i] >= 'a' && entry->value[i] <= 'z';
    memcpy(language, is_code ? entry->value : "und", 4);
}

static void describe_track(const AVStream *stream, AVRational time_base, struct media_track *track)
{
    const AVCodecParameters *parameters = stream->codecpar;
    bool is_video = parameters->codec_type == AVMEDIA_TYPE_VIDEO;
    track->kind = is_video ? TRACK_VIDEO : TRACK_AUDIO;
    snprintf(track->codec, sizeof(track->codec), "%s", avcodec_get_name(parameters->codec_id));
    describe_language(stream, track->language);
    track->timescale = (uint32_t)time_base.den;
    if (is_video) {
        track->width = (uint32_t)parameters->width;
        track->height = (uint32_t)parameters->height;
    } else {
        track->sample_rate = (uint32_t)parameters->sample_rate;
        track->channels = (uint32_t)parameters->ch_layout.nb_channels;
    }
}

static enum status open_tracks(struct libav_media *self, struct fault *fault)
{
    self->media.track_count = demuxer_track_count(self->demuxer);
    for (unsigned i = 0; i < self->media.track_count; i++) {
        const AVStream *stream = demuxer_stream(self->demuxer, i);
        struct output_track *track = &self->tracks[i];
        track->rescale_state = AV_NOPTS_VALUE;
        enum status status = fragmenter_new(stream, self->path, &track->fragmenter, fault);
        if (status != STATUS_OK)
            return status;
        describe_track(stream, fragmenter_time_base(track->fragmenter), &self->media.tracks[i]);
    }
    return STATUS_OK;
}

enum status libav_media_open(const char *path, struct media **media, struct fault *fault)
{
    av_log_set_level(AV_LOG_QUIET); /* what it has to say comes back as a fault */
    struct libav_media *self = calloc(1, sizeof(*self));
    if (self == NULL || (self->path = strdup(path)) == NULL)
        abort();
    self->media.ops = &libav_ops;
    enum status status = demuxer_open(path, &self->demuxer, &self->media.notes, fault);
    if (status == STATUS_OK)
        status = open_tracks(self, fault);
    if (status == STATUS_OK)
        status = find_beginning(self, fault);
    if (status != STATUS_OK) {
        close_media(&self->media);
        return status;
    }
    *media = &self->media;
    return STATUS_OK;
}
