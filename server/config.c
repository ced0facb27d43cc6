#include "server/config.h"

#include <getopt.h>
#include <stdlib.h>
#include <unistd.h>

#include "auth/uri_token.h"
#include "server/cache_policy.h"

#define MAX_THREADS 256
#define MAX_SHUTDOWN_TIMEOUT_S 86400
#define MAX_INDEX_MEMORY_MIB (1u << 20)

enum option_code {
    OPTION_STORE = 1000,
    OPTION_KEYS,
    OPTION_LISTEN,
    OPTION_LISTEN_TLS,
    OPTION_CERT,
    OPTION_KEY,
    OPTION_ADMIN,
    OPTION_PUBLIC,
    OPTION_ISSUER,
    OPTION_TOKEN_NAME,
    OPTION_AUDIENCE,
    OPTION_ACCESS_LOG,
    OPTION_BROWSER_MAX_AGE,
    OPTION_CDN_MAX_AGE,
    OPTION_CORS_ORIGIN,
    OPTION_THREADS,
    OPTION_SHUTDOWN_TIMEOUT,
    OPTION_INDEX_MEMORY,
    OPTION_LIMIT,
    OPTION_HELP,
    OPTION_VERSION,
};

static const struct option options[] = {
    {"store", required_argument, NULL, OPTION_STORE},
    {"keys", required_argument, NULL, OPTION_KEYS},
    {"listen", required_argument, NULL, OPTION_LISTEN},
    {"listen-tls", required_argument, NULL, OPTION_LISTEN_TLS},
    {"cert", required_argument, NULL, OPTION_CERT},
    {"key", required_argument, NULL, OPTION_KEY},
    {"admin", required_argument, NULL, OPTION_ADMIN},
    {"public", no_argument, NULL, OPTION_PUBLIC},
    {"issuer", required_argument, NULL, OPTION_ISSUER},
    {"token-name", required_argument, NULL, OPTION_TOKEN_NAME},
    {"audience", required_argument, NULL, OPTION_AUDIENCE},
    {"access-log", required_argument, NULL, OPTION_ACCESS_LOG},
    {"browser-max-age", required_argument, NULL, OPTION_BROWSER_MAX_AGE},
    {"cdn-max-age", required_argument, NULL, OPTION_CDN_MAX_AGE},
    {"cors-origin", required_argument, NULL, OPTION_CORS_ORIGIN},
    {"threads", required_argument, NULL, OPTION_THREADS},
    {"shutdown-timeout", required_argument, NULL, OPTION_SHUTDOWN_TIMEOUT},
    {"index-memory", required_argument, NULL, OPTION_INDEX_MEMORY},
    {"limit", required_argument, NULL, OPTION_LIMIT},
    {"help", no_argument, NULL, OPTION_HELP},
    {"version", no_argument, NULL, OPTION_VERSION},
    {NULL, 0, NULL, 0},
};

