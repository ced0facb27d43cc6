#include "segmenter/cutter.h"

#include "segmenter/cut_plan.h"
#include "segmenter/showing.h"
#include "segmenter/title_files.h"

#define PACKETS_PER_PROGRESS 64

/* The longest segment that is held in memory: 20 s at 200 Mbit/s. Media with one key frame would
 * otherwise be gathered whole. */
#define SEGMENT_MAX_BYTES (512u << 20)

/* One track under way. */
struct lane {
    struct cut_plan plan;
    struct track_record record;
    struct byte_buffer segment; /* the open segment's closed fragments */
    bool has_open_fragment;
};

struct cutter {
    struct media *media;
    struct title_files files;
    struct lane lanes[MEDIA_MAX_TRACKS];
};

static const char *kind_name(const struct media *media, unsigned track)
{
    return media->tracks[track].kind == TRACK_VIDEO ? "video" : "audio";
}

static enum status end_fragment(struct cutter *cutter, unsigned track, struct fault *fault)
{
    struct lane *lane = &cutter->lanes[track];
    size_t begin = lane->segment.len;
    if (!lane->has_open_fragment)
        return STATUS_OK;
    lane->has_open_fragment = false;
    enum status status =
        cutter->media->ops->end_fragment(cutter->media, track, &lane->segment, fault);
    if (status != STATUS_OK)
        return status;
    if (lane->segment.len > SEGMENT_MAX_BYTES)
        return fault_raise(
            fault, STATUS_LIMIT,
            "segment %zu of the %s track has more than %u MiB: key frames are too far "
            "apart; re-encode it with more of them, for example: ffmpeg -i INPUT "
            "-c:v libx264 -g 120 -c:a copy OUTPUT.mp4",
            lane->record.segment_count, kind_name(cutter->media, track), SEGMENT_MAX_BYTES >> 20);
    struct span fragment =
        span_slice(byte_buffer_span(&lane->segment), begin, lane->segment.len - begin);
    return track_record_add_fragment(&lane->record, fragment, begin, fault);
}

static enum status end_segment(struct cutter *cutter, unsigned track, struct fault *fault)
{
    struct lane *lane = &cutter->lanes[track];
    uint32_t object = 0;
    enum status status = end_fragment(cutter, track, fault);
    if (status != STATUS_OK || lane->segment.len == 0)
        return status;
    const uint64_t size = lane->segment.len;
    status = title_files_put(&cutter->files, &lane->segment, &object, fault);
    if (status == STATUS_OK)
        track_record_end_segment(&lane->record, object, size);
    return status;
}

static enum status place_packet(struct cutter *cutter, const struct media_packet *packet,
                                struct fault *fault)
{
    struct lane *lane = &cutter->lanes[packet->track];
    enum status status = STATUS_OK;
    enum cut cut = cut_plan_next(&lane->plan, packet->pts, packet->dts, packet->is_key);
    if (cut == CUT_SEGMENT) {
        status = end_segment(cutter, packet->track, fault);
        track_record_begin_segment(&lane->record);
    } else if (cut == CUT_FRAGMENT) {
        status = end_fragment(cutter, packet->track, fault);
    }
    if (status != STATUS_OK)
        return status;
    lane->has_open_fragment = true;
    return cutter->media->ops->append(cutter->media, fault);
}

static enum status cut_all(struct cutter *cutter, cut_progress progress, void *context,
                           struct fault *fault)
{
    struct media *media = cutter->media;
    struct media_packet packet;
    uint64_t packets = 0;
    enum status status;
    while ((status = media->ops->next(media, &packet, fault)) == STATUS_OK) {
        status = place_packet(cutter, &packet, fault);
        if (status != STATUS_OK)
            return status;
        if (++packets % PACKETS_PER_PROGRESS == 0 && progress != NULL &&
            !progress(context, media->ops->progress(media)))
            return fault_raise(fault, STATUS_CANCELLED, "interrupted; nothing was published");
    }
    if (status != STATUS_NOT_FOUND)
        return status;
    for (unsigned i = 0; i < media->track_count; i++) {
        status = end_segment(cutter, i, fault);
        if (status != STATUS_OK)
            return status;
        if (cutter->lanes[i].record.segment_count == 0)
            return fault_raise(fault, STATUS_INVALID,
                               "the %s track has no packet in it; leave the track out first, for "
                               "example: ffmpeg -i INPUT -map 0 -c copy %s OUTPUT.mkv",
                               kind_name(media, i),
                               media->tracks[i].kind == TRACK_VIDEO ? "-vn" : "-an");
    }
    return STATUS_OK;
}

