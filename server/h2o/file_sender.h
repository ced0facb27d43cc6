#ifndef FILE_SENDER_H
#define FILE_SENDER_H

#include "server/h2o/libh2o.h"
#include "server/window.h"

/*
 * Sends a window over plain HTTP/1.1 with sendfile(2): the kernel hands the pages of the objects
 * to the socket as they lie in its cache, where a write would copy each. libh2o has nothing to
 * write meanwhile: between its call of `proceed` and our next h2o_send the socket is ours.
 */
struct file_sender {
    h2o_socket_t *socket;
    const struct window *window; /* borrowed */
    size_t slice;                /* that is being sent */
    uint64_t sent;               /* bytes of it */
};

enum file_sender_outcome {
    FILE_SENDER_DONE,
    FILE_SENDER_FULL, /* the socket takes no more just now */
    FILE_SENDER_FAILED,
};

/* Every found slice of `window` lies in an object with a descriptor. */
void file_sender_init(struct file_sender *sender, h2o_socket_t *socket,
                      const struct window *window);

/* Sends as much as the socket takes; *sent_bytes is how much that was. */
enum file_sender_outcome file_sender_run(struct file_sender *sender, uint64_t *sent_bytes);

#endif
