/*
 * Brings the pieces to life: sockets first, so that what can go wrong goes wrong before anything
 * runs, then one loop per thread. The main thread only waits for signals.
 *
 * What it says on standard error, for people and for scripts:
 *
 *     segued: listening on http://127.0.0.1:8080
 *     segued: listening on https://127.0.0.1:8443
 *     segued: admin on http://127.0.0.1:9090
 *     segued: ready
 */
#include "server/h2o/server.h"

#include <assert.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "server/h2o/access_log.h"
#include "server/h2o/admin.h"
#include "server/h2o/libh2o.h"
#include "server/h2o/library_messages.h"
#include "server/h2o/loop.h"
#include "server/h2o/request.h"
#include "server/h2o/response_count.h"
#include "server/listen_socket.h"
#include "server/openssl/tls_context.h"

/* How many requests of one HTTP/2 connection are worked on at once. It must be more than the 100
 * streams that libh2o lets a client open: a request that waits when its connection closes is begun
 * by libh2o in the middle of closing, and an assertion in there ends the process. */
#define MAX_REQUESTS_PER_CONNECTION 128

/* No request of ours has a body: enough to answer 405 politely, not enough to fill memory. */
#define MAX_REQUEST_BODY 16384

/* How long a loop may take to notice that all its connections were cut. */
#define ABORT_LIMIT_NS 2000000000u
#define WAIT_TICK_NS 50000000

_Static_assert(LOOP_MAX_LISTENERS >= CONFIG_MAX_LISTENERS + 1, "and the admin's");

struct socket_group {
    struct listen_address address;
    bool is_tls;
    bool is_admin;
    int *fds; /* one per loop */
};

struct server {
    const struct config *config;
    const struct service *service;
    h2o_globalconf_t globalconf;
    h2o_hostconf_t *titles[2]; /* each a list that ends in NULL */
    h2o_hostconf_t *admins[2];
    struct admin admin;
    struct ssl_ctx_st *tls;
    struct socket_group groups[LOOP_MAX_LISTENERS];
    size_t group_count;
    struct loop *loops;
    size_t loop_count;
};

void server_prepare_signals(void)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
}

static enum status open_group(struct server *server, const struct listen_address *address,
                              bool is_tls, bool is_admin, struct fault *fault)
{
    struct socket_group *group = &server->groups[server->group_count];
    *group = (struct socket_group){.address = *address, .is_tls = is_tls, .is_admin = is_admin};
    group->fds = h2o_mem_alloc(server->loop_count * sizeof(group->fds[0]));
    enum status status = listen_socket_open(&group->address, group->fds, server->loop_count, fault);
    if (status == STATUS_OK)
        server->group_count++;
    else
        free(group->fds);
    return status;
}

static enum status open_sockets(struct server *server, struct fault *fault)
{
    const struct config *config = server->config;
    enum status status = STATUS_OK;
    for (size_t i = 0; i < config->listener_count && status == STATUS_OK; i++)
        status = open_group(server, &config->listeners[i].address, config->listeners[i].is_tls,
                            false, fault);
    if (status == STATUS_OK && config->has_admin)
        status = open_group(server, &config->admin, false, true, fault);
    return status;
}

static bool has_tls(const struct server *server)
{
    for (size_t i = 0; i < server->config->listener_count; i++) {
        if (server->config->listeners[i].is_tls)
            return true;
    }
    return false;
}

static enum status open_tls(struct server *server, struct fault *fault)
{
    const struct config *config = server->config;
    if (!has_tls(server))
        return STATUS_OK;
    if (config->cert_path == NULL)
        log_printf(
            server->service->log,
            "segued: WARNING: serving TLS with a certificate made just now, which no browser "
            "trusts; give --cert and --key");
    return tls_context_new(config->cert_path, config->key_path, &server->tls, fault);
}

static h2o_hostconf_t *add_host(struct server *server, const char *name)
{
    h2o_hostconf_t *host =
        h2o_config_register_host(&server->globalconf, h2o_iovec_init(name, strlen(name)), 65535);
    host->http2.push_preload = 0;
    return host;
}

/* libh2o decodes every Cache-Digest line of an HTTP/2 request into up to 187 kB, and HPACK sends
 * one in a byte. We have no use for it: a request that has one gets its connection closed. The
 * table of tokens is the library's own and of the whole process, so this is done once, before any
 * loop runs.
 */
static void reject_cache_digests(void)
{
    H2O_TOKEN_CACHE_DIGEST->http2_should_reject = 1;
}

/* Which listener a connection came in by decides which host answers, never what it calls the host.
 * Everything hangs on the fallback path, so there is no path that libh2o would answer by itself. */
static void configure(struct server *server)
{
    h2o_globalconf_t *globalconf = &server->globalconf;
    const struct limits *limits = server->service->limits;
    h2o_config_init(globalconf);
    globalconf->server_name = h2o_iovec_init(H2O_STRLIT("")); /* no Server field */
    globalconf->max_request_entity_size = MAX_REQUEST_BODY;
    globalconf->handshake_timeout = limits_milliseconds(limits, LIMIT_HANDSHAKE_TIMEOUT);
    globalconf->http1.req_timeout = limits_milliseconds(limits, LIMIT_IDLE_TIMEOUT);
    globalconf->http1.upgrade_to_http2 = 0; /* see handshake.h */
    globalconf->http2.idle_timeout = limits_milliseconds(limits, LIMIT_IDLE_TIMEOUT);
    /* libh2o's own choice is its number of streams. */
    assert(globalconf->http2.max_concurrent_requests_per_connection < MAX_REQUESTS_PER_CONNECTION);
    globalconf->http2.max_concurrent_requests_per_connection = MAX_REQUESTS_PER_CONNECTION;
    server->titles[0] = add_host(server, "titles");
    server->admins[0] = add_host(server, "admin");
    request_register(&server->titles[0]->fallback_path);
    response_count_register(&server->titles[0]->fallback_path);
    if (server->config->has_access_log)
        access_log_register(&server->titles[0]->fallback_path);
    admin_register(&server->admins[0]->fallback_path, &server->admin);
}

