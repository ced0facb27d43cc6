/*
 * segued: serves the titles of a store by byte range. This file only puts the pieces together.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/standard_streams.h"
#include "server/config.h"
#include "server/descriptors.h"
#include "server/h2o/server.h"
#include "store/fs/fs_store.h"

enum {
    EXIT_OK = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,
};

#define LOOKER_THREADS 4
#define READER_THREADS 8
#define MAX_WAITING_LOOKUPS 1024
#define MAX_WAITING_READS 4096 /* one for each of many clients, 7 MiB */
#define MAX_TITLES 8192
#define REMEMBERED_TOKENS 65536 /* pairs of a token and a URI, 2 MiB */
#define MAX_WAITING_LOG_BYTES (4u << 20)

/* Mapped objects cost address space, not memory. */
#define MAX_OBJECT_BYTES ((uint64_t)16 << 30)

/* Serving to everyone is a decision, never an accident: without keys it has to be said. */
static enum status load_keys(const struct config *config, struct key_set *keys, struct fault *fault)
{
    if (config->is_public)
        return STATUS_OK;
    struct fault cause = {0};
    enum status status = key_file_load(config->keys_path, keys, &cause);
    if (status == STATUS_NOT_FOUND || (status == STATUS_OK && keys->count == 0))
        return fault_raise(fault, STATUS_NOT_FOUND,
                           "no keys in %s to check tokens with: make one with 'segue key new "
                           "--keys %s', or serve to everyone with --public",
                           config->keys_path, config->keys_path);
    return status == STATUS_OK ? status : fault_raise(fault, status, "%s", cause.text);
}

static struct response_rules make_rules(const struct config *config)
{
    struct response_rules rules = {.cors = config->cors};
    cache_policy_init(&rules.everyone, CACHE_EVERYONE, config->browser_max_age_s,
                      config->cdn_max_age_s);
    cache_policy_init(&rules.one, CACHE_ONE, config->browser_max_age_s, 0);
    return rules;
}

static enum status serve(const struct config *config, struct store *store,
                         const struct key_set *keys, struct fault *fault)
{
    const struct policy policy = {
        .is_public = config->is_public,
        .keys = keys,
        .issuers = config->issuers,
        .issuer_count = config->issuer_count,
        .token_name = config->token_name,
        .audience = config->audience,
        .memory = verdict_memory_new(REMEMBERED_TOKENS),
    };
    const struct response_rules rules = make_rules(config);
    struct descriptor_shares shares = descriptors_share(descriptors_raise_limit());
    const struct catalog_limits catalog_limits = {MAX_TITLES,
                                                  (uint64_t)config->index_memory_mib << 20};
    const struct object_cache_limits object_limits = {shares.objects, MAX_OBJECT_BYTES};
    const struct service service = {
        .policy = &policy,
        .rules = &rules,
        .catalog = catalog_new(store, &catalog_limits),
        .objects = object_cache_new(store, &object_limits),
        .lookers = worker_pool_new(LOOKER_THREADS, MAX_WAITING_LOOKUPS),
        .readers = worker_pool_new(READER_THREADS, MAX_WAITING_READS),
        .limits = &config->limits,
        .metrics = metrics_new(config->threads),
        .loop_count = config->threads,
        .max_connections = shares.connections,
        .log = log_new(STDERR_FILENO, MAX_WAITING_LOG_BYTES),
    };
    bool is_drained = true;
    enum status status = server_run(config, &service, &is_drained, fault);
    log_free(service.log);
    if (!is_drained)
        _exit(EXIT_OK); /* a worker may be stuck in the store: nothing can be freed under it */
    worker_pool_free(service.readers);
    worker_pool_free(service.lookers);
    object_cache_free(service.objects);
    catalog_free(service.catalog);
    metrics_free(service.metrics);
    verdict_memory_free(policy.memory);
    return status;
}

static enum status run(const struct config *config, struct fault *fault)
{
    struct store *store = NULL;
    struct key_set keys = {0};
    server_prepare_signals();
    enum status status = fs_store_open(config->store_path, false, &store, fault);
    if (status == STATUS_OK)
        status = load_keys(config, &keys, fault);
    if (status == STATUS_OK)
        status = serve(config, store, &keys, fault);
    key_set_dispose(&keys);
    if (store != NULL)
        store->ops->close(store);
    return status;
}

int main(int argc, char **argv)
{
    struct config config;
    struct fault fault = {0};
    int exit_code = EXIT_OK;
    standard_streams_hold();
    switch (config_parse(&config, argc, argv, &fault)) {
    case CONFIG_HELP:
        config_print_help(stdout);
        break;
    case CONFIG_VERSION:
        puts("segued " SEGUE_VERSION);
        break;
    case CONFIG_WRONG:
        fprintf(stderr, "segued: %s\nTry 'segued --help'.\n", fault.text);
        exit_code = EXIT_USAGE;
        break;
    case CONFIG_RUN:
        if (run(&config, &fault) != STATUS_OK) {
            fprintf(stderr, "segued: %s\n", fault.text);
            exit_code = EXIT_FAILED;
        }
        break;
    }
    config_dispose(&config);
    /* --help and --version that did not arrive. */
    if (fflush(stdout) != 0 || ferror(stdout)) {
        perror("segued: standard output");
        exit_code = EXIT_FAILED;
    }
    return exit_code;
}
