#ifndef KEY_REPORT_H
#define KEY_REPORT_H

#include <stdio.h>

#include "auth/key_set.h"
#include "segmenter/cli/signing.h"

/* What `segue key` and `segue token` print with --json: one JSON value and a newline, and nothing
 * of a secret. */

void key_report_keys(FILE *out, const struct key_set *set);

void key_report_token(FILE *out, const struct signed_token *token);

/* A signed URL, and when it ends. */
void key_report_url(FILE *out, const char *url, const struct signed_token *token);

#endif
