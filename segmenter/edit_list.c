#include "segmenter/edit_list.h"

#include "segmenter/box.h"

#define EMPTY_EDIT UINT64_MAX /* media_time -1 */
#define NORMAL_RATE 0x00010000

static void write_entry(struct byte_buffer *out, bool is_wide, uint64_t duration,
                        uint64_t media_time)
{
    if (is_wide) {
        byte_buffer_put_be64(out, duration);
        byte_buffer_put_be64(out, media_time);
    } else {
        byte_buffer_put_be32(out, (uint32_t)duration);
        byte_buffer_put_be32(out, (uint32_t)media_time);
    }
    byte_buffer_put_be32(out, NORMAL_RATE);
}

void edit_list_write(const struct edit_list *list, struct byte_buffer *out)
{
    bool is_wide =
        list->pause > UINT32_MAX || list->duration > UINT32_MAX || list->media_time > INT32_MAX;
    size_t edts = box_begin(out, BOX_TYPE('e', 'd', 't', 's'));
    size_t elst = box_begin_full(out, BOX_TYPE('e', 'l', 's', 't'), is_wide ? 1 : 0, 0);
    byte_buffer_put_be32(out, list->pause > 0 ? 2 : 1);
    if (list->pause > 0)
        write_entry(out, is_wide, list->pause, EMPTY_EDIT);
    write_entry(out, is_wide, list->duration, list->media_time);
    box_end(out, elst);
    box_end(out, edts);
}
