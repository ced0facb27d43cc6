#ifndef PLAN_FIXTURE_H
#define PLAN_FIXTURE_H

#include "server/response_plan.h"

/*
 * What the tests of the response plan share: fixture R of the range list, 10000 bytes whose byte i
 * is i mod 251, and what every answer about it must have. Numbers like "36" in tests are lines of
 * that list.
 */
#define R_LENGTH 10000
#define R_BOUNDARY "76310000000000000000000000000000"
#define R_TAG "\"" R_BOUNDARY "\""
#define R_DATE "Tue, 01 Jul 2025 10:00:00 GMT"
#define R_MODIFIED_S INT64_C(1751364000)
#define R_NOW_S (R_MODIFIED_S + 86400)

extern const struct index_file r_file;
extern const struct representation r;
extern const struct representation r_empty;      /* E: no bytes */
extern const struct representation r_six_gib;    /* B: 6 GiB */
extern const struct response_rules r_rules;      /* the defaults */
extern const struct response_rules r_site_rules; /* scripts of https://a.example and b alone */

extern const struct verdict r_allowed;
extern const struct verdict r_public;
extern const struct verdict r_refused;

/* A field's value; NULL: the field is absent. */
struct span field(const char *text);

/* A GET at R_NOW_S with this Range. */
struct request_values get(const char *range);

/* Plans an allowed request for R under the default rules. */
void plan_for(struct response_plan *plan, const struct request_values *values);

/* A header's value; NULL when there is none. Fails when it is there twice. */
const struct span *header(const struct response_plan *plan, enum response_header_name name);

/* `expected` NULL: there is none. */
void assert_header(const struct response_plan *plan, enum response_header_name name,
                   const char *expected);

/* Status, headers and bytes of the three answers with bytes of R, and of 416. */
void assert_whole(const struct response_plan *plan);
void assert_part(const struct response_plan *plan, uint64_t first, uint64_t last);
void assert_parts(const struct response_plan *plan, const struct byte_range *ranges, size_t count);
void assert_unsatisfiable(const struct response_plan *plan);

/* Two answers that nobody can tell apart. */
void assert_same(const struct response_plan *a, const struct response_plan *b);

/* The bytes of R that a plan sends, multipart heads and end included: content_length of them. To be
 * freed. */
uint8_t *render(const struct response_plan *plan);

#endif
