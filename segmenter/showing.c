#include "segmenter/showing.h"

struct showing showing_of(const struct track_record *track)
{
    const struct sample_table *samples = &track->samples;
    int64_t zero = (int64_t)track->media.lead_ticks - /* presentation time 0 */
                   (int64_t)track_record_first_decode_time(track);
    int64_t begin = (int64_t)samples->min_composition;
    int64_t end = (int64_t)samples->max_composition;
    struct showing showing = {0};
    if (track->media.shown_until < end - zero)
        end = track->media.shown_until + zero;
    showing.is_trimmed = end < (int64_t)samples->max_composition;
    if (zero < begin)
        showing.pause = (uint64_t)(begin - zero);
    else
        begin = zero;
    showing.media_time = (uint64_t)begin;
    showing.duration = end > begin ? (uint64_t)(end - begin) : 0;
    return showing;
}
