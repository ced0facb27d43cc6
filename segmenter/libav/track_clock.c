#include "segmenter/libav/track_clock.h"

struct track_clock track_clock_init(const AVStream *stream, AVRational to)
{
    return (struct track_clock){.stream = stream, .to = to, .rescale_state = AV_NOPTS_VALUE};
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

void track_clock_mend(struct track_clock *clock, AVPacket *packet)
{
    struct timeline_stamp stamp = {to_stamp(packet->dts), to_stamp(packet->pts)};
    timeline_mend(&clock->timeline, &stamp);
    packet->dts = stamp.dts;
    packet->pts = stamp.pts;
}
