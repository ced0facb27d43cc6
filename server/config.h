#ifndef CONFIG_H
#define CONFIG_H

#include <stdio.h>

#include "base/fault.h"
#include "base/span.h"
#include "server/cors_policy.h"
#include "server/limits.h"
#include "server/listen_address.h"

/* What `segued` was told to do. */
#define CONFIG_MAX_LISTENERS 16
#define CONFIG_MAX_ISSUERS 32

struct config_listener {
    struct listen_address address;
    bool is_tls;
};

struct config {
    const char *store_path; /* strings are borrowed from argv and the environment */
    char *keys_path;        /* owned */
    struct config_listener listeners[CONFIG_MAX_LISTENERS];
    size_t listener_count;
    bool has_admin;
    struct listen_address admin;
    const char *cert_path; /* NULL: make one */
    const char *key_path;
    bool is_public;
    const char *issuers[CONFIG_MAX_ISSUERS];
    size_t issuer_count;
    struct span token_name;
    const char *audience; /* NULL: none */
    bool has_access_log;
    unsigned browser_max_age_s;
    unsigned cdn_max_age_s;
    bool has_cdn_max_age; /* it was given */
    struct cors_policy cors;
    unsigned threads;
    unsigned shutdown_timeout_s;
    unsigned index_memory_mib;
    struct limits limits;
};

enum config_outcome {
    CONFIG_RUN,
    CONFIG_HELP,    /* --help */
    CONFIG_VERSION, /* --version */
    CONFIG_WRONG,   /* the fault says why */
};

/* Reads the command line. `config` must be disposed of either way. */
enum config_outcome config_parse(struct config *config, int argc, char **argv, struct fault *fault);

void config_dispose(struct config *config);

void config_print_help(FILE *stream);

#endif
