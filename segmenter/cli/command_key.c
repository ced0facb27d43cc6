#include "segmenter/cli/command.h"

#include <stdlib.h>
#include <string.h>

#include "auth/key_set.h"
#include "segmenter/cli/command_line.h"
#include "segmenter/cli/jansson/key_report.h"
#include "store/fs/fs_store.h"

#define NAME "key"
#define NAME_NEW "key new"
#define NAME_LS "key ls"

static const char help[] =
    "Usage: segue key new [OPTION...]\n"
    "       segue key ls [OPTION...]\n"
    "Makes and lists the keys that sign tokens. 'new' adds a key and prints its id;\n"
    "the newest key signs, and every key in the file verifies. Keys for A128GCM and\n"
    "A256GCM do neither: 'segue token --client-ip' encrypts with the newest.\n"
    "\n"
    "For 'new':\n"
    "  --alg NAME     ES256, ES384, RS256, PS256 or EdDSA, a key pair, or HS256, a\n"
    "                 shared secret (default: ES256: small tokens, quick to check);\n"
    "                 A128GCM or A256GCM, a secret that encrypts\n"
    "  --kid ID       the key's id (default: from its thumbprint)\n"
    "For 'ls':\n"
    "  --json         print a JSON array\n"
    "For both:\n"
    "  --keys FILE    the keys, a JWKS document (default: keys.json in the store)\n"
    "  --store STORE  the store (default: $SEGUE_STORE, else ./segue-store); 'new'\n"
    "                 makes it if it is not there and the keys are to be in it\n"
    "  --help         show this text\n"
    "\n"
    "Example: segue key new --store /srv/video\n";

struct key_options {
    const char *store_path;
    const char *keys_path;
    const char *kid;
    const char *algorithm;
};

static bool parse_algorithm(const char *text, void *algorithm)
{
    enum key_algorithm signs;
    *(const char **)algorithm = text;
    return key_algorithm_parse(span_of_string(text), &signs) || content_key_len(text) > 0;
}

/* A key file in a store that is not there yet: the first of the two commands makes the store. */
static enum status make_store(const struct key_options *options, struct fault *fault)
{
    struct store *store;
    if (options->keys_path != NULL)
        return STATUS_OK;
    enum status status =
        fs_store_open(command_store_path(options->store_path), true, &store, fault);
    if (status == STATUS_OK)
        store->ops->close(store);
    return status;
}

static int add_key(const struct key_options *options)
{
    struct fault fault = {0};
    char *path = command_keys_path(options->keys_path, options->store_path);
    char *kid = NULL;
    int code = EXIT_OK;
    enum status status = make_store(options, &fault);
    if (status == STATUS_OK)
        status = key_file_add(path, options->algorithm, options->kid, &kid, &fault);
    if (status == STATUS_OK) {
        printf("%s\n", kid);
        fprintf(stderr, "segue key new: added a key for %s to %s\n", options->algorithm, path);
    } else {
        code = command_failed(NAME_NEW, &fault, status);
    }
    free(kid);
    free(path);
    return code;
}

static int run_new(int argc, char **argv)
{
    struct key_options options = {.algorithm = "ES256"};
    const struct command_option table[] = {
        {"alg", .parse = parse_algorithm, .target = &options.algorithm,
         .expected = KEY_ALGORITHM_NAMES "; to encrypt, " CONTENT_KEY_ALGORITHM_NAMES},
        {"kid", .text = &options.kid},
        {"keys", .text = &options.keys_path},
        {"store", .text = &options.store_path},
        {NULL},
    };
    struct command_line line = {.name = NAME_NEW, .help = help, .options = table};
    int code;
    return command_line_read(&line, argc, argv, &code) ? add_key(&options) : code;
}

static void widen(int *width, const char *kid)
{
    if ((int)strlen(kid) > *width)
        *width = (int)strlen(kid);
}

static void print_table(const struct key_set *set)
{
    int width = 3;
    for (size_t i = 0; i < set->count; i++)
        widen(&width, set->keys[i].kid);
    for (size_t i = 0; i < set->content_key_count; i++)
        widen(&width, set->content_keys[i].kid);
    printf("%-*s  %-7s  %s\n", width, "KID", "ALG", "SIGNS");
    for (size_t i = 0; i < set->count; i++) {
        const struct key *key = &set->keys[i];
        printf("%-*s  %-7s  %s\n", width, key->kid, key_algorithm_name(key->algorithm),
               key_can_sign(key) ? "yes" : "no");
    }
    for (size_t i = 0; i < set->content_key_count; i++) {
        const struct content_key *key = &set->content_keys[i];
        printf("%-*s  %-7s  %s\n", width, key->kid, content_key_algorithm(key), "no");
    }
}

static int list_keys(const char *path, bool json)
{
    struct fault fault = {0};
    struct key_set set;
    enum status status = key_file_load(path, &set, &fault);
    if (status != STATUS_OK)
        return command_failed(NAME_LS, &fault, status);
    if (json)
        key_report_keys(stdout, &set);
    else
        print_table(&set);
    key_set_dispose(&set);
    return EXIT_OK;
}

static int run_ls(int argc, char **argv)
{
    struct key_options options = {0};
    bool json = false;
    const struct command_option table[] = {
        {"json", .flag = &json},
        {"keys", .text = &options.keys_path},
        {"store", .text = &options.store_path},
        {NULL},
    };
    struct command_line line = {.name = NAME_LS, .help = help, .options = table};
    int code;
    if (!command_line_read(&line, argc, argv, &code))
        return code;
    char *path = command_keys_path(options.keys_path, options.store_path);
    code = list_keys(path, json);
    free(path);
    return code;
}

static int run(int argc, char **argv)
{
    const char *verb = argc > 1 ? argv[1] : "";
    if (strcmp(verb, "new") == 0)
        return run_new(argc - 1, argv + 1);
    if (strcmp(verb, "ls") == 0)
        return run_ls(argc - 1, argv + 1);
    if (strcmp(verb, "--help") != 0 && strcmp(verb, "-h") != 0)
        return command_misused(NAME, "begin with 'segue key new' or 'segue key ls'");
    fputs(help, stdout);
    return EXIT_OK;
}

const struct command command_key = {NAME, "make and list the keys that sign tokens", run};
