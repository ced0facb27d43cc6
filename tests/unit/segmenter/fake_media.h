#ifndef FAKE_MEDIA_H
#define FAKE_MEDIA_H

#include "made_fragment.h"
#include "segmenter/media.h"

/*
 * Media without libav: packets from a list, fragments put together by hand. Fails the test when its
 * user breaks the port's contract.
 */
struct fake_packet {
    struct media_packet packet;
    uint32_t size; /* bytes */
};

#define FAKE_OPEN_MAX 4096

struct fake_media {
    struct media media; /* the port; set its tracks */
    struct fake_packet *packets;
    size_t count;
    size_t capacity;
    size_t next;
    enum status end;       /* what `next` returns at the end: STATUS_NOT_FOUND */
    size_t fail_append_at; /* number of the append that fails, from 1; 0: none */
    size_t fail_fragment_at;
    size_t appends;
    size_t fragments;
    bool holds_packet;
    struct made_sample open[MEDIA_MAX_TRACKS][FAKE_OPEN_MAX];
    uint32_t open_count[MEDIA_MAX_TRACKS];
    uint64_t open_decode_time[MEDIA_MAX_TRACKS];
    struct byte_buffer headers[MEDIA_MAX_TRACKS];
};

/* Video of 1000 ticks a second and, with two tracks, audio of 48000; no packets yet. */
struct fake_media *fake_media_new(unsigned track_count);
void fake_media_free(struct fake_media *media);

/* Back to the first packet, as if newly opened. */
void fake_media_rewind(struct fake_media *media);

void fake_media_add(struct fake_media *media, struct fake_packet packet);

/* A film of `seconds`: video of 25 frames a second with a key frame every two seconds and audio
 * packets of 1024 samples, in the order of their decode times. */
void fake_media_add_film(struct fake_media *media, unsigned seconds);

#endif