/* Everything is cut: describes the title and publishes it. */
static enum status publish(struct cutter *cutter, bool *is_unchanged, struct fault *fault)
{
    unsigned track_count = cutter->media->track_count;
    struct track_record tracks[MEDIA_MAX_TRACKS];
    struct span headers[MEDIA_MAX_TRACKS];
    for (unsigned i = 0; i < track_count; i++) {
        /* What was learnt on the way, such as padding at the end. */
        cutter->lanes[i].record.media = cutter->media->tracks[i];
        tracks[i] = cutter->lanes[i].record;
        headers[i] = cutter->media->ops->header(cutter->media, i);
    }
    struct byte_buffer index = {0};
    enum status status = title_files_add(&cutter->files, tracks, track_count, headers, fault);
    if (status == STATUS_OK)
        status = index_writer_finish(cutter->files.writer, &index, fault);
    if (status == STATUS_OK)
        status = cutter->files.store->publish(cutter->files.staging, byte_buffer_span(&index),
                                              is_unchanged, fault);
    byte_buffer_dispose(&index);
    return status;
}

static uint64_t to_ms(uint64_t ticks, uint32_t timescale)
{
    return ticks / timescale * 1000 + ticks % timescale * 1000 / timescale;
}

static void fill_report(const struct cutter *cutter, struct cut_report *report)
{
    report->objects = cutter->files.objects;
    report->new_objects = cutter->files.new_objects;
    report->bytes = cutter->files.bytes;
    for (unsigned i = 0; i < cutter->media->track_count; i++) {
        const struct track_record *track = &cutter->lanes[i].record;
        struct showing showing = showing_of(track);
        uint64_t duration_ms = to_ms(showing.pause + showing.duration, track->media.timescale);
        if (duration_ms > report->duration_ms)
            report->duration_ms = duration_ms;
        report->segments += (uint32_t)track->segment_count;
        for (size_t s = 0; s < track->segment_count; s++) {
            uint64_t ms = to_ms(track->segments[s].duration, track->media.timescale);
            if (ms > report->longest_segment_ms)
                report->longest_segment_ms = ms;
        }
    }
}

enum status cut_title(struct media *media, struct store *store, const struct cut_options *options,
                      cut_progress progress, void *context, struct cut_report *report,
                      struct fault *fault)
{
    struct cutter cutter = {.media = media, .files = {.store = store->ops}};
    *report = (struct cut_report){0};
    enum status status = store->ops->begin(store, &cutter.files.staging, fault);
    if (status != STATUS_OK)
        return status;
    cutter.files.writer = index_writer_new(options->title, options->published_s);
    for (unsigned i = 0; i < media->track_count; i++) {
        cutter.lanes[i].record.media = media->tracks[i];
        cutter.lanes[i].plan =
            cut_plan_init(media->tracks[i].timescale, options->segment_ms, CUT_FRAGMENT_MS);
    }
    status = cut_all(&cutter, progress, context, fault);
    if (status == STATUS_OK)
        status = publish(&cutter, &report->is_unchanged, fault);
    if (status == STATUS_OK)
        fill_report(&cutter, report);
    store->ops->end(cutter.files.staging);
    index_writer_free(cutter.files.writer);
    for (unsigned i = 0; i < media->track_count; i++) {
        track_record_dispose(&cutter.lanes[i].record);
        byte_buffer_dispose(&cutter.lanes[i].segment);
    }
    return status;
}
