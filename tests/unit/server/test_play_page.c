#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server/play_page.h"

#define NONCE "0123456789abcdef0123456789abcdef"

static bool contains(struct span text, const char *part)
{
    return memmem(text.base, text.len, part, strlen(part)) != NULL;
}

static bool parse(const char *query, struct play_request *request)
{
    return play_request_parse(span_of_string(query), span_of_string("URISigningPackage"), request);
}

static void reads_title_file_and_token(void **state)
{
    (void)state;
    struct play_request request;
    assert_true(parse("x=<&title=bunny&file=a0.mp4&URISigningPackage=ey-J_.1.2", &request));
    assert_true(span_is(request.title, "bunny"));
    assert_true(span_is(request.file, "a0.mp4"));
    assert_true(span_is(request.token, "ey-J_.1.2"));
    assert_true(parse("title=bunny", &request));
    assert_true(span_is(request.file, "video.mp4"));
    assert_int_equal(request.token.len, 0);
}

static void refuses_what_could_mean_something_in_html(void **state)
{
    (void)state;
    static const char *const queries[] = {
        "",
        "title=",
        "title",
        "file=video.mp4",
        "title=%3Cscript%3E",
        "title=<script>",
        "title=a\"b",
        "title=a&file=../x",
        "title=a&file=",
        "title=a&URISigningPackage=",
        "title=a&URISigningPackage=a<b",
        "title=a&URISigningPackage=a%22",
        "title=a&URISigningPackage=a'b",
    };
    for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++) {
        struct play_request request;
        if (parse(queries[i], &request))
            fail_msg("'%s'", queries[i]);
    }
}

static void the_page_plays_the_uri(void **state)
{
    (void)state;
    struct play_request request;
    struct byte_buffer page = {0};
    assert_true(parse("title=bunny&URISigningPackage=a.b.c", &request));
    play_page_print(&request, span_of_string("http://localhost:8080"), NONCE, &page);
    struct span text = byte_buffer_span(&page);
    assert_true(contains(
        text, "src=\"http://localhost:8080/v1/bunny/video.mp4?URISigningPackage=a.b.c\" controls"));
    assert_true(contains(text, "<h1>bunny</h1>"));
    assert_true(contains(text, "<script nonce=\"" NONCE "\">"));
    assert_true(contains(text, "<style nonce=\"" NONCE "\">"));
    assert_false(contains(text, "{{"));
    assert_false(contains(text, "https://"));
    byte_buffer_dispose(&page);
}

static void the_token_may_be_called_otherwise(void **state)
{
    (void)state;
    struct play_request request;
    struct byte_buffer page = {0};
    struct span query = span_of_string("title=bunny&usp=a.b.c&URISigningPackage=<");
    assert_true(play_request_parse(query, span_of_string("usp"), &request));
    play_page_print(&request, span_of_string("http://localhost:8080"), NONCE, &page);
    assert_true(contains(byte_buffer_span(&page), "/v1/bunny/video.mp4?usp=a.b.c\""));
    byte_buffer_dispose(&page);
}

static void the_policy_allows_the_one_origin(void **state)
{
    (void)state;
    struct byte_buffer policy = {0};
    play_page_print_policy(span_of_string("https://[::1]:8443"), NONCE, &policy);
    assert_true(span_is(byte_buffer_span(&policy),
                        "default-src 'none'; style-src 'nonce-" NONCE "'; script-src 'nonce-" NONCE
                        "'; media-src https://[::1]:8443; connect-src https://[::1]:8443; "
                        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"));
    byte_buffer_dispose(&policy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_title_file_and_token),
        cmocka_unit_test(refuses_what_could_mean_something_in_html),
        cmocka_unit_test(the_page_plays_the_uri),
        cmocka_unit_test(the_token_may_be_called_otherwise),
        cmocka_unit_test(the_policy_allows_the_one_origin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
