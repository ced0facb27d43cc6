/*
 * Fills a store with many small titles, or a few with many extents, for tests/bench/scale.sh:
 *
 *     make_store STORE TITLES EXTENTS
 *
 * writes TITLES titles, "t<EXTENTS>-0" and so on, each with one file, video.mp4: a header object of
 * the title's own, then EXTENTS slices of 16 KiB. The slices lie in 16 objects that all titles
 * share, so a million titles take two blocks of disk each, and titles with few extents and with
 * many read the same bytes. The store is made when there is none; a title that is there already is
 * replaced.
 *
 * What it writes is what publishing would (verify agrees), but nothing is synced before the end and
 * nothing is claimed: nobody else may write to the store meanwhile.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/fs/fs_file.h"
#include "store/fs/fs_layout.h"

#define HEADER_SIZE 512
#define MEDIA_OBJECTS 16
#define MEDIA_SIZE 65536
#define SLICE_SIZE 16384
#define SLICES_PER_OBJECT (MEDIA_SIZE / SLICE_SIZE)
#define SLICE_MS 1000
#define TEMPORARY "make_store.new"

struct maker {
    struct fs_store *store;
    struct naming_key key;
    struct index_object media[MEDIA_OBJECTS];
};

static _Noreturn void die(const char *what, const char *why)
{
    fprintf(stderr, "make_store: %s: %s\n", what, why);
    exit(1);
}

static void check(int error, const char *what)
{
    if (error != 0)
        die(what, strerror(error));
}

/* Unlike fs_file_create it leaves writing back to the kernel: a million times that is minutes. */
static int write_file(int dir, const char *path, struct span content)
{
    int fd = openat(dir, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno;
    ssize_t written = write(fd, content.base, content.len);
    int error = written == (ssize_t)content.len ? 0 : written < 0 ? errno : ENOSPC;
    close(fd);
    return error;
}

/* Makes the directory that ends at `len` in `path`. */
static void make_dir(const struct maker *maker, char *path, size_t len)
{
    char next = path[len];
    path[len] = '\0';
    check(fs_dir_make(maker->store->root, path), path);
    path[len] = next;
}

static struct index_object put(const struct maker *maker, struct span content)
{
    struct index_object object = {.size = content.len, .sha256 = digest_sha256(content)};
    char path[FS_OBJECT_PATH_SIZE];
    object.name = object_name_of(&maker->key, &object.sha256);
    fs_object_path(&object.name, path);
    int error = write_file(maker->store->root, path, content);
    if (error == ENOENT) {
        make_dir(maker, path, FS_FANOUT_LEN - 3);
        make_dir(maker, path, FS_FANOUT_LEN);
        error = write_file(maker->store->root, path, content);
    }
    if (error != EEXIST)
        check(error, "an object");
    return object;
}

static void publish(const struct maker *maker, struct span title, struct span index)
{
    char path[FS_TITLE_PATH_SIZE];
    int root = maker->store->root;
    if (!fs_title_path(title, path))
        die("title", "no valid name");
    check(write_file(root, TEMPORARY, index), "an index");
    if (renameat(root, TEMPORARY, root, path) == 0)
        return;
    make_dir(maker, path, FS_SHARD_LEN);
    check(renameat(root, TEMPORARY, root, path) == 0 ? 0 : errno, path);
}

/* Bytes that depend on `seed` and look like no other seed's. */
static void fill(uint8_t *bytes, size_t len, uint64_t seed)
{
    for (size_t i = 0; i < len; i++) {
        seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
        bytes[i] = (uint8_t)(seed >> 56);
    }
}

static void make_media(struct maker *maker)
{
    static uint8_t bytes[MEDIA_SIZE];
    for (uint64_t i = 0; i < MEDIA_OBJECTS; i++) {
        fill(bytes, sizeof(bytes), i + 1);
        maker->media[i] = put(maker, span_of(bytes, sizeof(bytes)));
    }
}

static const struct index_track track = {
    .kind = TRACK_VIDEO,
    .codec = {(const uint8_t *)"h264", 4},
    .language = {(const uint8_t *)"und", 3},
    .timescale = 1000,
    .width = 1280,
    .height = 720,
};

static void add_media(const struct maker *maker, struct index_writer *writer, uint64_t first,
                      uint32_t extents)
{
    for (uint32_t i = 0; i < extents; i++) {
        uint32_t slice = i % SLICES_PER_OBJECT;
        uint64_t media = (first + i / SLICES_PER_OBJECT) % MEDIA_OBJECTS;
        uint32_t object = index_writer_add_object(writer, &maker->media[media]);
        struct index_segment segment = {(uint64_t)i * SLICE_MS, SLICES_PER_OBJECT * SLICE_MS,
                                        object};
        if (slice == 0)
            index_writer_add_segment(writer, &segment);
        index_writer_add_extent(writer, object, (uint64_t)slice * SLICE_SIZE, SLICE_SIZE);
    }
}

static void make_title(const struct maker *maker, uint64_t number, uint32_t extents)
{
    uint8_t bytes[HEADER_SIZE];
    char name[64];
    struct byte_buffer encoded = {0};
    struct fault fault = {0};
    struct index_track own_track = track;
    snprintf(name, sizeof(name), "t%u-%llu", extents, (unsigned long long)number);
    /* The time makes every run's publication another. */
    fill(bytes, sizeof(bytes), clock_monotonic_ns() ^ number << 40);
    struct index_object header = put(maker, span_of(bytes, sizeof(bytes)));

    struct index_writer *writer = index_writer_new(span_of_string(name), clock_unix_s());
    own_track.duration_ticks = (uint64_t)extents * SLICE_MS;
    index_writer_add_track(writer, &own_track);
    index_writer_add_file(writer, span_of_string("video.mp4"), span_of_string("video/mp4"));
    index_writer_add_extent(writer, index_writer_add_object(writer, &header), 0, HEADER_SIZE);
    add_media(maker, writer, number, extents);
    if (index_writer_finish(writer, &encoded, &fault) != STATUS_OK)
        die(name, fault.text);
    publish(maker, span_of_string(name), byte_buffer_span(&encoded));
    byte_buffer_dispose(&encoded);
    index_writer_free(writer);
}

static void read_key(struct maker *maker)
{
    struct byte_buffer bytes = {0};
    struct stat stat;
    check(fs_file_read(maker->store->root, "naming.key", NAMING_KEY_LEN, &bytes, &stat), "key");
    if (bytes.len != NAMING_KEY_LEN)
        die("naming.key", "it is too short");
    memcpy(maker->key.bytes, bytes.base, NAMING_KEY_LEN);
    byte_buffer_dispose(&bytes);
}

static unsigned long read_count(const char *text)
{
    char *end;
    errno = 0;
    unsigned long count = strtoul(text, &end, 10);
    if (errno != 0 || *text < '0' || *text > '9' || *end != '\0' || count > UINT32_MAX)
        die(text, "it is no count");
    return count;
}

int main(int argc, char **argv)
{
    struct fault fault = {0};
    struct store *store;
    struct maker maker;
    if (argc != 4) {
        fputs("usage: make_store STORE TITLES EXTENTS\n", stderr);
        return 2;
    }
    unsigned long titles = read_count(argv[2]);
    uint32_t extents = (uint32_t)read_count(argv[3]);
    if (fs_store_open(argv[1], true, &store, &fault) != STATUS_OK)
        die(argv[1], fault.text);
    maker.store = fs_store_of(store);
    read_key(&maker);
    make_media(&maker);
    for (unsigned long i = 0; i < titles; i++)
        make_title(&maker, i, extents);
    check(syncfs(maker.store->root) == 0 ? 0 : errno, "sync");
    store->ops->close(store);
    return 0;
}