static const char help[] =
    "Usage: segued [OPTION...]\n"
    "Serves the titles of a store by byte range, to whoever holds a token.\n"
    "\n"
    "  --store STORE           the store (default: $SEGUE_STORE, else ./segue-store)\n"
    "  --keys FILE             the keys that tokens are checked with, a JWKS document\n"
    "                          (default: keys.json in the store)\n"
    "  --public                serve without tokens, to everyone\n"
    "  --issuer NAME           accept tokens of this issuer only; may be repeated\n"
    "  --token-name NAME       what tokens are called in URIs and cookies (default:\n"
    "                          " URI_TOKEN_ATTRIBUTE ")\n"
    "  --audience NAME         our name in tokens that say for whom they are; without\n"
    "                          it these are refused\n"
    "  --listen ADDR:PORT      plain HTTP; may be repeated (default: 127.0.0.1:8080\n"
    "                          unless --listen-tls is given)\n"
    "  --listen-tls ADDR:PORT  HTTPS, HTTP/1.1 and HTTP/2; may be repeated\n"
    "  --cert FILE             certificate chain in PEM (default: one made at start,\n"
    "                          which no browser trusts)\n"
    "  --key FILE              its private key in PEM, without a passphrase\n"
    "  --admin ADDR:PORT       /healthz, /metrics and /play (default:\n"
    "                          127.0.0.1:9090); 'off' for none\n"
    "  --access-log on|off     a line for every request (default: on)\n"
    "  --browser-max-age SECONDS\n"
    "                          how long a browser uses a file without asking again\n"
    "                          (default: 300)\n"
    "  --cdn-max-age SECONDS   how long a CDN does, with --public (default: 300);\n"
    "                          without it no CDN keeps anything\n"
    "  --cors-origin ORIGIN    let scripts of this site alone read answers, and send\n"
    "                          cookies; may be repeated (default: every site's)\n"
    "  --threads N             event loops (default: one per CPU)\n"
    "  --index-memory MIB      for the indexes of titles asked for lately; one of two\n"
    "                          hours takes about 0.7 MiB (default: 24)\n"
    "  --shutdown-timeout SECONDS\n"
    "                          how long responses under way may take after SIGTERM\n"
    "                          (default: 30)\n"
    "  --limit NAME=N          what one connection may do before it is closed; may be\n"
    "                          repeated; names and defaults are below\n"
    "  --help                  show this text\n"
    "  --version               show the version\n"
    "\n"
    "Addresses: 127.0.0.1:8080, [::1]:8080, :8080 for all; port 0 for any free one.\n"
    "SIGTERM or SIGINT ends it once responses under way are finished; a second one at\n"
    "once. The log goes to standard error. Exit status: 0 ended by a signal, 1 it\n"
    "failed, 2 called wrongly.\n";

static const char example[] =
    "\n"
    "Example: segued --store /srv/video --listen-tls :443 --cert c.pem --key k.pem\n";

void config_print_help(FILE *stream)
{
    fputs(help, stream);
    fputs("\nLimits of one connection:\n", stream);
    limits_print_help(stream);
    fputs(example, stream);
}

static const char *option_name(int code)
{
    const struct option *option = options;
    while (option->name != NULL && option->val != code)
        option++;
    return option->name;
}

static bool parse_count(const char *text, unsigned long min, unsigned long max,
                        unsigned long *count)
{
    char *end;
    if (text[0] < '0' || text[0] > '9')
        return false;
    *count = strtoul(text, &end, 10);
    return *end == '\0' && *count >= min && *count <= max;
}

static enum status add_listener(struct config *config, const char *text, bool is_tls,
                                struct fault *fault)
{
    if (config->listener_count == CONFIG_MAX_LISTENERS)
        return fault_raise(fault, STATUS_LIMIT, "more than %d listeners", CONFIG_MAX_LISTENERS);
    struct config_listener *listener = &config->listeners[config->listener_count];
    listener->is_tls = is_tls;
    if (!listen_address_parse(text, &listener->address))
        return fault_raise(fault, STATUS_INVALID,
                           "--%s takes ADDRESS:PORT such as 127.0.0.1:8080 or [::1]:8080, not '%s'",
                           is_tls ? "listen-tls" : "listen", text);
    config->listener_count++;
    return STATUS_OK;
}

static enum status set_admin(struct config *config, const char *text, struct fault *fault)
{
    config->has_admin = strcmp(text, "off") != 0;
    if (config->has_admin && !listen_address_parse(text, &config->admin))
        return fault_raise(fault, STATUS_INVALID,
                           "--admin takes 'off' or ADDRESS:PORT such as 127.0.0.1:9090, not '%s'",
                           text);
    return STATUS_OK;
}

