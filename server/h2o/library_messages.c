#include "server/h2o/library_messages.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char unknown_frame[] = "skipping frame ";

/* The stream is not buffered: each message comes by itself. What cannot be written is lost, as it
 * would be without us. */
static ssize_t pass_on(void *cookie, const char *text, size_t len)
{
    size_t prefix_len = sizeof(unknown_frame) - 1;
    (void)cookie;
    if (len >= prefix_len && memcmp(text, unknown_frame, prefix_len) == 0)
        return (ssize_t)len;
    return write(STDERR_FILENO, text, len);
}

void library_messages_filter(void)
{
    FILE *stream = fopencookie(NULL, "w", (cookie_io_functions_t){.write = pass_on});
    if (stream == NULL)
        return;
    setvbuf(stream, NULL, _IONBF, 0);
    stderr = stream;
}
