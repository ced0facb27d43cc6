#ifndef INDEX_FIXTURE_H
#define INDEX_FIXTURE_H

#include "base/byte_buffer.h"
#include "store/index.h"

/*
 * A small valid index that tests look at and damage: title "bunny", two tracks with three segments,
 * three files and three objects of 1000, 2000 and 3000 bytes.
 *
 *     track 0  video h264 und   segments 0, 1   objects 0, 1
 *     track 1  audio aac eng    segment 2       object 2
 *     a0.mp4     audio/mp4   object 2 whole
 *     empty.txt  text/plain  no extent
 *     video.mp4  video/mp4   object 0 from 100 (900), object 2 from 0 (500), object 1 from 8 (1992)
 */
#define FIXTURE_TITLE "bunny"
#define FIXTURE_PUBLISHED_S 1700000000

/* The object's name and digest are its number in every byte. */
struct index_object fixture_object(uint8_t number, uint64_t size);

/* A writer that has all of the above. */
struct index_writer *fixture_writer(int64_t published_s);

/* Appends the finished index. */
void fixture_index(struct byte_buffer *out);

#endif
