#include "segmenter/cli/command.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "auth/key_set.h"
#include "segmenter/cli/jansson/key_report.h"
#include "store/fs/fs_store.h"

#define NAME "key"

static const char help[] =
    "Usage: segue key new [--alg ES256|HS256] [--kid ID] [--keys FILE] [--store STORE]\n"
    "       segue key ls [--json] [--keys FILE] [--store STORE]\n"
    "Makes and lists the keys that sign tokens. 'new' adds a key and prints its id; the newest\n"
    "key signs, and every key in the file verifies.\n"
    "\n"
    "  --alg NAME     ES256, a key pair, or HS256, a shared secret (default: ES256)\n"
    "  --kid ID       the key's id (default: its thumbprint, RFC 7638)\n"
    "  --json         print a JSON array\n"
    "  --keys FILE    the keys, a JWKS document (default: keys.json in the store)\n"
    "  --store STORE  the store (default: $SEGUE_STORE, else ./segue-store); made if it is not\n"
    "                 there and the keys are to be in it\n"
    "  --help         show this text\n"
    "\n"
    "Example: segue key new --store /srv/video\n";

struct options {
    const char *store_path;
    const char *keys_path;
    const char *kid;
    enum key_algorithm algorithm;
    bool json;
    bool is_done; /* --help has been answered */
};

/* What may be said with `ls` but not with `new`, and the other way round, is misuse. */
static bool belongs_to(int option, const char *verb)
{
    if (option == 'a' || option == 'i')
        return strcmp(verb, "new") == 0;
    return option != 'j' || strcmp(verb, "ls") == 0;
}

static int take_option(int option, struct options *options)
{
    switch (option) {
    case 'a':
        if (!key_algorithm_parse(span_of_string(optarg), &options->algorithm))
            return command_misused(NAME, "--alg is ES256 or HS256, not '%s'", optarg);
        break;
    case 'i':
        options->kid = optarg;
        break;
    case 'j':
        options->json = true;
        break;
    case 'k':
        options->keys_path = optarg;
        break;
    case 's':
        options->store_path = optarg;
        break;
    default:
        fputs(help, stdout);
        options->is_done = true;
    }
    return EXIT_OK;
}

/* argv[0] is the verb. */
static int parse_options(int argc, char **argv, struct options *options)
{
    static const struct option names[] = {{"alg", required_argument, NULL, 'a'},
                                          {"kid", required_argument, NULL, 'i'},
                                          {"json", no_argument, NULL, 'j'},
                                          {"keys", required_argument, NULL, 'k'},
                                          {"store", required_argument, NULL, 's'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    int option;
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":h", names, NULL)) != -1) {
        if (option == '?' || option == ':')
            return command_bad_option(NAME, option, argv);
        if (!belongs_to(option, argv[0]))
            return command_misused(NAME, "%s is not for 'segue key %s'", argv[optind - 1], argv[0]);
        int code = take_option(option, options);
        if (code != EXIT_OK || options->is_done)
            return code;
    }
    if (optind < argc)
        return command_misused(NAME, "'%s' takes no argument, but got '%s'", argv[0], argv[optind]);
    return EXIT_OK;
}

/* A key file in a store that is not there yet: the first of the two commands makes the store. */
static enum status make_store(const struct options *options, struct fault *fault)
{
    struct store *store;
    if (options->keys_path != NULL && options->keys_path[0] != '\0')
        return STATUS_OK;
    enum status status =
        fs_store_open(command_store_path(options->store_path), true, &store, fault);
    if (status == STATUS_OK)
        store->ops->close(store);
    return status;
}

static int add_key(const struct options *options, const char *path)
{
    struct fault fault = {0};
    char *kid = NULL;
    enum status status = make_store(options, &fault);
    if (status == STATUS_OK)
        status = key_file_add(path, options->algorithm, options->kid, &kid, &fault);
    if (status != STATUS_OK)
        return command_failed(NAME, &fault, status);
    printf("%s\n", kid);
    fprintf(stderr, "segue key: added an %s key to %s\n", key_algorithm_name(options->algorithm),
            path);
    free(kid);
    return EXIT_OK;
}

static void print_table(const struct key_set *set)
{
    int width = 3;
    for (size_t i = 0; i < set->count; i++)
        if ((int)strlen(set->keys[i].kid) > width)
            width = (int)strlen(set->keys[i].kid);
    printf("%-*s  %-5s  %s\n", width, "KID", "ALG", "SIGNS");
    for (size_t i = 0; i < set->count; i++) {
        const struct key *key = &set->keys[i];
        printf("%-*s  %-5s  %s\n", width, key->kid, key_algorithm_name(key->algorithm),
               key_can_sign(key) ? "yes" : "no");
    }
}

static int list_keys(const struct options *options, const char *path)
{
    struct fault fault = {0};
    struct key_set set;
    enum status status = key_file_load(path, &set, &fault);
    if (status != STATUS_OK)
        return command_failed(NAME, &fault, status);
    if (options->json)
        key_report_keys(stdout, &set);
    else
        print_table(&set);
    key_set_dispose(&set);
    return EXIT_OK;
}

static int run(int argc, char **argv)
{
    if (argc < 2)
        return command_misused(NAME, "'new' or 'ls'?");
    bool is_help = strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0;
    bool is_new = strcmp(argv[1], "new") == 0;
    if (is_help) {
        fputs(help, stdout);
        return EXIT_OK;
    }
    if (!is_new && strcmp(argv[1], "ls") != 0)
        return command_misused(NAME, "there is 'new' and 'ls', not '%s'", argv[1]);
    struct options options = {.algorithm = KEY_ES256};
    int code = parse_options(argc - 1, argv + 1, &options);
    if (code != EXIT_OK || options.is_done)
        return code;
    char *path = command_keys_path(options.keys_path, command_store_path(options.store_path));
    code = is_new ? add_key(&options, path) : list_keys(&options, path);
    free(path);
    return code;
}

const struct command command_key = {NAME, "make and list the keys that sign tokens", run};
