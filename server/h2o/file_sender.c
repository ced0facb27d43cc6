#include "server/h2o/file_sender.h"

#include <errno.h>
#include <sys/sendfile.h>

void file_sender_init(struct file_sender *sender, h2o_socket_t *socket, const struct window *window)
{
    *sender = (struct file_sender){.socket = socket, .window = window};
}

enum file_sender_outcome file_sender_run(struct file_sender *sender, uint64_t *sent_bytes)
{
    const struct window *window = sender->window;
    int socket = h2o_socket_get_fd(sender->socket);
    *sent_bytes = 0;
    while (sender->slice < window->found) {
        const struct body_slice *slice = &window->slices[sender->slice];
        off_t offset = (off_t)(slice->offset + sender->sent);
        ssize_t count = sendfile(socket, window->blobs[sender->slice]->fd, &offset,
                                 (size_t)(slice->length - sender->sent));
        if (count < 0 && errno == EAGAIN)
            return FILE_SENDER_FULL;
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0) /* 0: somebody has truncated the object */
            return FILE_SENDER_FAILED;
        *sent_bytes += (uint64_t)count;
        sender->sent += (uint64_t)count;
        if (sender->sent == slice->length) {
            sender->slice++;
            sender->sent = 0;
        }
    }
    return FILE_SENDER_DONE;
}
