#include "segmenter/showing.h"

struct showing showing_of(const struct track_record *track)
{
    const struct sample_table *samples = &track->samples;
    int64_t first = (int64_t)track_record_first_decode_time(track);
    int64_t raise = -(int64_t)samples->min_offset;
    int64_t zero = (int64_t)track->media.lead_ticks - first + raise; /* presentation time 0 */
    int64_t begin = samples->min_composition + raise;
    int64_t end = samples->max_composition + raise - (int64_t)track->media.padding_ticks;
    struct showing showing = {0};
    if (zero < begin)
        showing.pause = (uint64_t)(begin - zero);
    else
        begin = zero;
    showing.media_time = (uint64_t)begin;
    showing.duration = end > begin ? (uint64_t)(end - begin) : 0;
    return showing;
}
