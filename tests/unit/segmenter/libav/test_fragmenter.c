#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <libavutil/pixfmt.h>

#include "segmenter/libav/fragmenter.h"

/* Two frames of VP9 into a fragment. Without a pixel format the muxer leaves the codec
 * configuration out, and says nothing. */
static enum status write_vp9(enum AVPixelFormat format, struct byte_buffer *bytes,
                             struct fault *fault)
{
    AVFormatContext *input = avformat_alloc_context();
    AVStream *stream = avformat_new_stream(input, NULL);
    stream->time_base = av_make_q(1, 1000);
    stream->codecpar->codec_type = AVMEDIA_TYPE_VIDEO;
    stream->codecpar->codec_id = AV_CODEC_ID_VP9;
    stream->codecpar->width = 320;
    stream->codecpar->height = 240;
    stream->codecpar->format = format;
    struct fragmenter *fragmenter = NULL;
    AVPacket *packet = av_packet_alloc();
    assert_int_equal(fragmenter_new(stream, "input.webm", &fragmenter, fault), STATUS_OK);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(av_new_packet(packet, 100), 0);
        memset(packet->data, 0, 100);
        packet->dts = packet->pts = i * fragmenter_time_base(fragmenter).den;
        packet->duration = fragmenter_time_base(fragmenter).den;
        packet->flags = i == 0 ? AV_PKT_FLAG_KEY : 0;
        assert_int_equal(fragmenter_write(fragmenter, packet, fault), STATUS_OK);
    }
    enum status status = fragmenter_flush(fragmenter, bytes, fault);
    av_packet_free(&packet);
    fragmenter_free(fragmenter);
    avformat_free_context(input);
    return status;
}

static void a_fragment_is_moof_and_mdat(void **state)
{
    (void)state;
    struct byte_buffer bytes = {0};
    struct fault fault = {0};
    assert_int_equal(write_vp9(AV_PIX_FMT_YUV420P, &bytes, &fault), STATUS_OK);
    assert_memory_equal(bytes.base + 4, "moof", 4);
    assert_memory_equal(bytes.base + bytes.len - 200 - 4, "mdat", 4);
    byte_buffer_dispose(&bytes);
}

static void a_header_that_nobody_could_open_is_refused(void **state)
{
    (void)state;
    struct byte_buffer bytes = {0};
    struct fault fault = {0};
    assert_int_equal(write_vp9(AV_PIX_FMT_NONE, &bytes, &fault), STATUS_INVALID);
    assert_non_null(strstr(fault.text, "input.webm: track 1 cannot be written as MP4"));
    byte_buffer_dispose(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fragment_is_moof_and_mdat),
        cmocka_unit_test(a_header_that_nobody_could_open_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
