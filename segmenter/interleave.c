#include "segmenter/interleave.h"

#include <stdlib.h>

__extension__ typedef __int128 wide; /* product of a time and a timescale */

/* Whether the next fragment of `a` begins before the next one of `b`. */
static bool begins_before(const struct track_record *a, size_t a_next, const struct track_record *b,
                          size_t b_next)
{
    wide a_time = (wide)a->fragments[a_next].begin * b->media.timescale;
    wide b_time = (wide)b->fragments[b_next].begin * a->media.timescale;
    return a_time < b_time;
}

/* The track whose next fragment comes first; the lower number when two begin together. */
static unsigned earliest(const struct track_record *tracks, unsigned track_count,
                         const size_t *next)
{
    unsigned best = track_count;
    for (unsigned i = 0; i < track_count; i++) {
        if (next[i] == tracks[i].fragment_count)
            continue;
        if (best == track_count || begins_before(&tracks[i], next[i], &tracks[best], next[best]))
            best = i;
    }
    return best;
}

struct interleaving interleave(const struct track_record *tracks, unsigned track_count)
{
    struct interleaving result = {0};
    size_t next[MEDIA_MAX_TRACKS] = {0};
    for (unsigned i = 0; i < track_count; i++)
        result.count += tracks[i].fragment_count;
    result.chunks = calloc(result.count > 0 ? result.count : 1, sizeof(*result.chunks));
    if (result.chunks == NULL)
        abort();
    for (size_t i = 0; i < result.count; i++) {
        unsigned track = earliest(tracks, track_count, next);
        result.chunks[i] = (struct chunk){track, next[track], result.payload_len};
        result.payload_len += tracks[track].fragments[next[track]].payload_len;
        next[track]++;
    }
    return result;
}

void interleaving_dispose(struct interleaving *interleaving)
{
    free(interleaving->chunks);
    *interleaving = (struct interleaving){0};
}
