#include "segmenter/libav/header_check.h"

#include <libavformat/avformat.h>

#include <stdlib.h>

#define IO_BUFFER_LEN 4096

static int on_read(void *opaque, uint8_t *bytes, int len)
{
    struct span *rest = opaque;
    size_t taken = (size_t)len < rest->len ? (size_t)len : rest->len;
    if (taken == 0)
        return AVERROR_EOF;
    memcpy(bytes, rest->base, taken);
    *rest = span_slice(*rest, taken, rest->len - taken);
    return (int)taken;
}

int header_check(struct span header, enum AVCodecID codec)
{
    struct span rest = header;
    AVFormatContext *input = avformat_alloc_context();
    uint8_t *buffer = av_malloc(IO_BUFFER_LEN);
    if (input == NULL || buffer == NULL)
        abort();
    AVIOContext *io = avio_alloc_context(buffer, IO_BUFFER_LEN, 0, &rest, on_read, NULL, NULL);
    if (io == NULL)
        abort();
    input->pb = io;
    /* Frees `input` when it fails. */
    int code = avformat_open_input(&input, NULL, av_find_input_format("mp4"), NULL);
    if (code >= 0 && (input->nb_streams != 1 || input->streams[0]->codecpar->codec_id != codec))
        code = AVERROR_INVALIDDATA;
    avformat_close_input(&input);
    av_freep(&io->buffer);
    avio_context_free(&io);
    return code < 0 ? code : 0;
}
