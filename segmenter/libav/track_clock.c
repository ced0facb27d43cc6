#include "segmenter/libav/track_clock.h"

#include <libavutil/common.h>

/* A clock that goes back by more than this starts anew: recordings that were joined byte by byte,
 * an encoder that was started again. */
#define MAX_STEP_BACK_S 1

/* No time is further from zero: sums of a few do not overflow. */
#define MAX_TICKS (INT64_MAX / 8)

struct track_clock track_clock_init(const AVStream *stream, const char *path, AVRational to)
{
    return (struct track_clock){
        .stream = stream, .path = path, .to = to, .rescale_state = AV_NOPTS_VALUE};
}

static int frame_samples(const struct track_clock *clock, const AVPacket *packet)
{
    AVCodecParameters *parameters = clock->stream->codecpar;
    if (parameters->codec_type != AVMEDIA_TYPE_AUDIO)
        return 0;
    return av_get_audio_frame_duration2(parameters, packet->size);
}

void track_clock_rescale(struct track_clock *clock, AVPacket *packet)
{
    AVRational from = clock->stream->time_base;
    if (packet->duration < 0)
        packet->duration = 0;
    int samples = frame_samples(clock, packet);
    if (samples <= 0 || packet->dts == AV_NOPTS_VALUE || av_cmp_q(from, clock->to) == 0) {
        av_packet_rescale_ts(packet, from, clock->to);
        return;
    }
    AVRational sample = av_make_q(1, clock->stream->codecpar->sample_rate);
    packet->dts =
        av_rescale_delta(from, packet->dts, sample, samples, &clock->rescale_state, clock->to);
    packet->pts = packet->dts;
    packet->duration = av_rescale_q(samples, sample, clock->to);
}

static int64_t to_stamp(int64_t ticks)
{
    return ticks == AV_NOPTS_VALUE ? TIMELINE_NONE : ticks;
}

static double seconds(const struct track_clock *clock, int64_t ticks)
{
    return (double)ticks * av_q2d(clock->to);
}

static bool is_out_of_range(int64_t stamp)
{
    return stamp != TIMELINE_NONE && (stamp < -MAX_TICKS || stamp > MAX_TICKS);
}

/* What can be said before mending. */
static enum status check_stamp(const struct track_clock *clock, const struct timeline_stamp *stamp,
                               struct fault *fault)
{
    int number = clock->stream->index + 1;
    int64_t last = clock->timeline.last_dts;
    if (is_out_of_range(stamp->dts) || is_out_of_range(stamp->pts))
        return fault_raise(fault, STATUS_INVALID,
                           "%s: track %d has a time stamp that is out of all range; it is damaged",
                           clock->path, number);
    if (clock->timeline.is_started && stamp->dts != TIMELINE_NONE &&
        seconds(clock, last - stamp->dts) > MAX_STEP_BACK_S)
        return fault_raise(fault, STATUS_INVALID,
                           "%s: the clock of track %d goes back by %.1f s at %.3f s, as if another "
                           "recording began there; put it in order first, for example: ffmpeg -i "
                           "INPUT -c copy OUTPUT.ts",
                           clock->path, number, seconds(clock, last - stamp->dts),
                           seconds(clock, last));
    return STATUS_OK;
}

enum status track_clock_mend(struct track_clock *clock, AVPacket *packet, struct fault *fault)
{
    struct timeline_stamp stamp = {to_stamp(packet->dts), to_stamp(packet->pts)};
    enum status status = check_stamp(clock, &stamp, fault);
    if (status != STATUS_OK)
        return status;
    timeline_mend(&clock->timeline, &stamp);
    packet->dts = stamp.dts;
    packet->pts = stamp.pts;
    int64_t pause = FFMAX(clock->timeline.last_step, stamp.pts - stamp.dts);
    if (pause <= INT32_MAX)
        return STATUS_OK;
    return fault_raise(fault, STATUS_LIMIT,
                       "%s: track %d pauses for %.0f s up to %.0f s, which is longer than MP4 can "
                       "say; cut what lies before and after it as two titles",
                       clock->path, clock->stream->index + 1, seconds(clock, pause),
                       seconds(clock, stamp.pts));
}