static enum status set_access_log(struct config *config, const char *text, struct fault *fault)
{
    config->has_access_log = strcmp(text, "on") == 0;
    if (!config->has_access_log && strcmp(text, "off") != 0)
        return fault_raise(fault, STATUS_INVALID, "--access-log takes 'on' or 'off', not '%s'",
                           text);
    return STATUS_OK;
}

static enum status add_issuer(struct config *config, const char *name, struct fault *fault)
{
    if (config->issuer_count == CONFIG_MAX_ISSUERS)
        return fault_raise(fault, STATUS_LIMIT, "more than %d issuers", CONFIG_MAX_ISSUERS);
    config->issuers[config->issuer_count++] = name;
    return STATUS_OK;
}

static enum status set_token_name(struct config *config, const char *name, struct fault *fault)
{
    config->token_name = span_of_string(name);
    if (!uri_token_name_is_valid(config->token_name))
        return fault_raise(fault, STATUS_INVALID, "--token-name takes %s, not '%s'",
                           URI_TOKEN_NAME_EXPECTED, name);
    return STATUS_OK;
}

static enum status add_cors_origin(struct config *config, const char *text, struct fault *fault)
{
    enum status status = cors_policy_add(&config->cors, span_of_string(text));
    if (status == STATUS_LIMIT)
        return fault_raise(fault, status, "more than %d origins", CORS_POLICY_MAX_ORIGINS);
    if (status != STATUS_OK)
        return fault_raise(fault, status,
                           "--cors-origin takes SCHEME://HOST[:PORT] as browsers send it, such as "
                           "https://www.example, not '%s'",
                           text);
    return status;
}

struct number_option {
    int code;
    unsigned long min;
    unsigned long max;
    size_t at; /* of an unsigned in struct config */
};

static const struct number_option number_options[] = {
    {OPTION_THREADS, 1, MAX_THREADS, offsetof(struct config, threads)},
    {OPTION_SHUTDOWN_TIMEOUT, 0, MAX_SHUTDOWN_TIMEOUT_S,
     offsetof(struct config, shutdown_timeout_s)},
    {OPTION_INDEX_MEMORY, 1, MAX_INDEX_MEMORY_MIB, offsetof(struct config, index_memory_mib)},
    {OPTION_BROWSER_MAX_AGE, 0, CACHE_POLICY_MAX_AGE_S, offsetof(struct config, browser_max_age_s)},
    {OPTION_CDN_MAX_AGE, 0, CACHE_POLICY_MAX_AGE_S, offsetof(struct config, cdn_max_age_s)},
};

static enum status set_number(struct config *config, int code, const char *text,
                              struct fault *fault)
{
    const struct number_option *option = number_options;
    unsigned long number;
    while (option->code != code)
        option++;
    if (!parse_count(text, option->min, option->max, &number))
        return fault_raise(fault, STATUS_INVALID, "--%s takes a number from %lu to %lu, not '%s'",
                           option_name(code), option->min, option->max, text);
    *(unsigned *)(void *)((char *)config + option->at) = (unsigned)number;
    return STATUS_OK;
}

static enum status set_keys(struct config *config, const char *path)
{
    free(config->keys_path);
    config->keys_path = strdup(path);
    if (config->keys_path == NULL)
        abort();
    return STATUS_OK;
}

static enum status apply(struct config *config, int code, const char *value, struct fault *fault)
{
    switch (code) {
    case OPTION_STORE:
        config->store_path = value;
        return STATUS_OK;
    case OPTION_KEYS:
        return set_keys(config, value);
    case OPTION_LISTEN:
    case OPTION_LISTEN_TLS:
        return add_listener(config, value, code == OPTION_LISTEN_TLS, fault);
    case OPTION_CERT:
        config->cert_path = value;
        return STATUS_OK;
    case OPTION_KEY:
        config->key_path = value;
        return STATUS_OK;
    case OPTION_ADMIN:
        return set_admin(config, value, fault);
    case OPTION_ACCESS_LOG:
        return set_access_log(config, value, fault);
    case OPTION_PUBLIC:
        config->is_public = true;
        return STATUS_OK;
    case OPTION_ISSUER:
        return add_issuer(config, value, fault);
    case OPTION_TOKEN_NAME:
        return set_token_name(config, value, fault);
    case OPTION_AUDIENCE:
        config->audience = value;
        return STATUS_OK;
    case OPTION_LIMIT:
        return limits_set(&config->limits, value, fault);
    case OPTION_CDN_MAX_AGE:
        config->has_cdn_max_age = true;
        return set_number(config, code, value, fault);
    case OPTION_CORS_ORIGIN:
        return add_cors_origin(config, value, fault);
    default:
        return set_number(config, code, value, fault);
    }
}

