/*
 * Composes the demuxer and one fragmenter per track into the media port.
 *
 * A packet's way: demuxer -> clock (output ticks, in order) -> held until the next packet of its
 * track says how long it lasts -> returned by `next` -> shifted onto the track's media time ->
 * fragmenter. Where each track begins is found first, from the head of the input.
 */
#include "segmenter/libav/libav_media.h"

#include <libavutil/intreadwrite.h>
#include <libavutil/log.h>

#include <inttypes.h>
#include <stdlib.h>

#include "segmenter/libav/demuxer.h"
#include "segmenter/libav/fragmenter.h"
#include "segmenter/libav/head.h"
#include "segmenter/libav/track_clock.h"

/* A start further from zero than this is a recorder's clock: neither a delay nor priming that
 * somebody meant. */
#define MAX_DELAY_US INT64_C(10000000)
/* Containers that count in milliseconds miss a zero by that much. */
#define ROUNDING_US INT64_C(2000)

struct output_track {
    struct fragmenter *fragmenter;
    int64_t origin;    /* presentation time 0 in output ticks of the input's clock */
    AVPacket *waiting; /* its duration is not known yet; NULL when there is none */
};

struct libav_media {
    struct media media; /* the port */
    struct demuxer *demuxer;
    struct head head;
    struct track_clock clocks[MEDIA_MAX_TRACKS];
    struct output_track tracks[MEDIA_MAX_TRACKS];
    AVPacket *held; /* returned by `next`, waiting for `append` */
    unsigned held_track;
    char *path;
};

static struct libav_media *impl(struct media *media)
{
    return (struct libav_media *)media;
}

/* --- where the title begins ------------------------------------------------------------------ */

/* When what is shown of `track` begins, by the input's clock. */
static int64_t shown_from_us(const struct libav_media *self, unsigned track)
{
    return av_rescale_q(self->head.tracks[track].shown_from, self->clocks[track].to,
                        AV_TIME_BASE_Q);
}

/* The track that is shown first, or -1 when no track has a packet. */
static int earliest_track(const struct libav_media *self)
{
    int earliest = -1;
    for (unsigned i = 0; i < self->media.track_count; i++) {
        if (self->head.tracks[i].count == 0)
            continue;
        if (earliest < 0 || shown_from_us(self, i) < shown_from_us(self, (unsigned)earliest))
            earliest = (int)i;
    }
    return earliest;
}

/* Whether presentation time 0 is the input's own zero, and not where its first track begins. */
static bool begins_at_zero(const struct libav_media *self, int64_t first_us)
{
    if (demuxer_has_own_zero(self->demuxer))
        return first_us >= -MAX_DELAY_US && first_us <= MAX_DELAY_US;
    return first_us >= -ROUNDING_US && first_us <= ROUNDING_US;
}

/* The end that the container sets by an edit list, in presentation time. */
static int64_t edit_end(const struct libav_media *self, unsigned track)
{
    const AVStream *stream = demuxer_stream(self->demuxer, track);
    /* nb_frames is unknown in fragmented files, and then so is what the duration covers. */
    if (!demuxer_has_own_zero(self->demuxer) || stream->nb_frames == 0 ||
        stream->start_time == AV_NOPTS_VALUE || stream->duration <= 0)
        return INT64_MAX;
    return av_rescale_q(stream->start_time + stream->duration, stream->time_base,
                        self->clocks[track].to) -
           self->tracks[track].origin;
}

static void place_track(struct libav_media *self, unsigned number, int64_t begin,
                        AVRational begin_base)
{
    struct media_track *track = &self->media.tracks[number];
    const struct head_track *head = &self->head.tracks[number];
    int64_t origin = av_rescale_q(begin, begin_base, self->clocks[number].to);
    int64_t first = head->min_dts < head->min_pts ? head->min_dts : head->min_pts;
    self->tracks[number].origin = origin;
    track->lead_ticks = head->count > 0 && first < origin ? (uint64_t)(origin - first) : 0;
    track->shown_until = edit_end(self, number);
}

static enum status find_beginning(struct libav_media *self, struct fault *fault)
{
    enum status status = head_read(&self->head, self->demuxer, self->clocks, fault);
    if (status != STATUS_OK)
        return status;
    for (unsigned i = 0; i < self->media.track_count; i++) {
        uint64_t left_out = demuxer_left_out(self->demuxer, i);
        int number = demuxer_stream(self->demuxer, i)->index + 1;
        if (self->head.tracks[i].count == 0 && left_out > 0)
            return fault_raise(fault, STATUS_INVALID,
                               "%s: track %d has no key frame; re-encode it first", self->path,
                               number);
        if (left_out > 0)
            byte_buffer_printf(&self->media.notes,
                               "track %d: %" PRIu64
                               " frames in front of the first key frame are left out\n",
                               number, left_out);
    }
    int earliest = earliest_track(self);
    if (earliest < 0)
        return fault_raise(fault, STATUS_INVALID, "%s: no packet in it", self->path);
    int64_t begin = self->head.tracks[earliest].shown_from;
    if (begins_at_zero(self, shown_from_us(self, (unsigned)earliest)))
        begin = 0;
    for (unsigned i = 0; i < self->media.track_count; i++)
        place_track(self, i, begin, self->clocks[earliest].to);
    return STATUS_OK;
}

