#include "store/verify.h"

#include "store/residency.h"

/* Hashed in steps that fit a cache, each brought into memory first. */
#define STEP_BYTES ((size_t)1 << 20)

/* Files named in one message; an object belongs to a track's file, the classic view, rarely more.
 */
#define MAX_FILES_NAMED 4

struct verification {
    struct store *store;
    const struct index *index;
    verify_visitor visitor;
    void *context;
    struct verify_report *report;
};

static void report_damage(const struct verification *run, const char *text)
{
    run->report->damaged++;
    run->visitor(run->context, text);
}

static bool find_use(const struct index *index, const struct index_file *file, uint32_t object,
                     uint64_t *offset)
{
    for (uint32_t i = file->first_extent; i < file->first_extent + file->extent_count; i++) {
        struct index_extent extent = index_extent(index, i);
        if (extent.object == object) {
            *offset = extent.file_offset;
            return true;
        }
    }
    return false;
}

/* "; v0.mp4 from byte 9000, video.mp4 from byte 12000": what a viewer would miss. */
static void describe_uses(const struct index *index, uint32_t object, struct byte_buffer *text)
{
    unsigned named = 0;
    for (uint32_t i = 0; i < index->file_count && named < MAX_FILES_NAMED; i++) {
        struct index_file file = index_file(index, i);
        uint64_t offset;
        if (!find_use(index, &file, object, &offset))
            continue;
        byte_buffer_printf(text, "%s %.*s from byte %llu", named == 0 ? "; it is in" : ",",
                           SPAN_PRINT(file.name), (unsigned long long)offset);
        named++;
    }
}

static void report_object(const struct verification *run, uint32_t i, const char *what)
{
    struct byte_buffer text = {0};
    byte_buffer_printf(&text, "title %.*s: object %u of %llu bytes %s",
                       SPAN_PRINT(run->index->title), i,
                       (unsigned long long)index_object(run->index, i).size, what);
    describe_uses(run->index, i, &text);
    byte_buffer_put_u8(&text, '\0');
    report_damage(run, (const char *)text.base);
    byte_buffer_dispose(&text);
}

static enum status hash(struct span bytes, struct digest *sha256)
{
    struct digest_state *state = digest_new();
    enum status status = STATUS_OK;
    for (size_t done = 0; done < bytes.len && status == STATUS_OK; done += STEP_BYTES) {
        size_t len = bytes.len - done < STEP_BYTES ? bytes.len - done : STEP_BYTES;
        struct span step = span_slice(bytes, done, len);
        status = residency_populate(step);
        if (status == STATUS_OK)
            digest_update(state, step);
    }
    *sha256 = digest_finish(state);
    return status;
}

static void check_content(const struct verification *run, uint32_t i, struct span bytes)
{
    struct index_object object = index_object(run->index, i);
    struct digest sha256;
    run->report->bytes += bytes.len;
    if (hash(bytes, &sha256) != STATUS_OK)
        report_object(run, i, "cannot be read from the disk");
    else if (memcmp(sha256.bytes, object.sha256.bytes, sizeof(sha256.bytes)) != 0)
        report_object(run, i, "does not have the content that was stored");
}

static enum status check_object(const struct verification *run, uint32_t i, struct fault *fault)
{
    struct index_object object = index_object(run->index, i);
    struct blob *blob = NULL;
    struct fault cause = {0};
    run->report->objects++;
    enum status status = run->store->ops->load_object(run->store, &object, &blob, &cause);
    switch (status) {
    case STATUS_OK:
        check_content(run, i, blob->bytes);
        blob_release(blob);
        return STATUS_OK;
    case STATUS_NOT_FOUND:
        report_object(run, i, "is missing");
        return STATUS_OK;
    case STATUS_DAMAGED:
        report_object(run, i, "is there with another size");
        return STATUS_OK;
    default:
        return fault_raise(fault, status, "title %.*s: object %u: %s",
                           SPAN_PRINT(run->index->title), i, cause.text);
    }
}

enum status verify_title(struct store *store, struct span title, verify_visitor visitor,
                         void *context, struct verify_report *report, struct fault *fault)
{
    struct index index;
    struct blob *blob = NULL;
    struct publication_stamp stamp;
    struct fault cause = {0};
    const struct verification run = {store, &index, visitor, context, report};
    enum status status = store->ops->load_index(store, title, &blob, &index, &stamp, &cause);
    if (status == STATUS_DAMAGED || status == STATUS_UNSUPPORTED) {
        report->titles++;
        report_damage(&run, cause.text);
        return STATUS_OK;
    }
    if (status != STATUS_OK)
        return fault_raise(fault, status, "%s", cause.text);
    report->titles++;
    for (uint32_t i = 0; i < index.object_count && status == STATUS_OK; i++)
        status = check_object(&run, i, fault);
    blob_release(blob);
    return status;
}

static enum status report_stray(void *context, const char *text)
{
    report_damage(context, text);
    return STATUS_OK;
}

enum status verify_strays(struct store *store, verify_visitor visitor, void *context,
                          struct verify_report *report, struct fault *fault)
{
    struct verification run = {
        .store = store, .visitor = visitor, .context = context, .report = report};
    return store->ops->list_strays(store, report_stray, &run, fault);
}
