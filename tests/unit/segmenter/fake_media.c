#include "fake_media.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <stdlib.h>

#include "made_header.h"

static struct fake_media *impl(struct media *media)
{
    return (struct fake_media *)media;
}

static enum status next(struct media *media, struct media_packet *packet, struct fault *fault)
{
    struct fake_media *self = impl(media);
    assert_false(self->holds_packet);
    if (self->next == self->count)
        return self->end == STATUS_NOT_FOUND ? STATUS_NOT_FOUND
                                             : fault_raise(fault, self->end, "the input broke off");
    *packet = self->packets[self->next].packet;
    self->holds_packet = true;
    return STATUS_OK;
}

static enum status append(struct media *media, struct fault *fault)
{
    struct fake_media *self = impl(media);
    assert_true(self->holds_packet);
    self->holds_packet = false;
    const struct fake_packet *entry = &self->packets[self->next++];
    unsigned track = entry->packet.track;
    int64_t lead = (int64_t)media->tracks[track].lead_ticks;
    if (++self->appends == self->fail_append_at)
        return fault_raise(fault, STATUS_INVALID, "the packet is bad");
    if (self->open_count[track] == 0)
        self->open_decode_time[track] = (uint64_t)(entry->packet.dts + lead);
    assert_true(self->open_count[track] < FAKE_OPEN_MAX);
    self->open[track][self->open_count[track]++] = (struct made_sample){
        .size = entry->size,
        .duration = (uint32_t)entry->packet.duration,
        .offset = (uint32_t)(entry->packet.pts - entry->packet.dts),
        .flags = entry->packet.is_key ? MADE_SYNC : MADE_NON_SYNC,
    };
    return STATUS_OK;
}

static enum status end_fragment(struct media *media, unsigned track, struct byte_buffer *bytes,
                                struct fault *fault)
{
    struct fake_media *self = impl(media);
    assert_true(self->open_count[track] > 0);
    if (++self->fragments == self->fail_fragment_at)
        return fault_raise(fault, STATUS_INVALID, "the fragment is bad");
    make_fragment(&(struct made_fragment){MADE_EXPLICIT,
                                          .decode_time = self->open_decode_time[track],
                                          .samples = self->open[track],
                                          .sample_count = self->open_count[track],
                                          .fill = (uint8_t)self->fragments},
                  bytes);
    self->open_count[track] = 0;
    return STATUS_OK;
}

static struct span header(struct media *media, unsigned track)
{
    return byte_buffer_span(&impl(media)->headers[track]);
}

static struct media_progress progress(struct media *media)
{
    return (struct media_progress){impl(media)->next, impl(media)->count};
}

static void close_media(struct media *media)
{
    fake_media_free(impl(media));
}

static const struct media_ops fake_ops = {
    .next = next,
    .append = append,
    .end_fragment = end_fragment,
    .header = header,
    .progress = progress,
    .close = close_media,
};

struct fake_media *fake_media_new(unsigned track_count)
{
    struct fake_media *self = calloc(1, sizeof(*self));
    assert_non_null(self);
    self->end = STATUS_NOT_FOUND;
    self->media.ops = &fake_ops;
    self->media.track_count = track_count;
    self->media.tracks[0] = (struct media_track){.kind = TRACK_VIDEO,
                                                 .codec = "h264",
                                                 .language = "und",
                                                 .timescale = 1000,
                                                 .width = 320,
                                                 .height = 240,
                                                 .shown_until = INT64_MAX};
    self->media.tracks[1] = (struct media_track){.kind = TRACK_AUDIO,
                                                 .codec = "aac",
                                                 .language = "deu",
                                                 .timescale = 48000,
                                                 .sample_rate = 48000,
                                                 .channels = 2,
                                                 .shown_until = INT64_MAX};
    make_header(&(struct made_header){1000, 1000, "video description", false}, &self->headers[0]);
    make_header(&(struct made_header){1000, 48000, "audio description", false}, &self->headers[1]);
    return self;
}

void fake_media_free(struct fake_media *media)
{
    for (int i = 0; i < MEDIA_MAX_TRACKS; i++)
        byte_buffer_dispose(&media->headers[i]);
    free(media->packets);
    free(media);
}

void fake_media_rewind(struct fake_media *media)
{
    media->next = media->appends = media->fragments = 0;
    media->holds_packet = false;
    memset(media->open_count, 0, sizeof(media->open_count));
}

void fake_media_add(struct fake_media *media, struct fake_packet packet)
{
    if (media->count == media->capacity) {
        media->capacity = 2 * media->capacity + 64;
        media->packets = realloc(media->packets, media->capacity * sizeof(*media->packets));
        assert_non_null(media->packets);
    }
    media->packets[media->count++] = packet;
}

void fake_media_add_film(struct fake_media *media, unsigned seconds)
{
    int64_t audio_end = media->media.track_count > 1 ? (int64_t)seconds * 48000 : 0;
    int64_t audio = 0;
    for (int64_t i = 0; i < (int64_t)seconds * 25; i++) {
        fake_media_add(media, (struct fake_packet){{0, 40 * i, 40 * i, 40, i % 50 == 0},
                                                   (uint32_t)(100 + i % 7)});
        for (; audio * 1024 < audio_end && audio * 1024 < (i + 1) * 1920; audio++)
            fake_media_add(media, (struct fake_packet){{1, audio * 1024, audio * 1024, 1024, true},
                                                       (uint32_t)(20 + audio % 3)});
    }
}
