#ifndef DECLARED_END_H
#define DECLARED_END_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Where a file says that it ends: a box or element that would go on behind the last byte tells that
 * the file was cut off. libavformat reads on over such an end without a word.
 */

/* Copies up to `len` bytes from `offset` of the file and returns how many there were. */
typedef size_t (*file_reader)(void *context, uint64_t offset, uint8_t *bytes, size_t len);

/* MP4 and MOV: where the outermost boxes end (ISO/IEC 14496-12, 4.2), which is `size`, the file's,
 * when nothing is missing. Bytes behind the last box that are no box do not count. */
uint64_t declared_end_of_boxes(file_reader read, void *context, uint64_t size);

/* Matroska and WebM: where the Segment ends or, if it leaves its size open as a live recording
 * does, the last Cluster, or what is in it (RFC 8794; RFC 9559, 5.1). Not more than `size` when
 * nothing is missing. */
uint64_t declared_end_of_ebml(file_reader read, void *context, uint64_t size);

/* MPEG-TS of packets of `packet_len` bytes: where the last packet ends. A recording may begin in
 * the middle of one. Not more than `size` when nothing is missing. */
uint64_t declared_end_of_packets(file_reader read, void *context, uint64_t size,
                                 uint64_t packet_len);

#endif
