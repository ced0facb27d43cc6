#ifndef ERROR_QUEUE_H
#define ERROR_QUEUE_H

/* Forgets the errors that OpenSSL keeps for this thread. Whoever provoked one clears it: an error
 * left behind is what SSL_get_error reports next, about a connection that has nothing to do with
 * it. */
void error_queue_clear(void);

#endif
