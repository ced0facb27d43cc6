#include "segmenter/title_files.h"

#include "segmenter/interleave.h"
#include "segmenter/movie.h"
#include "segmenter/showing.h"

enum status title_files_put(struct title_files *files, struct byte_buffer *content,
                            uint32_t *number, struct fault *fault)
{
    struct index_object object;
    bool is_new = false;
    enum status status = files->store->put_buffer(files->staging, content, &object, &is_new, fault);
    if (status != STATUS_OK)
        return status;
    *number = index_writer_add_object(files->writer, &object);
    files->objects++;
    files->new_objects += is_new ? 1 : 0;
    files->bytes += object.size;
    return STATUS_OK;
}

static void add_track(struct index_writer *writer, const struct track_record *track)
{
    const struct media_track *media = &track->media;
    struct showing showing = showing_of(track);
    index_writer_add_track(writer, &(struct index_track){
                                       .kind = media->kind,
                                       .codec = span_of_string(media->codec),
                                       .language = span_of_string(media->language),
                                       .timescale = media->timescale,
                                       .duration_ticks = showing.pause + showing.duration,
                                       .width = media->width,
                                       .height = media->height,
                                       .sample_rate = media->sample_rate,
                                       .channels = media->channels,
                                   });
    for (size_t i = 0; i < track->segment_count; i++) {
        const struct segment_record *segment = &track->segments[i];
        uint64_t begin = segment->min_composition;
        uint64_t start = begin > media->lead_ticks ? begin - media->lead_ticks : 0;
        index_writer_add_segment(writer, &(struct index_segment){
                                             .start_ticks = start,
                                             .duration_ticks = segment->duration,
                                             .object = segment->object,
                                         });
    }
}

static const char *content_type(bool has_video)
{
    return has_video ? "video/mp4" : "audio/mp4";
}

static enum status add_fragmented(struct title_files *files, const struct track_record *track,
                                  struct span header, struct fault *fault)
{
    bool is_video = track->media.kind == TRACK_VIDEO;
    struct byte_buffer bytes = {0};
    uint32_t object = 0;
    enum status status = movie_write_fragmented(header, track, &bytes, fault);
    const uint64_t header_len = bytes.len;
    if (status == STATUS_OK)
        status = title_files_put(files, &bytes, &object, fault);
    if (status == STATUS_OK) {
        index_writer_add_file(files->writer, span_of_string(is_video ? "v0.mp4" : "a0.mp4"),
                              span_of_string(content_type(is_video)));
        index_writer_add_extent(files->writer, object, 0, header_len);
        for (size_t i = 0; i < track->segment_count; i++)
            index_writer_add_extent(files->writer, track->segments[i].object, 0,
                                    track->segments[i].size);
    }
    byte_buffer_dispose(&bytes);
    return status;
}

static enum status add_classic(struct title_files *files, const struct track_record *tracks,
                               unsigned track_count, const struct span *headers,
                               struct fault *fault)
{
    bool has_video = tracks[0].media.kind == TRACK_VIDEO;
    struct interleaving interleaving = interleave(tracks, track_count);
    struct byte_buffer bytes = {0};
    uint32_t object = 0;
    enum status status =
        movie_write_classic(headers, tracks, track_count, &interleaving, &bytes, fault);
    const uint64_t header_len = bytes.len;
    if (status == STATUS_OK)
        status = title_files_put(files, &bytes, &object, fault);
    if (status == STATUS_OK) {
        index_writer_add_file(files->writer, span_of_string(has_video ? "video.mp4" : "audio.mp4"),
                              span_of_string(content_type(has_video)));
        index_writer_add_extent(files->writer, object, 0, header_len);
        for (size_t i = 0; i < interleaving.count; i++) {
            const struct chunk *chunk = &interleaving.chunks[i];
            const struct fragment_record *fragment =
                &tracks[chunk->track].fragments[chunk->fragment];
            index_writer_add_extent(files->writer, fragment->object, fragment->payload_offset,
                                    fragment->payload_len);
        }
    }
    byte_buffer_dispose(&bytes);
    interleaving_dispose(&interleaving);
    return status;
}

enum status title_files_add(struct title_files *files, const struct track_record *tracks,
                            unsigned track_count, const struct span *headers, struct fault *fault)
{
    for (unsigned i = 0; i < track_count; i++)
        add_track(files->writer, &tracks[i]);
    enum status status = add_classic(files, tracks, track_count, headers, fault);
    for (unsigned i = 0; status == STATUS_OK && i < track_count; i++)
        status = add_fragmented(files, &tracks[i], headers[i], fault);
    return status;
}
