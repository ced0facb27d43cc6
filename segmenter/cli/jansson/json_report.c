#include "segmenter/cli/jansson/json_report.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/hex.h"
#include "segmenter/cli/quantity.h"

/* The building functions of jansson fail only when memory is gone, or on text that is no UTF-8. */
static void set(json_t *object, const char *key, json_t *value)
{
    if (json_object_set_new(object, key, value) != 0)
        abort();
}

static void set_number(json_t *object, const char *key, uint64_t value)
{
    const uint64_t most = INT64_MAX; /* jansson's integers are signed */
    set(object, key, json_integer((json_int_t)(value < most ? value : most)));
}

/* Texts come from file names too, which may be any bytes. */
static json_t *text(struct span bytes)
{
    json_t *value = json_stringn((const char *)bytes.base, bytes.len);
    if (value != NULL)
        return value;
    char *ascii = calloc(bytes.len + 1, 1);
    if (ascii == NULL)
        abort();
    for (size_t i = 0; i < bytes.len; i++)
        ascii[i] = bytes.base[i] < 0x80 ? (char)bytes.base[i] : '?';
    value = json_string(ascii);
    free(ascii);
    return value;
}

static void set_text(json_t *object, const char *key, struct span bytes)
{
    set(object, key, text(bytes));
}

static void set_time(json_t *object, const char *key, int64_t unix_s)
{
    set_text(object, key, span_of_string(quantity_time(unix_s).text));
}

/* Takes `value`. */
static void print(FILE *out, json_t *value)
{
    json_dumpf(value, out, JSON_INDENT(2));
    fputc('\n', out);
    json_decref(value);
}

void json_report_title(FILE *out, const struct title_summary *summary, bool is_first)
{
    json_t *title = json_object();
    set_text(title, "title", span_of_string(summary->title));
    set_number(title, "files", summary->file_count);
    set_number(title, "objects", summary->object_count);
    set_number(title, "stored_bytes", summary->stored_bytes);
    set_number(title, "duration_ms", summary->duration_ms);
    set_time(title, "published", summary->published_s);
    fputs(is_first ? "[\n  " : ",\n  ", out);
    json_dumpf(title, out, 0);
    json_decref(title);
}

void json_report_titles_end(FILE *out, bool is_empty)
{
    fputs(is_empty ? "[]\n" : "\n]\n", out);
}

static json_t *track_value(const struct index *index, const struct index_track *track)
{
    json_t *value = json_object();
    bool is_video = track->kind == TRACK_VIDEO;
    set_text(value, "kind", span_of_string(is_video ? "video" : "audio"));
    set_text(value, "codec", track->codec);
    set_text(value, "language", track->language);
    set_number(value, is_video ? "width" : "sample_rate",
               is_video ? track->width : track->sample_rate);
    set_number(value, is_video ? "height" : "channels", is_video ? track->height : track->channels);
    set_number(value, "timescale", track->timescale);
    set_number(value, "duration_ticks", track->duration_ticks);
    set_number(value, "duration_ms", quantity_ticks_to_ms(track->duration_ticks, track->timescale));
    struct spread spread = title_segment_spread(index, track);
    json_t *segments = json_object();
    set_number(segments, "count", track->segment_count);
    set_number(segments, "least_ms", spread.least);
    set_number(segments, "median_ms", spread.median);
    set_number(segments, "most_ms", spread.most);
    set(value, "segments", segments);
    return value;
}

static json_t *file_value(const struct index_file *file)
{
    char etag[2 * INDEX_ETAG_LEN + 1];
    json_t *value = json_object();
    hex_encode(span_of(file->etag, sizeof(file->etag)), etag);
    set_text(value, "name", file->name);
    set_text(value, "content_type", file->content_type);
    set_number(value, "length", file->length);
    set_text(value, "etag", span_of_string(etag));
    set_number(value, "extents", file->extent_count);
    return value;
}

void json_report_index(FILE *out, const struct index *index)
{
    const struct title_summary summary = title_summary_of(index);
    const struct spread spread = title_object_spread(index);
    json_t *tracks = json_array();
    json_t *files = json_array();
    json_t *objects = json_object();
    json_t *title = json_object();
    for (uint32_t i = 0; i < index->track_count; i++) {
        struct index_track track = index_track(index, i);
        json_array_append_new(tracks, track_value(index, &track));
    }
    for (uint32_t i = 0; i < index->file_count; i++) {
        struct index_file file = index_file(index, i);
        json_array_append_new(files, file_value(&file));
    }
    set_number(objects, "count", summary.object_count);
    set_number(objects, "bytes", summary.stored_bytes);
    set_number(objects, "least_bytes", spread.least);
    set_number(objects, "median_bytes", spread.median);
    set_number(objects, "most_bytes", spread.most);
    set_text(title, "title", index->title);
    set_time(title, "published", summary.published_s);
    set_number(title, "duration_ms", summary.duration_ms);
    set(title, "tracks", tracks);
    set(title, "files", files);
    set(title, "objects", objects);
    print(out, title);
}

void json_report_verification(FILE *out, const struct verify_report *report, char *const *damage,
                              size_t damage_count)
{
    json_t *value = json_object();
    json_t *list = json_array();
    for (size_t i = 0; i < damage_count; i++)
        json_array_append_new(list, text(span_of_string(damage[i])));
    set_number(value, "titles", report->titles);
    set_number(value, "objects", report->objects);
    set_number(value, "bytes", report->bytes);
    set(value, "damage", list);
    print(out, value);
}

void json_report_collection(FILE *out, const struct fs_gc_report *report, bool dry_run)
{
    json_t *value = json_object();
    set(value, "dry_run", json_boolean(dry_run));
    set_number(value, "objects_kept", report->objects_kept);
    set_number(value, "objects_removed", report->objects_removed);
    set_number(value, "bytes_removed", report->bytes_removed);
    set_number(value, "dead_cuts_removed", report->stagings_removed);
    print(out, value);
}