/* The page plays over plain HTTP where it can: there a browser has no certificate to complain of.
 */
static void choose_origin(struct server *server)
{
    const struct socket_group *chosen = &server->groups[0];
    for (size_t i = 0; i < server->group_count; i++) {
        const struct socket_group *group = &server->groups[i];
        if (!group->is_admin && !group->is_tls && chosen->is_tls)
            chosen = group;
    }
    server->admin = (struct admin){.is_tls = chosen->is_tls, .port = chosen->address.port};
}

static void start_loops(struct server *server)
{
    size_t max_connections =
        (server->service->max_connections + server->loop_count - 1) / server->loop_count;
    for (size_t i = 0; i < server->loop_count; i++) {
        struct loop *loop = &server->loops[i];
        loop_init(loop, server->service, i, &server->globalconf, max_connections);
        for (size_t j = 0; j < server->group_count; j++) {
            struct socket_group *group = &server->groups[j];
            loop_add_listener(loop, group->fds[i], group->is_tls ? server->tls : NULL,
                              group->is_admin ? server->admins : server->titles, group->is_admin);
        }
    }
    for (size_t i = 0; i < server->loop_count; i++)
        loop_start(&server->loops[i]);
}

static void announce(const struct server *server)
{
    for (size_t i = 0; i < server->group_count; i++) {
        const struct socket_group *group = &server->groups[i];
        char url[LISTEN_URL_MAX];
        listen_socket_print_url(&group->address, group->is_tls, url);
        log_printf(server->service->log, "segued: %s on %s",
                   group->is_admin ? "admin" : "listening", url);
    }
    log_printf(server->service->log, "segued: ready");
}

static void set_phase(struct server *server, enum loop_phase phase)
{
    for (size_t i = 0; i < server->loop_count; i++)
        loop_set_phase(&server->loops[i], phase);
}

static bool are_drained(const struct server *server)
{
    for (size_t i = 0; i < server->loop_count; i++) {
        if (!loop_is_drained(&server->loops[i]))
            return false;
    }
    return true;
}

/* Waits until all loops are drained (true), `limit_ns` have passed or a signal came (false). */
static bool wait_drained(const struct server *server, uint64_t limit_ns, const sigset_t *signals)
{
    const struct timespec tick = {.tv_nsec = WAIT_TICK_NS};
    uint64_t end_ns = clock_monotonic_ns() + limit_ns;
    while (!are_drained(server)) {
        if (clock_monotonic_ns() >= end_ns)
            return false;
        if (signals == NULL)
            nanosleep(&tick, NULL);
        else if (sigtimedwait(signals, NULL, &tick) > 0)
            return false;
    }
    return true;
}

static void wait_for_signal(const struct server *server, const sigset_t *signals)
{
    const struct timespec interval = {.tv_sec = OBJECT_CACHE_SWEEP_NS / 1000000000u};
    while (sigtimedwait(signals, NULL, &interval) < 0)
        object_cache_sweep(server->service->objects, clock_monotonic_ns());
}

static bool serve_until_signal(struct server *server)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    wait_for_signal(server, &signals);
    log_printf(server->service->log, "segued: shutting down, at most %u seconds",
               server->config->shutdown_timeout_s);
    set_phase(server, LOOP_DRAINING);
    uint64_t limit_ns = (uint64_t)server->config->shutdown_timeout_s * 1000000000u;
    bool is_drained = wait_drained(server, limit_ns, &signals);
    if (!is_drained) {
        log_printf(server->service->log, "segued: cutting off what is left");
        set_phase(server, LOOP_ABORTING);
        is_drained = wait_drained(server, ABORT_LIMIT_NS, NULL);
    }
    for (size_t i = 0; i < server->loop_count && is_drained; i++)
        loop_park(&server->loops[i]);
    log_printf(server->service->log, "segued: ended");
    return is_drained;
}

static void close_sockets(struct server *server)
{
    for (size_t i = 0; i < server->group_count; i++) {
        for (size_t j = 0; j < server->loop_count; j++)
            close(server->groups[i].fds[j]);
        free(server->groups[i].fds);
    }
}

enum status server_run(const struct config *config, const struct service *service, bool *is_drained,
                       struct fault *fault)
{
    /* Loops are parked, not joined, when they are drained (see loop.h): what they stand on stays.
     */
    struct server *server = h2o_mem_alloc(sizeof(*server));
    *server = (struct server){.config = config, .service = service, .loop_count = config->threads};
    enum status status = open_sockets(server, fault);
    if (status == STATUS_OK)
        status = open_tls(server, fault);
    if (status != STATUS_OK) {
        close_sockets(server);
        free(server);
        return status;
    }
    server->loops = h2o_mem_alloc(server->loop_count * sizeof(server->loops[0]));
    choose_origin(server);
    reject_cache_digests();
    library_messages_filter();
    configure(server);
    start_loops(server);
    announce(server);
    *is_drained = serve_until_signal(server);
    return STATUS_OK;
}
