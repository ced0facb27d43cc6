#include "auth/key_algorithm.h"

static const struct {
    const char *name;
    const char *type;
    const char *curve;
} rows[KEY_ALGORITHM_COUNT] = {
    [KEY_ES256] = {"ES256", "EC", "P-256"},    [KEY_ES384] = {"ES384", "EC", "P-384"},
    [KEY_RS256] = {"RS256", "RSA", NULL},      [KEY_PS256] = {"PS256", "RSA", NULL},
    [KEY_EDDSA] = {"EdDSA", "OKP", "Ed25519"}, [KEY_HS256] = {"HS256", "oct", NULL},
};

const char *key_algorithm_name(enum key_algorithm algorithm)
{
    return rows[algorithm].name;
}

bool key_algorithm_parse(struct span name, enum key_algorithm *algorithm)
{
    for (int i = 0; i < KEY_ALGORITHM_COUNT; i++) {
        if (span_is(name, rows[i].name)) {
            *algorithm = (enum key_algorithm)i;
            return true;
        }
    }
    return false;
}

const char *key_algorithm_type(enum key_algorithm algorithm)
{
    return rows[algorithm].type;
}

const char *key_algorithm_curve(enum key_algorithm algorithm)
{
    return rows[algorithm].curve;
}