static void set_defaults(struct config *config)
{
    const char *store_path = getenv("SEGUE_STORE");
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    *config = (struct config){
        .store_path = store_path != NULL && store_path[0] != '\0' ? store_path : "./segue-store",
        .has_admin = true,
        .token_name = span_of_string(URI_TOKEN_ATTRIBUTE),
        .has_access_log = true,
        .threads = cpus > 0 && cpus <= MAX_THREADS ? (unsigned)cpus : 1,
        .shutdown_timeout_s = 30,
        .index_memory_mib = 24,
        .browser_max_age_s = 300,
        .cdn_max_age_s = 300,
    };
    limits_set_defaults(&config->limits);
    listen_address_parse("127.0.0.1:9090", &config->admin);
}

/* What depends on several options. */
static enum status complete(struct config *config, struct fault *fault)
{
    if ((config->cert_path == NULL) != (config->key_path == NULL))
        return fault_raise(fault, STATUS_INVALID, "give --cert and --key together");
    if (config->has_cdn_max_age && !config->is_public)
        return fault_raise(fault, STATUS_INVALID,
                           "--cdn-max-age needs --public: what a token is asked for no CDN keeps");
    if (config->listener_count == 0)
        return add_listener(config, "127.0.0.1:8080", false, fault);
    return STATUS_OK;
}

/* An option that getopt_long does not take, or that has an empty value: an unset variable in a
 * script must not become a default. */
static enum config_outcome refuse(int code, const char *word, struct fault *fault)
{
    bool is_flag_with_value = code == '?' && optopt >= OPTION_STORE;
    if (is_flag_with_value)
        fault_raise(fault, STATUS_INVALID, "--%s takes no value", option_name(optopt));
    else if (code == '?')
        fault_raise(fault, STATUS_INVALID, "there is no option %s", word);
    else
        fault_raise(fault, STATUS_INVALID, "--%s needs a value",
                    option_name(code == ':' ? optopt : code));
    return CONFIG_WRONG;
}

enum config_outcome config_parse(struct config *config, int argc, char **argv, struct fault *fault)
{
    set_defaults(config);
    opterr = 0;
    optind = 1;
    int code;
    while ((code = getopt_long(argc, argv, ":", options, NULL)) != -1) {
        if (code == OPTION_HELP)
            return CONFIG_HELP;
        if (code == OPTION_VERSION)
            return CONFIG_VERSION;
        if (code == '?' || code == ':' || (optarg != NULL && optarg[0] == '\0'))
            return refuse(code, argv[optind - 1], fault);
        if (apply(config, code, optarg, fault) != STATUS_OK)
            return CONFIG_WRONG;
    }
    if (optind < argc) {
        fault_raise(fault, STATUS_INVALID, "it takes no argument, but got '%s'", argv[optind]);
        return CONFIG_WRONG;
    }
    if (complete(config, fault) != STATUS_OK)
        return CONFIG_WRONG;
    if (config->keys_path == NULL &&
        asprintf(&config->keys_path, "%s/keys.json", config->store_path) < 0)
        abort();
    return CONFIG_RUN;
}

void config_dispose(struct config *config)
{
    free(config->keys_path);
}
