#ifndef INDEX_LAYOUT_H
#define INDEX_LAYOUT_H

#include "base/digest.h"
#include "base/span.h"

/*
 * Where everything lies in an index, for its reader and its writer alone (docs/index-format.md).
 * The layout is canonical: header, five tables in the order below, strings, with no gap anywhere;
 * the strings stand in the order in which the records name them. So one publication has exactly
 * one encoding, and comparing bytes compares publications.
 */
#define INDEX_MAGIC "SEGUEIDX"
#define INDEX_VERSION 1

/* Offsets in the header. A string reference is an offset in the strings and a length, 32 bits
 * each; a table's descriptor is offset (64 bits), count, and record size (32 bits each). */
enum index_header_at {
    INDEX_AT_MAGIC = 0,
    INDEX_AT_VERSION = 8,
    INDEX_AT_HEADER_SIZE = 12,
    INDEX_AT_TOTAL_SIZE = 16,
    INDEX_AT_CHECKSUM = 24,
    INDEX_AT_PUBLISHED = 56,
    INDEX_AT_TITLE = 64,
    INDEX_AT_TABLES = 72,
    INDEX_AT_STRINGS = 152, /* offset and length, 64 bits each */
    INDEX_HEADER_LEN = 168,
};

enum index_table {
    INDEX_TRACKS,
    INDEX_SEGMENTS,
    INDEX_FILES,
    INDEX_EXTENTS,
    INDEX_OBJECTS,
    INDEX_TABLE_COUNT,
};

#define INDEX_TABLE_DESCRIPTOR_LEN 16

enum index_record_len {
    INDEX_TRACK_LEN = 56,
    INDEX_SEGMENT_LEN = 24,
    INDEX_FILE_LEN = 48,
    INDEX_EXTENT_LEN = 32,
    INDEX_OBJECT_LEN = 64,
};

/* Where an object's record has its name. */
#define INDEX_OBJECT_AT_NAME 40

static inline uint32_t load_le32(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static inline uint64_t load_le64(const uint8_t *at)
{
    return load_le32(at) | (uint64_t)load_le32(at + 4) << 32;
}

/* Below, at or above 0 as `a` sorts before, with or after `b`: bytewise, the shorter first. */
static inline int index_name_order(struct span a, struct span b)
{
    size_t common = a.len < b.len ? a.len : b.len;
    int order = common == 0 ? 0 : memcmp(a.base, b.base, common);
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

/* SHA-256 over an index with its checksum field taken as zero. At least a header long. */
struct digest index_checksum(struct span bytes);

#endif
