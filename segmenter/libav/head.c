#include "segmenter/libav/head.h"

#include <libavutil/intreadwrite.h>

#include <stdlib.h>

/* The head ends when every track has this many packets in it: more than any codec reorders. */
#define ENOUGH_PACKETS 32
/* ... or when it holds this much, where one track begins much later than another. */
#define MAX_PACKETS 8192
#define MAX_BYTES (48u << 20)

static bool is_long_enough(const struct head *head, unsigned track_count)
{
    bool all_shown = true;
    for (unsigned i = 0; i < track_count; i++)
        all_shown = all_shown && head->tracks[i].count >= ENOUGH_PACKETS;
    return all_shown || head->count == MAX_PACKETS || head->bytes >= MAX_BYTES;
}

static enum status read_packets(struct head *head, struct demuxer *demuxer,
                                struct track_clock *clocks, struct fault *fault)
{
    while (!is_long_enough(head, demuxer_track_count(demuxer))) {
        struct head_packet entry = {.packet = av_packet_alloc()};
        if (entry.packet == NULL)
            abort();
        enum status status = demuxer_read(demuxer, entry.packet, &entry.track, fault);
        if (status != STATUS_OK) {
            av_packet_free(&entry.packet);
            return status == STATUS_NOT_FOUND ? STATUS_OK : status;
        }
        track_clock_rescale(&clocks[entry.track], entry.packet);
        head->packets[head->count++] = entry;
        head->tracks[entry.track].count++;
        head->bytes += (uint64_t)entry.packet->size;
    }
    return STATUS_OK;
}

static int64_t to_stamp(int64_t ticks)
{
    return ticks == AV_NOPTS_VALUE ? TIMELINE_NONE : ticks;
}

/* Fills in the decode times that a track's first packets lack. */
static void backfill(struct head *head, unsigned track)
{
    struct timeline_stamp *stamps = calloc(head->count + 1, sizeof(*stamps));
    if (stamps == NULL)
        abort();
    size_t count = 0;
    int64_t step = 0;
    for (size_t i = 0; i < head->count; i++) {
        const AVPacket *packet = head->packets[i].packet;
        if (head->packets[i].track != track)
            continue;
        stamps[count++] = (struct timeline_stamp){to_stamp(packet->dts), to_stamp(packet->pts)};
        if (step == 0)
            step = packet->duration;
    }
    timeline_backfill(stamps, count, step);
    count = 0;
    for (size_t i = 0; i < head->count; i++) {
        if (head->packets[i].track != track)
            continue;
        if (stamps[count].dts != TIMELINE_NONE)
            head->packets[i].packet->dts = stamps[count].dts;
        count++;
    }
    free(stamps);
}

/* Samples at the start that the encoder put in front and that are not to be heard. */
static int64_t encoder_delay(const AVStream *stream, const AVPacket *packet)
{
    size_t len;
    const uint8_t *skip = av_packet_get_side_data(packet, AV_PKT_DATA_SKIP_SAMPLES, &len);
    return skip != NULL && len >= 4 ? (int64_t)AV_RL32(skip) : stream->codecpar->initial_padding;
}

static void note(struct head_track *track, const AVStream *stream, const AVPacket *packet,
                 bool is_first)
{
    if (is_first) {
        track->min_dts = packet->dts;
        track->min_pts = packet->pts;
        track->shown_from = packet->pts + encoder_delay(stream, packet);
        return;
    }
    if (packet->dts < track->min_dts)
        track->min_dts = packet->dts;
    if (packet->pts < track->min_pts)
        track->min_pts = packet->pts;
    if (packet->pts < track->shown_from && track->min_pts == packet->pts)
        track->shown_from = packet->pts;
}

enum status head_read(struct head *head, struct demuxer *demuxer, struct track_clock *clocks,
                      struct fault *fault)
{
    head->packets = calloc(MAX_PACKETS, sizeof(*head->packets));
    if (head->packets == NULL)
        abort();
    enum status status = read_packets(head, demuxer, clocks, fault);
    bool is_noted[MEDIA_MAX_TRACKS] = {false};
    for (unsigned i = 0; i < demuxer_track_count(demuxer); i++)
        backfill(head, i);
    for (size_t i = 0; status == STATUS_OK && i < head->count; i++) {
        struct head_packet *entry = &head->packets[i];
        status = track_clock_mend(&clocks[entry->track], entry->packet, fault);
        note(&head->tracks[entry->track], clocks[entry->track].stream, entry->packet,
             !is_noted[entry->track]);
        is_noted[entry->track] = true;
    }
    return status;
}

void head_dispose(struct head *head)
{
    for (size_t i = head->next; i < head->count; i++)
        av_packet_free(&head->packets[i].packet);
    free(head->packets);
    *head = (struct head){0};
}

bool head_take(struct head *head, AVPacket *packet, unsigned *track)
{
    if (head->next == head->count)
        return false;
    struct head_packet *entry = &head->packets[head->next++];
    av_packet_move_ref(packet, entry->packet);
    av_packet_free(&entry->packet);
    *track = entry->track;
    return true;
}
