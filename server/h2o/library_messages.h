#ifndef LIBRARY_MESSAGES_H
#define LIBRARY_MESSAGES_H

/*
 * libh2o tells standard error of every HTTP/2 frame of a type that it does not know, from its loop:
 * a client could fill the log, and a pipe that nobody reads would hold up everybody. Browsers send
 * such frames on purpose (RFC 9113, 4.1 and 5.5), so they are no reason to close.
 */

/* From now on those messages go nowhere; all else that is printed to the stream `stderr` arrives
 * where it did. Call it once, before any loop runs. */
void library_messages_filter(void);

#endif
