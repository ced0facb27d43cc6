#ifndef PLAY_PAGE_H
#define PLAY_PAGE_H

#include "base/byte_buffer.h"
#include "base/span.h"

/*
 * The page that plays a title: server/play.html, with the title's URI put in. Whatever comes from
 * the request is checked against an alphabet that means nothing in HTML, so there is nothing to
 * escape.
 */
struct play_request {
    struct span title;
    struct span file; /* "video.mp4" unless asked otherwise */
    struct span token_name;
    struct span token; /* empty: none */
};

/* Reads the query of /play, without its '?'; the token is called `token_name`, which is borrowed
 * and valid (uri_token_name_is_valid), here and in the page. False when title is missing or a value
 * is not what it must be; names follow base/name.h, a token is letters, digits, '.', '-' and '_'.
 * Pure. */
bool play_request_parse(struct span query, struct span token_name, struct play_request *request);

#define PLAY_NONCE_LEN 32

/* Appends the page. `origin` is scheme://host:port of the listener that serves the title; `nonce`
 * goes with the same in the Content-Security-Policy. */
void play_page_print(const struct play_request *request, struct span origin,
                     const char nonce[PLAY_NONCE_LEN + 1], struct byte_buffer *page);

/* Appends the value of the Content-Security-Policy that the page needs. */
void play_page_print_policy(struct span origin, const char nonce[PLAY_NONCE_LEN + 1],
                            struct byte_buffer *policy);

#endif