/* --- the port -------------------------------------------------------------------------------- */

/* A packet may lie before all that the head showed where a track follows another one in the file
 * instead of beside it. Media time cannot be negative. */
static enum status check_place(const struct libav_media *self, const AVPacket *packet,
                               unsigned number, struct fault *fault)
{
    const struct output_track *track = &self->tracks[number];
    if (packet->dts - track->origin + (int64_t)self->media.tracks[number].lead_ticks >= 0)
        return STATUS_OK;
    return fault_raise(fault, STATUS_UNSUPPORTED,
                       "%s: track %d begins before the others but comes long after them in the "
                       "file; interleave it first, for example: ffmpeg -i INPUT -c copy OUTPUT.mp4",
                       self->path, demuxer_stream(self->demuxer, number)->index + 1);
}

static enum status read_packet(struct libav_media *self, AVPacket *packet, unsigned *number,
                               struct fault *fault)
{
    if (head_take(&self->head, packet, number))
        return STATUS_OK;
    enum status status = demuxer_read(self->demuxer, packet, number, fault);
    if (status != STATUS_OK)
        return status;
    track_clock_rescale(&self->clocks[*number], packet);
    status = track_clock_mend(&self->clocks[*number], packet, fault);
    if (status != STATUS_OK)
        return status;
    return check_place(self, packet, *number, fault);
}

/* Encoder padding that the demuxer reports of the last packet; a whole packet of it stays, so that
 * nothing of the input is lost. */
static void note_padding(struct media_track *track, const AVPacket *packet, int64_t shown_end)
{
    size_t len;
    const uint8_t *skip = av_packet_get_side_data(packet, AV_PKT_DATA_SKIP_SAMPLES, &len);
    int64_t padding = skip != NULL && len >= 8 ? (int64_t)AV_RL32(skip + 4) : 0;
    if (padding > 0 && padding < packet->duration)
        track->shown_until = shown_end - padding;
}

/* Hands out the packet that waited, now that its duration is known. */
static void release(struct libav_media *self, unsigned number, int64_t duration,
                    struct media_packet *packet)
{
    struct output_track *track = &self->tracks[number];
    AVPacket *waiting = track->waiting;
    track->waiting = NULL;
    waiting->duration = duration;
    *packet = (struct media_packet){
        .track = number,
        .dts = waiting->dts - track->origin,
        .pts = waiting->pts - track->origin,
        .duration = (uint64_t)duration,
        .is_key = (waiting->flags & AV_PKT_FLAG_KEY) != 0,
    };
    int64_t shift = (int64_t)self->media.tracks[number].lead_ticks - track->origin;
    waiting->dts += shift;
    waiting->pts += shift;
    self->held = waiting;
    self->held_track = number;
}

/* After the end of the input: the last packet of each track, with its own duration. */
static bool release_last(struct libav_media *self, struct media_packet *packet)
{
    for (unsigned i = 0; i < self->media.track_count; i++) {
        AVPacket *waiting = self->tracks[i].waiting;
        if (waiting == NULL)
            continue;
        int64_t step = self->clocks[i].timeline.last_step;
        int64_t duration = waiting->duration > 0 ? waiting->duration : step > 0 ? step : 1;
        release(self, i, duration, packet);
        note_padding(&self->media.tracks[i], self->held, packet->pts + duration);
        if (self->clocks[i].timeline.was_mended)
            byte_buffer_printf(&self->media.notes,
                               "track %d has missing or backward time stamps; they were mended\n",
                               demuxer_stream(self->demuxer, i)->index + 1);
        return true;
    }
    return false;
}

static enum status next(struct media *media, struct media_packet *packet, struct fault *fault)
{
    struct libav_media *self = impl(media);
    for (;;) {
        AVPacket *newest = av_packet_alloc();
        if (newest == NULL)
            abort();
        unsigned number;
        enum status status = read_packet(self, newest, &number, fault);
        if (status != STATUS_OK) {
            av_packet_free(&newest);
            if (status == STATUS_NOT_FOUND && release_last(self, packet))
                return STATUS_OK;
            return status;
        }
        AVPacket *waiting = self->tracks[number].waiting;
        if (waiting != NULL)
            release(self, number, newest->dts - waiting->dts, packet);
        self->tracks[number].waiting = newest;
        if (waiting != NULL)
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
    head_dispose(&self->head);
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
        struct fragmenter **fragmenter = &self->tracks[i].fragmenter;
        enum status status = fragmenter_new(stream, self->path, fragmenter, fault);
        if (status != STATUS_OK)
            return status;
        self->clocks[i] = track_clock_init(stream, self->path, fragmenter_time_base(*fragmenter));
        describe_track(stream, self->clocks[i].to, &self->media.tracks[i]);
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
