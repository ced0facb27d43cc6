#ifndef STANDARD_STREAMS_H
#define STANDARD_STREAMS_H

/*
 * Descriptors 0, 1 and 2 are those of standard input, output and error even when whoever started
 * the program had closed one. Otherwise the next file that is opened, an object of a store or a
 * client's socket, would become "standard output" and get what is meant for a person. A stream that
 * was closed fails with EBADF when it is used, as if it still were.
 *
 * Call it first in main, before anything is opened.
 */
void standard_streams_hold(void);

#endif
