#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server/route.h"

static void reads_title_and_file(void **state)
{
    (void)state;
    struct route route;
    assert_true(route_parse(span_of_string("/v1/bunny/video.mp4"), &route));
    assert_true(span_is(route.title, "bunny"));
    assert_true(span_is(route.file, "video.mp4"));
}

static void takes_names_of_the_longest_kind(void **state)
{
    (void)state;
    char path[4 + 128 + 1 + 128 + 1];
    memset(path, 'a', sizeof(path));
    memcpy(path, "/v1/", 4);
    path[4 + 128] = '/';
    struct route route;
    assert_true(route_parse(span_of(path, 4 + 128 + 1 + 128), &route));
    assert_false(route_parse(span_of(path, sizeof(path)), &route));
}

static void everything_else_is_no_route(void **state)
{
    (void)state;
    static const char *const paths[] = {
        "",
        "/",
        "*",
        "/v1",
        "/v1/",
        "/v1//",
        "/v1/bunny",
        "/v1/bunny/",
        "/v1//video.mp4",
        "/v1/bunny/video.mp4/",
        "/v1/bunny/a/video.mp4",
        "/v1/bunny//video.mp4",
        "//v1/bunny/video.mp4",
        "v1/bunny/video.mp4",
        "/V1/bunny/video.mp4",
        "/v2/bunny/video.mp4",
        "/v1/.bunny/video.mp4",
        "/v1/../video.mp4",
        "/v1/bunny/..",
        "/v1/bun%20ny/video.mp4",
        "/v1/bunny/video.mp4;x=1",
        "/v1/bunny/video.mp4%00",
        "/v1/b\xc3\xbcnny/video.mp4",
    };
    struct route route;
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        if (route_parse(span_of_string(paths[i]), &route))
            fail_msg("'%s' is no route", paths[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_title_and_file),
        cmocka_unit_test(takes_names_of_the_longest_kind),
        cmocka_unit_test(everything_else_is_no_route),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
