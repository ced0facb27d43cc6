#ifndef REQUEST_H
#define REQUEST_H

#include "server/h2o/delivery.h"
#include "server/h2o/loop_task.h"
#include "server/judged_target.h"
#include "server/response_plan.h"

/*
 * One request for a title, from its arrival to its last byte. It lives in the request's own memory
 * pool and is disposed of with it, at whatever point the client leaves; a task in flight is
 * detached then and finds nobody at home.
 */
struct request {
    h2o_req_t *req;
    struct loop *loop;
    struct connection *connection;
    uint64_t started_ns;
    struct judged_target *target; /* NULL: nobody looked at it */
    struct verdict verdict;
    struct request_values values;
    struct publication *publication; /* NULL until found */
    struct index_file file;
    struct response_plan plan;
    struct loop_task *task; /* in flight; NULL: none */
    struct delivery delivery;
};

/* Makes `config` answer every path with titles. */
void request_register(h2o_pathconf_t *config);

/* Puts the plan's status and headers into libh2o's response. */
void request_put_headers(struct request *request);

/* Answers 503, when nothing has been sent yet. */
void request_answer_unavailable(struct request *request);

/* The request behind `req`; NULL when libh2o answered by itself. */
struct request *request_of(h2o_req_t *req);

#endif
